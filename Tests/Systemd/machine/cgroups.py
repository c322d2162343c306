"""A control group of our own for each machine, so that machines do not share systemd's tree."""

import glob
import os
import time

PREFIX = "sfsync-test-"


def hierarchies():
    """Where the hierarchies are mounted that systemd keeps its units in."""
    found = []
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        for line in file:
            before, after = line.rstrip("\n").split(" - ")
            kind, _, options = after.split(" ", 2)
            if kind == "cgroup2" or kind == "cgroup" and "name=systemd" in options.split(","):
                found.append(before.split(" ")[4])
    return found


class Group:
    """One directory in each hierarchy."""

    def __init__(self, name):
        self.directories = [os.path.join(place, name) for place in hierarchies()]
        for directory in self.directories:
            os.mkdir(directory)

    @property
    def doors(self):
        """The files to write a process id into."""
        return [os.path.join(directory, "cgroup.procs") for directory in self.directories]

    def close(self):
        for directory in self.directories:
            clear(directory)


def clear(directory, seconds=10):
    """Ends what runs in a group and removes the group."""
    deadline = time.monotonic() + seconds
    while os.path.isdir(directory):
        for place, _, _ in os.walk(directory, topdown=False):
            end_all(place)
            try:
                os.rmdir(place)
            except OSError:
                pass  # Its processes are on their way out.
        if time.monotonic() > deadline:
            return
        time.sleep(0.01)


def end_all(place):
    try:
        with open(os.path.join(place, "cgroup.procs"), encoding="utf-8") as file:
            processes = [int(line) for line in file]
    except OSError:
        return
    for process in processes:
        if process > 0:
            try:
                os.kill(process, 9)
            except ProcessLookupError:
                pass


def is_left(name):
    """Whether a machine of that name belongs to a run that is gone: it has the run's number."""
    owner = name.removeprefix(PREFIX).split("-")[0]
    return name.startswith(PREFIX) and not os.path.exists(f"/proc/{owner}")


def sweep():
    """Removes what a killed run left."""
    for place in hierarchies():
        for directory in glob.glob(os.path.join(place, PREFIX + "*")):
            if is_left(os.path.basename(directory)):
                clear(directory)
