"""A booted machine: systemd-nspawn over a root that is only read, what it writes is in memory."""

import itertools
import os
import shlex
import shutil
import subprocess
import tempfile
import time

from harness.cases import Failed, wait_until

from . import cgroups
from .cgroups import PREFIX, Group

NUMBERS = itertools.count(1)

# Where systemd-nspawn keeps a directory for each machine, a killed one's too.
PROPAGATE = "/run/systemd/nspawn/propagate"

# Joins the control group, then becomes the command.
ENTER = 'while [ "$1" != -- ]; do echo $$ >"$1"; shift; done; shift; exec "$@"'


def sweep():
    """Removes what a killed run left."""
    cgroups.sweep()
    if os.path.isdir(PROPAGATE):
        for name in filter(cgroups.is_left, os.listdir(PROPAGATE)):
            os.rmdir(os.path.join(PROPAGATE, name))


class Machine:
    """It shares the network with the host, so that the simulators are on its loopback too."""

    def __init__(self, bench, root):
        self.bench = bench
        self.name = f"{PREFIX}{os.getpid()}-{next(NUMBERS)}"
        group = Group(self.name)
        bench.at_end(self.forget)
        bench.at_end(group.close)
        self.nspawn = bench.start(
            ["sh", "-c", ENTER, "sh", *group.doors, "--",
             "systemd-nspawn", "--quiet", "--directory", root, "--volatile=overlay",
             "--machine", self.name, "--hostname", "sfsync-test", "--register=no", "--keep-unit",
             "--console=pipe", "--boot"], bench.path("boot.log"))
        self.init = wait_until("the machine's process 1 runs", self.find_init)
        wait_until("its systemd answers", lambda: self.try_run(
            "systemctl", "is-system-running").stdout.strip() not in ("", "offline", "unknown"))
        state = self.try_run("systemctl", "is-system-running", "--wait", seconds=30).stdout.strip()
        if state != "running":
            raise Failed(f"the machine is {state}: {self.try_run('systemctl', '--failed').stdout}")

    def find_init(self):
        if self.nspawn.poll() is not None:
            raise Failed(f"systemd-nspawn ended at its start with {self.nspawn.returncode}")
        children = f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children"
        with open(children, encoding="utf-8") as file:
            for child in file.read().split():
                with open(f"/proc/{child}/comm", encoding="utf-8") as name:
                    if name.read() == "systemd\n":
                        return int(child)
        return None

    def forget(self):
        """What systemd-nspawn leaves when it is killed."""
        place = os.path.join(PROPAGATE, self.name)
        if os.path.isdir(place):
            os.rmdir(place)

    # Commands

    def try_run(self, *arguments, user=None, seconds=30, **options):
        """Runs a command inside, with little in its environment."""
        command = ["nsenter", "--target", str(self.init), "--all", "--", "env", "-i",
                   "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/root",
                   "DEBIAN_FRONTEND=noninteractive"]
        if user:
            command += ["runuser", "-u", user, "--"]
        try:
            return self.bench.run(command + list(arguments), seconds=seconds, **options)
        except subprocess.TimeoutExpired:
            raise Failed(f"{shlex.join(arguments)}: not done within {seconds} s")

    def run(self, *arguments, expect=0, **options):
        """The same, and what it printed; another exit code than `expect` fails the test."""
        result = self.try_run(*arguments, **options)
        if result.returncode != expect:
            raise Failed(f"{shlex.join(arguments)}: {result.returncode}, not {expect}: "
                         + result.stdout[-800:] + result.stderr[-800:])
        return result.stdout

    def shell(self, script, **options):
        return self.run("sh", "-euc", script, **options)

    # Files

    def path(self, path):
        """A path inside, as the host sees it."""
        return f"/proc/{self.init}/root{path}"

    def exists(self, path):
        return os.path.lexists(self.path(path))

    def read(self, path):
        with open(self.path(path), encoding="utf-8") as file:
            return file.read()

    def write(self, path, text, mode=0o644):
        """A whole new file in place of the old one; its directories are made."""
        place = self.path(path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        handle, fresh = tempfile.mkstemp(dir=os.path.dirname(place))
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(fresh, mode)
        os.rename(fresh, place)

    def bring(self, file):
        """Copies a file of the host to /root; its path there."""
        shutil.copy(file, self.path("/root"))
        return "/root/" + os.path.basename(file)

    # systemd

    def show(self, unit, name):
        return self.run("systemctl", "show", "--value", "--property", name, unit).strip()

    def state(self, unit):
        return self.show(unit, "ActiveState")

    def main_process(self, unit):
        """Its process id as the host numbers it, or 0."""
        inside = self.show(unit, "MainPID")
        return 0 if inside == "0" else self.outside(inside)

    def outside(self, process):
        """The host's number of a process inside: the last of NSpid is the one inside."""
        mine = os.readlink(f"/proc/{self.init}/ns/pid")
        for entry in os.listdir("/proc"):
            try:
                if not entry.isdigit() or os.readlink(f"/proc/{entry}/ns/pid") != mine:
                    continue
                with open(f"/proc/{entry}/status", encoding="utf-8") as file:
                    for line in file:
                        if line.startswith("NSpid:") and line.split()[-1] == process:
                            return int(entry)
            except OSError:
                continue  # It ended meanwhile, or is none of ours.
        return 0

    def now(self):
        """A place in the journal; the clock is the host's too."""
        return time.time_ns() // 1000

    def wait_for(self, unit, state, seconds=20):
        return wait_until(f"{unit} is {state}", lambda: self.state(unit) == state, seconds, 0.1)

    def pause(self, seconds):
        """For tests that show that nothing happens."""
        time.sleep(seconds)
