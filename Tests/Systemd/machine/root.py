"""The file system that every machine starts from: made once by debootstrap, then only read."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import time

# What any Debian server has; the package's own dependencies come on top.
BASE = ["ca-certificates", "dbus", "procps", "systemd", "systemd-sysv"]


class NoRoot(Exception):
    """It cannot be made; the text says why."""


def release():
    """The code name of this machine's release: what is built here runs there."""
    with open("/etc/os-release", encoding="utf-8") as file:
        pairs = dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
    name = pairs.get("VERSION_CODENAME", "").strip('"')
    if not name:
        raise NoRoot("/etc/os-release has no VERSION_CODENAME: a Debian release is wanted")
    return name


def mirror(suite):
    """Where apt on this machine gets that release from."""
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)",
         "Created-By: Packages"], check=True, capture_output=True, encoding="utf-8").stdout
    for line in listed.splitlines():
        address, codename, component = line.split(" ")
        if codename == suite and component == "main":
            return address
    raise NoRoot(f"apt is configured with no mirror for {suite} main")


def prepared(directory, dependencies):
    """The path of a root with those packages below `directory`, made if it is not there."""
    os.makedirs(directory, mode=0o700, exist_ok=True)
    with open(os.path.join(directory, "lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        suite, packages = release(), sorted({*BASE, *dependencies})
        key = hashlib.sha256(" ".join([suite, *packages]).encode()).hexdigest()[:12]
        path = os.path.join(directory, f"{suite}-{key}")
        if not os.path.isdir(path):
            for old in os.listdir(directory):
                if os.path.isdir(os.path.join(directory, old)):
                    shutil.rmtree(os.path.join(directory, old))
            make(path, suite, packages)
        return path


def make(path, suite, packages):
    partial, log = path + ".partial", path + ".log"
    address = mirror(suite)
    print(f"Makes a Debian {suite} from {address}; that takes a minute.", flush=True)
    began = time.monotonic()
    # In a mount namespace of its own: what it mounts goes with it, however it ends.
    command = ["unshare", "--mount", "--propagation", "private", "--",
               "debootstrap", "--variant=minbase", "--include=" + ",".join(packages), suite,
               partial, address]
    with open(log, "w", encoding="utf-8") as output:
        code = subprocess.run(
            ["timeout", "--kill-after=10", "600", *command], stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT).returncode
    if code != 0:
        with open(log, encoding="utf-8", errors="replace") as output:
            raise NoRoot(f"debootstrap ended with {code}:\n" + "".join(output.readlines()[-20:]))
    finish(partial)
    os.rename(partial, path)
    print(f"Made in {time.monotonic() - began:.0f} s.", flush=True)


def finish(path):
    """Makes it a machine that nobody has booted yet, with no list of packages to read."""
    for directory in ("var/cache/apt/archives", "var/lib/apt/lists"):
        for name in os.listdir(os.path.join(path, directory)):
            file = os.path.join(path, directory, name)
            if os.path.isfile(file):
                os.remove(file)
    for name in ("etc/machine-id", "var/lib/dbus/machine-id", "etc/hostname"):
        if os.path.lexists(os.path.join(path, name)):
            os.remove(os.path.join(path, name))
    # Else systemd takes a machine with no id for one at its first boot, and asks its questions.
    with open(os.path.join(path, "etc/machine-id"), "w", encoding="utf-8"):
        pass
