"""The operator's mailbox: a real SMTP server and what it has taken."""

import email
import email.policy
import glob
import json
import os
import select
import shutil
import subprocess
import sys

from .cases import Failed, equal, skip_unless, wait_until

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mailserver.py")


def python_with_aiosmtpd():
    """Debian's package is for Debian's Python, which need not be the first in PATH."""
    for python in dict.fromkeys((sys.executable, "/usr/bin/python3", shutil.which("python3"))):
        if python and os.access(python, os.X_OK):
            found = subprocess.run([python, "-c", "import aiosmtpd"], stderr=subprocess.DEVNULL)
            if found.returncode == 0:
                return python
    return None


PYTHON = python_with_aiosmtpd()


class Mailbox:
    def __init__(self, bench, name="mailbox", **options):
        skip_unless(PYTHON, "aiosmtpd is not here: apt install python3-aiosmtpd")
        self.bench = bench
        self.directory = bench.path(name)
        os.makedirs(self.directory, exist_ok=True)
        self.options = options
        self.port = 0
        self.process = None
        self.begin()

    def begin(self):
        """Starts the server, at the port that it had before."""
        options = {**self.options, "port": self.port} if self.port else self.options
        self.process = self.bench.start(
            [PYTHON, PROGRAM, self.directory, json.dumps(options)],
            self.bench.path("sim-mail.log"), stdout=subprocess.PIPE)
        if not select.select([self.process.stdout], [], [], self.bench.left(20))[0]:
            raise Failed("the mail server does not listen")
        line = self.process.stdout.readline()
        if not line:
            raise Failed("the mail server did not start")
        self.port = int(line)

    def end(self):
        self.process.kill()
        self.process.wait(10)

    def behave(self, **behaviour):
        path = os.path.join(self.directory, "behaviour.json")
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(behaviour, file)
        os.rename(path + ".part", path)

    def settings(self, scheme="smtp", host="127.0.0.1", user="", **more):
        """`[mail]` for this server."""
        login = user + "@" if user else ""
        return {"to": "ops@example.com", "from": "sfsync@example.org",
                "smtp_url": f"{scheme}://{login}{host}:{self.port}",
                "on": ["initial-sync", "broken", "recovered"], **more}

    def raw(self):
        """Every mail taken, in order, as the server got it."""
        mails = []
        for path in sorted(glob.glob(os.path.join(self.directory, "*.json")), key=os.path.getmtime):
            if os.path.basename(path) != "behaviour.json":
                with open(path, encoding="utf-8", errors="surrogateescape") as file:
                    mails.append(json.load(file))
        return mails

    def mails(self):
        return [email.message_from_string(mail["text"], policy=email.policy.default)
                for mail in self.raw()]

    def occasions(self):
        return [mail["X-Sfsync-Occasion"] for mail in self.mails()]

    def log(self, what):
        path = os.path.join(self.directory, "log")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            entries = [json.loads(line) for line in file]
        return [entry for entry in entries if entry["what"] == what]

    def wait(self, occasions, seconds=20):
        """Until exactly these have come."""
        wait_until(f"mails {occasions}, of which there are {self.occasions()}",
                   lambda: len(self.raw()) >= len(occasions), seconds=seconds)
        equal(self.occasions(), occasions, "the mails")
        return self.mails()
