"""O4: a damaged or lost store, a full disk."""

import glob
import os
import random
import sqlite3
import subprocess

from harness.cases import Failed, check, contains, equal, skip_unless, test, wait_until
from harness.daemon import Daemon, started
from harness.simulator import Simulator
from test_initial import check_everyone


def lively_world(bench):
    """Linked people, of whom each has had an event; and the daemon, stopped."""
    sim = Simulator(bench, leads=120, contacts=30, people=140)
    daemon = started(bench, sim)
    for row in sim.query_all("SELECT Id, Title FROM Lead"):
        sim.update(row["Id"], Title="New " + (row["Title"] or ""))
    daemon.sync()
    check(len(sim.events()) > 50, "there were events")
    return sim, daemon


def nothing_repeated(sim, daemon, writes, events):
    """After a rebuild: the same people, no event again, and changes still flow."""
    daemon.sync(seconds=60)
    check_everyone(sim)
    equal(len(sim.events()), events, "events")
    equal(sim.counters()["intercom"]["duplicate_events"], 0, "repeated events")
    equal(sim.last(), writes, "writes of the rebuild: what it finds is the base")
    lead = sim.query_all("SELECT Id FROM Lead LIMIT 1")[0]["Id"]
    sim.update(lead, Title="After the rebuild")
    daemon.sync()
    check_everyone(sim)


def flip(daemon, seed):
    """Overwrites some hundred places of the store, the first page not among them."""
    chance = random.Random(seed)
    with open(daemon.store, "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        check(size > 16384, f"a store worth damaging: {size} bytes")
        for _ in range(size // 1000):
            file.seek(chance.randrange(4096, size))
            file.write(bytes(chance.randrange(256) for _ in range(16)))


def set_aside(daemon):
    own = ("sfsync.db", "sfsync.db-wal", "sfsync.db-shm", "sfsync.db-lock", "sfsync.db.lock")
    return [p for p in os.listdir(daemon.directory) if p.startswith("sfsync.db") and p not in own]


@test("O4: bytes flipped in a store not closed cleanly: set aside, rebuilt, no event twice")
def damaged(bench):
    sim, daemon = lively_world(bench)
    # A clean end empties the log into the file; the kill makes the next start look at it.
    daemon.stop()
    daemon.start()
    daemon.kill()
    writes, events = sim.last(), len(sim.events())
    for path in glob.glob(daemon.store + "-[ws]*"):
        os.remove(path)
    flip(daemon, 1)
    daemon.start()
    nothing_repeated(sim, daemon, writes, events)
    check(set_aside(daemon), "the damaged file is kept")
    contains(daemon.said(), ["The store was damaged", set_aside(daemon)[0]], "the log")
    check("STORE-REBUILT" in [e["code"] for e in daemon.errors()], "the register says so")


@test("O4: bytes flipped while it was cleanly stopped: it ends with 74 or is rebuilt by itself")
def damaged_at_rest(bench):
    sim, daemon = lively_world(bench)
    daemon.stop()
    writes, events = sim.last(), len(sim.events())
    flip(daemon, 2)
    for _ in range(3):
        try:
            daemon.start()
            daemon.ctl("sync", "--wait", "--full", expect=None)
            if daemon.is_running:
                break
        except Failed:
            pass  # It may end while it is being asked; what matters is how.
        equal(daemon.ended(), 74, "exit code")
        contains(daemon.said(), ["store"], "the log")
    nothing_repeated(sim, daemon, writes, events)


@test("O4: bytes flipped in the write-ahead log: what was committed last is read again")
def damaged_log(bench):
    sim, daemon = lively_world(bench)
    daemon.stop()
    daemon.start()
    for row in sim.query_all("SELECT Id FROM Lead LIMIT 40"):
        sim.update(row["Id"], Title="In the log")
    daemon.sync()
    daemon.kill()
    writes, events = sim.last(), len(sim.events())
    path = daemon.store + "-wal"
    size = os.path.getsize(path)
    with open(path, "r+b") as file:
        file.seek(size // 3)
        file.write(os.urandom(64))
    daemon.start()
    daemon.sync()
    daemon.sync("--full")
    check_everyone(sim)
    equal(len(sim.events()), events, "events: a repeated one is the same one (S7)")


@test("O4: a store that is no database, or is cut off in the middle, is set aside and rebuilt")
def not_a_database(bench):
    sim, daemon = lively_world(bench)
    for damage in (lambda size: b"This is no database.\n" * 1000, lambda size: None):
        daemon.kill()
        writes, events = sim.last(), len(sim.events())
        for path in glob.glob(daemon.store + "-*"):
            os.remove(path)
        size = os.path.getsize(daemon.store)
        text = damage(size)
        if text is None:
            os.truncate(daemon.store, size // 2 - 100)
        else:
            with open(daemon.store, "wb") as file:
                file.write(text)
        daemon.start()
        nothing_repeated(sim, daemon, writes, events)


@test("O4: a deleted store is rebuilt, and what is found is the base")
def deleted(bench):
    sim, daemon = lively_world(bench)
    daemon.stop()
    writes, events = sim.last(), len(sim.events())
    for path in glob.glob(daemon.store + "*"):
        os.remove(path)
    daemon.start()
    nothing_repeated(sim, daemon, writes, events)


@test("O4: a database of something else is refused, and left as it is")
def foreign(bench):
    sim = Simulator(bench)
    daemon = Daemon(bench, sim)
    with sqlite3.connect(daemon.store) as other:
        other.execute("CREATE TABLE precious(x)")
        other.execute("INSERT INTO precious VALUES (1)")
    other.close()
    code, said = daemon.refuses_to_start()
    check(code in (74, 78), f"exit code {code}")
    contains(said, ["another program", "store.path"], "the message")
    with sqlite3.connect(daemon.store) as other:
        equal(other.execute("SELECT x FROM precious").fetchall(), [(1,)], "what was in it")
    other.close()


@test("O4: a directory that is not there, or may not be written, is said by name")
def no_directory(bench):
    sim = Simulator(bench)
    daemon = Daemon(bench, sim)
    daemon.configure(store={"path": bench.path("nowhere", "sfsync.db")})
    code, said = daemon.refuses_to_start()
    check(code in (66, 74), f"exit code {code}")
    contains(said, [bench.path("nowhere")], "the message")


@test("O4: a full disk ends the daemon with 74 and a remedy, and the next start goes on")
def full_disk(bench):
    skip_unless(os.geteuid() == 0, "a small file system can be mounted by root only")
    place = bench.path("small")
    os.mkdir(place)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", place], capture_output=True)
    skip_unless(mounted.returncode == 0, "tmpfs cannot be mounted here")
    bench.at_end(lambda: subprocess.run(["umount", place], capture_output=True))
    sim = Simulator(bench, leads=1500, people=1500)
    daemon = Daemon(bench, sim, store={"path": os.path.join(place, "sfsync.db")})
    ballast = os.path.join(place, "ballast")
    with open(ballast, "wb") as file:
        file.write(bytes(2 << 20))
    daemon.start()
    equal(daemon.ended(), 74, "exit code on a full disk")
    contains(daemon.said(), ["disk"], "the log")
    check("full" in daemon.said(), "the log says that it is full")
    os.remove(ballast)
    before = len(sim.received())
    subprocess.run(["mount", "-o", "remount,size=64m", place], check=True)
    daemon.start()
    daemon.sync(seconds=60)
    expected = check_everyone(sim)
    check(len(sim.received()) <= len(expected) + 24, f"{before} writes before, no more repeated")
    equal(sim.events(), [], "events")


@test("O4: a disk that fills up during deliveries loses nothing and repeats no event")
def disk_fills_up(bench):
    skip_unless(os.geteuid() == 0, "a small file system can be mounted by root only")
    place = bench.path("small")
    os.mkdir(place)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", place], capture_output=True)
    skip_unless(mounted.returncode == 0, "tmpfs cannot be mounted here")
    bench.at_end(lambda: subprocess.run(["umount", place], capture_output=True))
    sim = Simulator(bench)
    leads = [sim.lead(f"p{n}@example.com", Title="T") for n in range(300)]
    for number in range(300):
        sim.person(f"p{number}@example.com")
    daemon = started(bench, sim, store={"path": os.path.join(place, "sfsync.db")})
    for lead in leads:
        sim.update(lead, Title="U")
    for kind in ("put", "event"):
        sim.fault("intercom", kind, "slow", value=50, times=2000)
    daemon.ctl("sync")
    wait_until("some have arrived", lambda: len(sim.events()) > 20)
    ballast = os.path.join(place, "ballast")
    fill(ballast)
    try:
        ended = daemon.ended(seconds=8)
    except Failed:
        ended = None  # What room the files had may have been enough.
    os.remove(ballast)
    if ended is not None:
        equal(ended, 74, "exit code on a full disk")
        daemon.start()
    wait_until("all have arrived", lambda: daemon.json("queue") == [], seconds=40)
    equal(len(sim.events()), 300, "events")
    check_everyone(sim)


def fill(path):
    """Takes every byte that is left."""
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
