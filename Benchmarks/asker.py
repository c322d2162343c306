"""Asks again and again how long an answer takes; a process of its own, so that nothing else counts.

    asker.py echo SOCKET                  answers every line with itself: the yardstick
    asker.py ask FOLDER SOCKET... FILE    asks the daemon in FOLDER and the yardstick in turn
    asker.py run FOLDER FILE COMMAND...   starts COMMAND again and again, and 'true' in turn

Writes one line an answer: seconds of the monotonic clock, what was asked, milliseconds, phase.
"""

import itertools
import json
import os
import socket
import subprocess
import sys
import time

PAUSE = 0.003
STARTS_PAUSE = 0.05


class Line:
    """One open connection, one question at a time."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(60)
        self.socket.connect(path)

    def ask(self, text):
        """The answer's bytes and the milliseconds that it took."""
        began = time.monotonic()
        self.socket.sendall(text)
        answer = self.socket.recv(65536)
        while not answer.endswith(b"\0"):
            piece = self.socket.recv(65536)
            if not piece:
                raise SystemExit("the other side closed its socket")
            answer += piece
        return answer, (time.monotonic() - began) * 1000


def call(method, **parameters):
    message = {"method": f"org.sfsync.control.{method}", "parameters": parameters}
    return json.dumps(message).encode() + b"\0"


def questions(people):
    """What is asked besides the status, one after the other."""
    lists = [("errors", call("Errors")), ("queue", call("Queue")), ("matches", call("Matches"))]
    persons = itertools.cycle(people or ["nobody@example.com"])
    while True:
        yield from lists
        for name in ("Explain", "Card", "History"):
            yield name.lower(), call(name, who=next(persons))


def phase_of(answer):
    status = json.loads(answer[:-1])["parameters"]
    phase = status["initial_sync"]["phase"]
    return status["state"] if phase == "done" else phase


def ask(folder, path, people, file):
    daemon, echo = Line(f"{folder}/control.sock"), Line(path)
    other = questions(people)
    status = call("Status")
    with open(file, "w", buffering=1) as out:
        for number in itertools.count():
            answer, milliseconds = daemon.ask(status)
            phase = phase_of(answer)
            print(f"{time.monotonic():.4f} status {milliseconds:.3f} {phase}", file=out)
            _, milliseconds = echo.ask(status)
            print(f"{time.monotonic():.4f} echo {milliseconds:.3f} {phase}", file=out)
            if number % 4 == 0:
                name, text = next(other)
                _, milliseconds = daemon.ask(text)
                print(f"{time.monotonic():.4f} {name} {milliseconds:.3f} {phase}", file=out)
            time.sleep(PAUSE)


def run(file, command):
    """Process start and all; `true` beside it says what a start costs at that moment."""
    with open(file, "w", buffering=1) as out:
        while True:
            for name, arguments in (("sfsyncctl", command), ("true", ["true"])):
                began = time.monotonic()
                subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               timeout=60)
                now = time.monotonic()
                print(f"{now:.4f} {name} {(now - began) * 1000:.3f} -", file=out)
            time.sleep(STARTS_PAUSE)


def echo(path):
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen(1)
    connection, _ = listener.accept()
    while text := connection.recv(65536):
        connection.sendall(text)


def main():
    what, arguments = sys.argv[1], sys.argv[2:]
    if what == "echo":
        echo(arguments[0])
    elif what == "run":
        run(arguments[0], arguments[1:])
    else:
        folder, path, people, file = arguments
        with open(people) as lines:
            ask(folder, path, lines.read().split(), file)


if __name__ == "__main__":
    main()
