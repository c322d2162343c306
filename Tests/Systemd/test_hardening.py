"""What the process may do: no capability, nothing to write to but what is its own (O)."""

import re

from harness.cases import check, equal, test

# Everything below /proc/self is a process's own; what is left are files of the system's.
PROBE = """
find / -path /proc -prune -o \\( -type d -o -type f -o -type p \\) -writable -print 2>/dev/null
"""


def exposure(machine, unit):
    text = machine.run("systemd-analyze", "--no-pager", "security", unit)
    return float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", text).group(1)), text


def inside(service, script):
    """Runs a script as the daemon's user, in its mount namespace and without a capability."""
    machine = service.machine
    ids = machine.run("sh", "-c", "id -u sfsyncd; id -g sfsyncd").split()
    return machine.bench.run(
        ["nsenter", "--target", str(service.process), "--mount", "--root", "--",
         "setpriv", "--reuid", ids[0], "--regid", ids[1], "--clear-groups", "--inh-caps=-all",
         "--bounding-set=-all", "--no-new-privs", "--reset-env", "sh", "-c", script])


@test("O: systemd-analyze security is 1.5 at most, for the service and for an instance")
def security(bench):
    service = bench.service(leads=5, people=5).synced()
    for unit in (service.unit, "sfsyncd@red.service"):
        level, text = exposure(service.machine, unit)
        check(level <= 1.5, f"{unit}: {level}\n{text}")


@test("O: the process has no capability, gains none, and its system calls are filtered")
def process(bench):
    service = bench.service(leads=5, people=5).synced()
    with open(f"/proc/{service.process}/status", encoding="utf-8") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        equal(int(status[name], 16), 0, name)
    equal((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"), "NoNewPrivs and Seccomp")
    user = service.machine.run("id", "-u", "sfsyncd").strip()
    equal(set(status["Uid"].split()), {user}, "its users")
    check(user != "0", "it is not root")
    said = [entry["MESSAGE"] for entry in service.journal("_COMM=sfsyncd")
            if "SFSYNC_EVENT" not in entry]
    equal(said, [], "what the filter makes libraries say")


@test("O: nothing can be written but the state and the runtime directory, by trying")
def writable(bench):
    service = bench.service(leads=5, people=5).synced()
    places = inside(service, PROBE).stdout.split("\n")[:-1]
    check(any(place.startswith(service.state) for place in places), f"the state is: {places[:9]}")
    strange = []
    for place in places:
        if not place.startswith((service.state, service.runtime)):
            strange.append(place)
    # What the modes allow, the kernel may still refuse.
    tried = inside(service, "for p in " + " ".join(f"'{place}'" for place in strange) + """; do
      if [ -d "$p" ]; then (: >"$p/sfsync-probe") 2>/dev/null && echo "$p"
      else (: >>"$p") 2>/dev/null && echo "$p"; fi; done; true""").stdout.split("\n")[:-1]
    equal(tried, [], "places that can be written")
    modes = service.machine.run("stat", "-c", "%U:%G %a", service.state).strip()
    equal(modes, "sfsyncd:sfsyncd 700", "the state directory")
    loose = service.machine.shell(f"find {service.state} -type f -perm /077")
    equal(loose, "", "files of the state that others can read")


@test("O: the daemon listens on its control socket and on nothing else, and has no children")
def listens(bench):
    service = bench.service(leads=5, people=5).synced()
    with open(f"/proc/{service.process}/task/{service.process}/children",
              encoding="utf-8") as file:
        equal(file.read(), "", "its children")
    # Sockets of the process by inode, among those that listen (state 0A; Unix flag 10000).
    inodes = set(service.machine.bench.run(
        ["sh", "-c", f"ls -l /proc/{service.process}/fd | sed -n 's/.*socket:\\[\\(.*\\)\\]/\\1/p'"]
    ).stdout.split())
    listening = []
    for table in ("tcp", "tcp6"):
        with open(f"/proc/{service.process}/net/{table}", encoding="utf-8") as file:
            rows = [line.split() for line in file.readlines()[1:]]
        listening += [table + " " + row[1] for row in rows if row[3] == "0A" and row[9] in inodes]
    with open(f"/proc/{service.process}/net/unix", encoding="utf-8") as file:
        rows = [line.split() for line in file.readlines()[1:]]
    listening += [row[7] for row in rows
                  if row[3] == "00010000" and len(row) > 7 and row[7].endswith("control.sock")
                  and row[6] in inodes]
    equal(listening, [service.socket], "listening sockets")
