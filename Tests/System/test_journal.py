"""The journal, systemd's status line and the message catalog, as people meet them."""

import os
import re
import shutil
import socket
import struct
import threading

from harness.cases import check, contains, equal, skip_unless, test, wait_until
from harness.daemon import Daemon, started
from harness.simulator import Simulator

CATALOG = os.path.join(os.path.dirname(__file__), "..", "..", "systemd", "sfsyncd.catalog")


def lines_of(daemon, event, level="[a-z]+"):
    """The lines of one event, of the plain log."""
    pattern = re.compile(rf"^\S+ {level} {re.escape(event)}: ")
    return [line for line in daemon.said().splitlines() if pattern.match(line)]


class Datagrams:
    """A socket in the place of one of systemd's; what arrived, in order.

    It is read at once: a sender waits while a few datagrams are unread.
    """

    def __init__(self, bench, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.kept = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        bench.at_end(lambda: self.socket.shutdown(socket.SHUT_RD))

    def read(self):
        with self.socket:
            while datagram := self.socket.recv(1 << 20):
                self.kept.append(datagram)

    def all(self):
        return list(self.kept)


class Watched(Daemon):
    """A daemon that takes systemd's place for real: it has a status line and a fast watchdog."""

    def __init__(self, bench, sim, **settings):
        super().__init__(bench, sim, **settings)
        self.notify = bench.path("notify")
        self.told = Datagrams(bench, self.notify)

    @property
    def environment(self):
        return {**super().environment, "NOTIFY_SOCKET": self.notify, "WATCHDOG_USEC": "400000"}

    def lines(self):
        """The status lines so far, each once."""
        found = []
        for message in self.told.all():
            for assignment in message.decode().splitlines():
                if assignment.startswith("STATUS=") and assignment[7:] not in found[-1:]:
                    found.append(assignment[7:])
        return found

    def says(self, pattern, seconds=20):
        return wait_until(
            f"a status line like {pattern!r}; there were {self.lines()}",
            lambda: [line for line in self.lines() if re.search(pattern, line)], seconds)[-1]


class Journaled(Daemon):
    """A daemon whose journal is a socket of ours, in a mount namespace of its own."""

    SCRIPT = """
        [ -d /run/systemd/journal ] || { mount -t tmpfs none /run; mkdir -p /run/systemd/journal; }
        mount --bind "$1" /run/systemd/journal || exit 71
        shift
        JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) exec "$@"
        """

    def __init__(self, bench, sim, **settings):
        super().__init__(bench, sim, **settings)
        self.journal = bench.path("journal")
        os.mkdir(self.journal)
        self.received = Datagrams(bench, os.path.join(self.journal, "socket"))

    @staticmethod
    def namespace():
        return ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])

    @property
    def arguments(self):
        return [*self.namespace(), "sh", "-c", self.SCRIPT, "sh", self.journal,
                *super().arguments]

    def entries(self):
        return [fields(datagram) for datagram in self.received.all()]

    def of(self, event):
        return [entry for entry in self.entries() if entry.get("SFSYNC_EVENT") == event]


def fields(datagram):
    """An entry in the journal's native protocol: NAME=value, or NAME, a length and the value."""
    found = {}
    while datagram:
        line, _, rest = datagram.partition(b"\n")
        if b"=" in line:
            name, _, value = line.partition(b"=")
        else:
            size = struct.unpack("<Q", rest[:8])[0]
            name, value, rest = line, rest[8:8 + size], rest[8 + size + 1:]
        found[name.decode()] = value.decode()
        datagram = rest
    return found


@test("Journal: entries bear the fields of the interface, and what wants a person is explained")
def entries(bench):
    skip_unless(shutil.which("unshare"), "unshare is not here: it is part of util-linux")
    probe = bench.run([*Journaled.namespace(), "mount", "--bind", "/tmp", "/mnt"])
    skip_unless(probe.returncode == 0, f"no mount namespace: {probe.stderr.strip()}")
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com", Title="T")
    person = sim.person("ada@example.com")
    daemon = Journaled(bench, sim).start()
    daemon.sync()
    sim.fault("intercom", "put", "status", value=400)
    sim.update(lead, Title="U")
    daemon.sync(expect=1)
    daemon.sync()
    daemon.ctl("pause")
    daemon.stop()
    every = daemon.entries()
    equal(daemon.said(), "", "what went past the journal")
    equal(every[0]["SFSYNC_EVENT"], "service.starting", "the first entry")
    equal(every[-1]["SFSYNC_EVENT"], "service.stopping", "the last entry")
    for entry in every:
        equal(entry["SYSLOG_IDENTIFIER"], "sfsyncd", "the identifier")
        check(entry["PRIORITY"] in "3456", f"no debugging: {entry}")
        check(re.fullmatch("[0-9a-f]{32}", entry["MESSAGE_ID"]), f"an id: {entry}")
        check(re.fullmatch("[a-z]+([.][a-z]+)+", entry["SFSYNC_EVENT"]), f"a name: {entry}")
        check(entry["MESSAGE"][-1] in ".)", f"a sentence: {entry}")
        check("@" not in str(entry), f"no address: {entry}")
    poll = daemon.of("poll.finished")[0]
    check(int(poll["SFSYNC_CYCLE"]) > 0 and poll["PRIORITY"] == "6", f"a poll: {poll}")
    opened = daemon.of("error.opened")
    equal(len(opened), 1, "lines about the refused person")
    found = {name: opened[0].get("SFSYNC_" + name)
             for name in ("CONTACT", "RECORD", "OBJECT", "CODE", "HTTP_STATUS")}
    equal(found, {"CONTACT": person, "RECORD": lead, "OBJECT": "Lead", "CODE": "IC-REFUSED",
                  "HTTP_STATUS": "400"}, "its fields")
    with open(CATALOG, encoding="utf-8") as file:
        explained = set(re.findall("^-- ([0-9a-f]{32})$", file.read(), re.M))
    for entry in every:
        check(int(entry["PRIORITY"]) > 4 or entry["MESSAGE_ID"] in explained,
              f"journalctl -x explains it: {entry}")


@test("Journal, E1: 300 refused people are a line, and so is their end")
def flood(bench):
    sim = Simulator(bench)
    leads = [sim.lead(f"p{n}@example.com", Title="T") for n in range(300)]
    for number in range(300):
        sim.person(f"p{number}@example.com")
    daemon = Daemon(bench, sim)
    sim.fault("intercom", "put", "status", value=400, times=300)
    daemon.start()
    daemon.ctl("sync", "--wait", expect=1)
    equal(len(daemon.errors()), 300, "entries")
    told = wait_until("the journal says so", lambda: lines_of(daemon, "error.opened"))
    # Five more, which is nothing new for the next ten minutes.
    sim.fault("intercom", "put", "status", value=400, times=5)
    for number in range(5):
        sim.lead(f"more{number}@example.com")
        sim.person(f"more{number}@example.com")
    daemon.sync(expect=1)
    daemon.sync()
    equal(len(daemon.errors()), 305, "entries")
    for lead in leads[:10]:
        sim.update(lead, Title="U")
    daemon.sync()
    daemon.ctl("errors", "retry", "--all")
    wait_until("all is well", lambda: daemon.errors() == [], seconds=40)
    daemon.sync()
    equal(len(lines_of(daemon, "error.opened")), 1, "lines about 305 errors")
    contains(told[0], ["warning", "new errors IC-REFUSED", "sfsyncctl errors"], "the line")
    equal(len(lines_of(daemon, "error.closed")), 1, "lines about their end")


@test("Journal, E2: a side that fails again and again is said once, and once that it is back")
def failing_side(bench):
    sim = Simulator(bench)
    sim.lead("ada@example.com")
    sim.person("ada@example.com")
    daemon = started(bench, sim, poll={"every": "1s", "at_most": "1s"})
    sim.fault("salesforce", "any", "status", value=503, times=4)
    wait_until("it is said", lambda: lines_of(daemon, "side.broken"), seconds=60)
    wait_until("it is over", lambda: lines_of(daemon, "side.recovered"), seconds=60)
    log = daemon.said()
    equal([len(lines_of(daemon, event)) for event in
           ("poll.failed", "side.broken", "side.recovered", "error.opened")],
          [1, 1, 1, 0], f"lines about it in {log}")
    contains(lines_of(daemon, "side.broken")[0], ["error", "Salesforce", "503", "side=salesforce"],
             "the line")


@test("Journal, E2: refused credentials are said once, with what to do")
def credentials(bench):
    sim = Simulator(bench)
    daemon = Daemon(bench, sim, poll={"every": "1s", "at_most": "1s"})
    daemon.secret("intercom-access-token", "dG9rOndyb25n")
    daemon.start()
    told = wait_until("it is said", lambda: lines_of(daemon, "credential.refused"))
    wait_until("it tries again", lambda: int(daemon.errors()[0]["count"]) >= 1)
    daemon.try_ctl("sync", "--wait")
    equal(len(lines_of(daemon, "credential.refused")), 1, "lines")
    contains(told[0], ["error", "IC-TOKEN", "Developer Hub", "side=intercom"], "the line")
    daemon.secret("intercom-access-token", sim.ready["intercom_token"])
    daemon.sync()
    equal(len(lines_of(daemon, "side.recovered")), 1, "lines about its end")


@test("Journal, S2: a share that is used up is said once")
def share(bench):
    sim = Simulator(bench)
    daemon = started(bench, sim, salesforce={"daily_share": 0.00004},
                     poll={"every": "1s", "at_most": "1s"})
    while True:
        budget = daemon.status()["budget"]["salesforce"]
        if budget["ours"] > budget["share"] * budget["limit"]:
            break
        daemon.sync()
    told = wait_until("the daemon's own poll waits", lambda: lines_of(daemon, "budget.exhausted"))
    wait_until("it waits again and again", lambda: daemon.errors()[0]["count"] >= 3)
    contains(told[0], ["warning", "salesforce.daily_share", "SF-SHARE-USED"], "the line")
    check("Waiting" in "".join(daemon.status()["notices"]), "status says so as well")
    polls = len(lines_of(daemon, "poll.finished"))
    equal(lines_of(daemon, "poll.failed"), [], "a wait is no failure")
    daemon.sync()
    equal(len(lines_of(daemon, "poll.finished")), polls + 1, "what a person asks goes on")
    equal(len(lines_of(daemon, "budget.exhausted")), 1, "lines after it")


@test("Journal: who changed what by the socket, without an address")
def changes(bench):
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com")
    person = sim.person("ada@example.com")
    daemon = started(bench, sim)
    daemon.ctl("pause")
    daemon.ctl("resume")
    daemon.ctl("sync", "--wait")
    daemon.ctl("sync", "--wait", "--yes")
    daemon.ctl("link", "ada@example.com", lead)
    daemon.ctl("unlink", "ada@example.com")
    daemon.ctl("errors", "retry", "--all")
    daemon.ctl("reload")
    daemon.try_ctl("link", "ada@example.com", "00Q000000000000AAA")
    daemon.status()
    told = lines_of(daemon, "control.changed")
    deeds = ["paused", "resumed", "let through", "linked the person", "ended the link",
             "had all errors tried again", "configuration"]
    for line, deed in zip(told, deeds):
        contains(line, ["notice", f"(uid {os.geteuid()})", deed], "a line")
    equal(len(told), len(deeds), f"lines: {told}")
    contains(told[3], [f"contact={person}", f"record={lead}"], "the link's fields")
    check("@" not in daemon.said(), "no address")


@test("I2: systemd's status line says what people care about")
def status_line(bench):
    sim = Simulator(bench, leads=600, contacts=100, people=900)
    for kind in ("list", "put"):
        sim.fault("intercom", kind, "slow", value=40, times=10_000)
    daemon = Watched(bench, sim).start()
    line = daemon.says("^Initial sync: writing to Intercom, [0-9]+ % ", 60)
    check(re.search(r"\([0-9,]+ of [0-9,]+\)", line), f"how far: {line}")
    line = daemon.says("^Idle; ", 60)
    people = daemon.status()["links"]["people"]
    contains(line, [f"{people} people linked", "next poll "], "idle")
    check(re.search(r"next poll [0-9]{2}:[0-9]{2} UTC", line), f"a time: {line}")
    daemon.ctl("pause")
    daemon.says("^Paused [(]'sfsyncctl resume' ends it[)]")
    daemon.ctl("resume")
    daemon.secret("intercom-access-token", "dG9rOndyb25n")
    sim.fault("intercom", "search", "status", value=401, times=1)
    daemon.try_ctl("sync", "--wait")
    daemon.says("^Degraded: Intercom does not accept the access token.* [(]IC-TOKEN[)]; next try ")


@test("Journal: systemd's own compiler takes the message catalog, and journalctl lists it")
def catalog(bench):
    skip_unless(shutil.which("journalctl"), "journalctl is not here: it is part of systemd")
    root = bench.path("root")
    for directory in ("usr/lib/systemd/catalog", "var/lib/systemd/catalog"):
        os.makedirs(os.path.join(root, directory))
    shutil.copy(CATALOG, os.path.join(root, "usr/lib/systemd/catalog"))
    result = bench.run(["journalctl", f"--root={root}", "--update-catalog"])
    equal((result.returncode, result.stderr), (0, ""), "journalctl --update-catalog")
    listed = bench.run(["journalctl", f"--root={root}", "--list-catalog"]).stdout
    with open(CATALOG, encoding="utf-8") as file:
        ids = re.findall("^-- ([0-9a-f]{32})$", file.read(), re.M)
    equal(sorted(re.findall("^([0-9a-f]{32}) sfsyncd: ", listed, re.M)), sorted(ids), "its entries")
