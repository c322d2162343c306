"""sfsyncd as a process, and sfsyncctl as its client."""

import json
import os
import signal
import socket
import subprocess
import time

from .cases import Failed, check, contains, equal

SECRETS = {"salesforce-client-secret": "salesforce_client_secret",
           "intercom-access-token": "intercom_token"}


def toml(value):
    """A setting as TOML writes it; JSON's texts and numbers are TOML too."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


class Daemon:
    """A daemon in a directory of its own, configured for one simulator.

    It polls only when asked, so that each test knows which poll brought what.
    """

    def __init__(self, bench, sim, name="daemon", **settings):
        self.bench = bench
        self.sim = sim
        self.name = name
        self.directory = bench.path(name)
        self.credentials = os.path.join(self.directory, "credentials")
        os.makedirs(self.credentials)
        self.config = os.path.join(self.directory, "sfsyncd.toml")
        self.store = os.path.join(self.directory, "sfsync.db")
        self.socket = os.path.join(self.directory, "control.sock")
        self.log = bench.path(name + ".log")
        self.process = None
        self.settings = {
            "salesforce": {"login_url": sim.salesforce_url,
                           "client_id": sim.ready["salesforce_client_id"]},
            "intercom": {"api_url": sim.intercom_url},
            "poll": {"every": "10m", "at_most": "20m"},
            "store": {"path": self.store},
            "control": {"socket": self.socket},
        }
        for file, key in SECRETS.items():
            self.secret(file, sim.ready[key])
        self.configure(**settings)

    def configure(self, **settings):
        """Merges tables of settings and writes the file."""
        for table, values in settings.items():
            self.settings.setdefault(table, {}).update(values)
        lines = []
        for table, values in self.settings.items():
            lines.append(f"[{table}]")
            lines += [f"{toml(key)} = {toml(value)}" for key, value in values.items()]
        self.write("\n".join(lines) + "\n")

    def write(self, text):
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(text)

    def secret(self, name, value, mode=0o600):
        path = os.path.join(self.credentials, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(value + "\n")
        os.chmod(path, mode)

    # The process

    @property
    def arguments(self):
        return [self.bench.program("sfsyncd"), "--config", self.config, "--credentials",
                self.credentials]

    @property
    def environment(self):
        kept = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR")
        return {key: os.environ[key] for key in kept if key in os.environ}

    def start(self):
        """Starts it and waits until its socket answers."""
        self.process = self.bench.start(self.arguments, self.log, env=self.environment)
        deadline = time.monotonic() + self.bench.left(20)
        while True:
            try:
                with socket.socket(socket.AF_UNIX) as probe:
                    probe.connect(self.socket)
                return self
            except OSError:
                if self.process.poll() is not None:
                    raise Failed(f"sfsyncd ended at its start with {self.process.returncode}")
                if time.monotonic() > deadline:
                    raise Failed("sfsyncd does not open its socket")
                time.sleep(0.01)

    def refuses_to_start(self):
        """Runs a daemon that has to end by itself: its exit code and what it said."""
        try:
            result = self.bench.run(self.arguments, env=self.environment, seconds=10)
        except subprocess.TimeoutExpired:
            raise Failed("sfsyncd runs where it has to refuse to start")
        return result.returncode, result.stderr

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def stop(self, seconds=10, code=0):
        """Ends it as systemd does; returns how long it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            ended = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"sfsyncd is still there {seconds} s after SIGTERM")
        equal(ended, code, "exit code after SIGTERM")
        return time.monotonic() - began

    def ended(self, seconds=20):
        """Waits for an end of its own: the exit code."""
        try:
            return self.process.wait(self.bench.left(seconds))
        except subprocess.TimeoutExpired:
            raise Failed(f"sfsyncd did not end within {seconds} s")

    @property
    def is_running(self):
        return self.process.poll() is None

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    # The client

    def ctl(self, *arguments, expect=0, seconds=40):
        """Runs sfsyncctl and returns what it printed."""
        result = self.try_ctl(*arguments, seconds=seconds)
        if expect is not None and result.returncode != expect:
            raise Failed(f"sfsyncctl {' '.join(arguments)}: {result.returncode}, not {expect}: "
                         + result.stdout[-600:] + result.stderr[-600:])
        return result.stdout

    def try_ctl(self, *arguments, seconds=40):
        return self.bench.run(
            [self.bench.program("sfsyncctl"), "--socket", self.socket, *arguments],
            seconds=seconds, env=self.environment)

    def json(self, *arguments, expect=0, seconds=40):
        text = self.ctl(*arguments, "--json", expect=expect, seconds=seconds)
        try:
            return json.loads(text)
        except ValueError:
            raise Failed(f"sfsyncctl {' '.join(arguments)} --json is no JSON: {text[:300]!r}")

    def sync(self, *arguments, expect=0, seconds=60):
        """A poll, until what it found is delivered."""
        return self.json("sync", "--wait", *arguments, expect=expect, seconds=seconds)

    def status(self):
        return self.json("status")

    def explain(self, who):
        return self.json("explain", who)

    def errors(self):
        return self.json("errors")

    def error(self, code, *parts):
        """The only open entry: of that code, with `parts` in its text."""
        entries = self.errors()
        equal([entry["code"] for entry in entries], [code], "the open entries")
        text = " ".join(str(entries[0][key]) for key in ("what", "cause", "remedy", "subject"))
        contains(text, parts, f"the entry {code}")
        return entries[0]

    def call(self, message, seconds=10):
        """Bytes to the control socket; what came back until it is silent or closed."""
        with socket.socket(socket.AF_UNIX) as stream:
            stream.settimeout(seconds)
            stream.connect(self.socket)
            try:
                stream.sendall(message)
                answer = b""
                while not answer.endswith(b"\0"):
                    piece = stream.recv(65536)
                    if not piece:
                        break
                    answer += piece
            except (ConnectionResetError, BrokenPipeError):
                return answer if "answer" in locals() else b""
            return answer

    def is_well(self):
        check(self.is_running, "the daemon is still there")
        return self.status()


def started(bench, sim, **settings):
    """A daemon whose initial sync is done."""
    daemon = Daemon(bench, sim, **settings).start()
    daemon.sync()
    return daemon
