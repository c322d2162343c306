"""One test's place: a directory, and every process that it started."""

import os
import shutil
import subprocess
import tempfile
import time


class Bench:
    def __init__(self, binaries, limit):
        self.binaries = binaries
        self.directory = tempfile.mkdtemp(prefix="sfsync-system-")
        self.deadline = time.monotonic() + limit
        self.processes = []
        self.logs = []
        self.closers = []

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def program(self, name):
        return os.path.join(self.binaries, name)

    def left(self, seconds):
        """At most `seconds`, and never past the test's own limit."""
        return max(0.1, min(seconds, self.deadline - time.monotonic()))

    def start(self, arguments, log, **options):
        """Starts a process that does not outlive the test, nor this program."""
        if shutil.which("setpriv"):
            arguments = ["setpriv", "--pdeathsig", "KILL", "--"] + arguments
        self.logs.append(log)
        with open(log, "ab") as output:
            options.setdefault("stdin", subprocess.DEVNULL)
            options.setdefault("stdout", output)
            process = subprocess.Popen(arguments, stderr=output, **options)
        self.processes.append(process)
        return process

    def run(self, arguments, seconds=30, **options):
        """Runs a command to its end."""
        return subprocess.run(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=self.left(seconds), encoding="utf-8", errors="replace", **options)

    def at_end(self, closer):
        """Calls `closer` when the test is over, before its directory goes."""
        self.closers.append(closer)

    def evidence(self):
        """The last lines of every log."""
        text = ""
        for log in dict.fromkeys(self.logs):
            with open(log, encoding="utf-8", errors="replace") as file:
                lines = file.read().splitlines()
            if lines and "sim" not in os.path.basename(log):
                text += f"\n{os.path.basename(log)}:\n" + "\n".join("  " + x for x in lines[-15:])
        return text

    def close(self, keep=False):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait(10)
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()
        for closer in reversed(self.closers):
            closer()
        if keep:
            print(f"    kept {self.directory}")
        else:
            shutil.rmtree(self.directory, ignore_errors=True)
