"""O4: backups of the running daemon, and putting them back."""

import base64
import json
import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import threading
import time

from harness.cases import check, contains, equal, skip_unless, test, wait_until
from harness.daemon import SECRETS, Daemon, started
from harness.simulator import Simulator
from test_initial import check_everyone

CALL = b'{"method":"org.sfsync.control.Backup","parameters":{},"more":true}\0'


def world(bench, **more):
    sim = Simulator(bench, leads=60, contacts=20, people=70, **more)
    return sim, started(bench, sim)


def restore(daemon, file, expect=0):
    """Runs `sfsyncd restore`; what it said."""
    result = daemon.bench.run(
        [daemon.bench.program("sfsyncd"), "restore", file, "--config", daemon.config],
        env=daemon.environment, seconds=30)
    equal(result.returncode, expect, f"restore: {result.stdout}{result.stderr}")
    return result.stdout + result.stderr


def looks(path):
    """What SQLite says of a file, by a reader that shares no code with ours."""
    with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as base:
        equal(base.execute("PRAGMA integrity_check").fetchone(), ("ok",), "integrity")
        return {key: value for key, value in base.execute("SELECT key, value FROM meta")}


def beside(daemon, part):
    return sorted(x for x in os.listdir(daemon.directory) if part in x)


@test("O4: a backup is one whole file, the caller's alone, with no secret in it")
def whole(bench):
    sim, daemon = world(bench)
    file = bench.path("copy.db")
    said = daemon.ctl("backup", file)
    size = os.path.getsize(file)
    contains(said, [file, f"{size:,} bytes", "sfsyncd restore"], "what it said")
    equal(stat.S_IMODE(os.stat(file).st_mode), 0o600, "the mode")
    check("backup_at" in looks(file), "it says that it is a backup")
    with sqlite3.connect(file) as base:
        linked, = base.execute("SELECT count(*) FROM link").fetchone()
    equal(linked, daemon.status()["links"]["people"], "links in it")
    with open(file, "rb") as copy:
        data = copy.read()
    for name, key in SECRETS.items():
        check(sim.ready[key].encode() not in data, f"{name} is not in it")
    for word in (b"Bearer", b"access_token", b"client_secret", b"BEGIN PRIVATE"):
        check(word not in data, f"{word} is not in it")
    equal(beside(daemon, "backup"), [], "left in the state directory")
    equal(beside(daemon, "partial"), [], "left beside the file")
    # A file that is there is not replaced, unless that is asked for.
    answer = daemon.try_ctl("backup", file)
    equal(answer.returncode, 1, "over a file that is there")
    contains(answer.stderr, [file, "--force"], "its message")
    equal(open(file, "rb").read(), data, "the file as it was")
    found = daemon.json("backup", file, "--force")
    equal(found, {"file": file, "bytes": os.path.getsize(file)}, "the report")
    piped = subprocess.run(
        [bench.program("sfsyncctl"), "--socket", daemon.socket, "backup", "-"],
        stdout=subprocess.PIPE, check=True, timeout=30, env=daemon.environment).stdout
    check(piped.startswith(b"SQLite format 3\0"), "on standard output")
    nowhere = daemon.try_ctl("backup", bench.path("none", "copy.db"))
    equal(nowhere.returncode, 74, "into a directory that is not there")


@test("O4: a backup of a busy daemon is consistent, and nobody waits for it", limit=120)
def busy(bench):
    sim = Simulator(bench, leads=3000, contacts=500, people=4000)
    daemon = Daemon(bench, sim).start()
    file = bench.path("copy.db")
    waits = []
    is_over = threading.Event()

    def ask():
        while not is_over.is_set():
            began = time.monotonic()
            answer = daemon.call(b'{"method":"org.sfsync.control.Status","parameters":{}}\0')
            waits.append(time.monotonic() - began)
            check(b'"state"' in answer, "an answer")
            time.sleep(0.01)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for _ in range(6):
            daemon.ctl("backup", file, "--force")
            looks(file)
            time.sleep(0.3)
    finally:
        is_over.set()
        asking.join(20)
    check(len(waits) > 20 and max(waits) < 5, f"the slowest of {len(waits)} answers: {max(waits)}")
    daemon.sync(seconds=60)
    check_everyone(sim)


@test("O4: who reads slowly, goes away or comes second holds nothing up", limit=120)
def clients(bench):
    sim = Simulator(bench, leads=1500, contacts=100, people=1500)
    daemon = started(bench, sim)
    equal(json.loads(daemon.call(CALL.replace(b',"more":true', b""))[:-1])["error"],
          "org.sfsync.control.Refused", "without more")
    slow = socket.socket(socket.AF_UNIX)
    slow.connect(daemon.socket)
    slow.sendall(CALL)
    first = slow.recv(4096)
    check(b'"total"' in first, f"the size comes first: {first[:200]}")
    second = json.loads(daemon.call(CALL)[:-1])
    equal(second["error"], "org.sfsync.control.Busy", "the second one")
    busy_ctl = daemon.try_ctl("backup", bench.path("second.db"))
    equal(busy_ctl.returncode, 1, "by sfsyncctl")
    contains(busy_ctl.stderr, ["Another backup"], "its message")
    check(not os.path.exists(bench.path("second.db")), "no file of it")
    sim.update(sim.query_all("SELECT Id FROM Lead LIMIT 1")[0]["Id"], Title="Meanwhile")
    daemon.sync()
    equal(beside(daemon, "backup"), [], "the copy has no name while it is read")
    slow.close()
    file = bench.path("third.db")
    wait_until("the place is free",
               lambda: daemon.try_ctl("backup", file).returncode == 0, seconds=20)
    looks(file)
    # Many who leave at once, at any moment.
    for count in range(30):
        with socket.socket(socket.AF_UNIX) as stream:
            stream.connect(daemon.socket)
            stream.sendall(CALL)
            if count % 3:
                stream.recv(1000)
    wait_until("the place is free again",
               lambda: daemon.try_ctl("backup", file, "--force").returncode == 0, seconds=30)
    daemon.is_well()
    with open(f"/proc/{daemon.process.pid}/fd/0"):
        pass
    left = [os.readlink(f"/proc/{daemon.process.pid}/fd/{x}")
            for x in os.listdir(f"/proc/{daemon.process.pid}/fd")]
    check(not [x for x in left if "backup" in x], f"open files: {left}")


@test("O4: a copy that a kill has left is removed by the next start")
def left_over(bench):
    sim, daemon = world(bench)
    daemon.kill()
    for name in (".backup", ".backup-journal", ".plan", ".plan-wal"):
        with open(daemon.store + name, "w", encoding="utf-8") as file:
            file.write("left")
    daemon.start()
    equal(beside(daemon, ".backup") + beside(daemon, ".plan"), [], "what was left")


@test("O4: no backup is made where it would fill the daemon's own disk")
def no_room(bench):
    skip_unless(os.geteuid() == 0, "a small file system needs root")
    sim = Simulator(bench, leads=30, people=30)
    place = bench.path("small")
    os.makedirs(place)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place], check=True)
    try:
        daemon = Daemon(bench, sim, store={"path": os.path.join(place, "sfsync.db")}).start()
        daemon.sync()
        answer = daemon.try_ctl("backup", bench.path("copy.db"))
        equal(answer.returncode, 1, "the exit code")
        contains(answer.stderr, ["needs", place, "Make room"], "its message")
        daemon.is_well()
        daemon.stop()
    finally:
        subprocess.run(["umount", "-l", place], check=False)


# Putting back


def lively(bench):
    """Everything that the daemon writes, once before the backup and once after it."""
    sim = Simulator(bench, time_scale=20)
    leads = [sim.lead(f"p{x}@example.com", Title="T") for x in range(8)]
    people = [sim.person(f"p{x}@example.com", name=f"Person {x}") for x in range(8)]
    daemon = started(bench, sim, leads={"tag": "to-sales"}, tasks={"on_close": True})
    return sim, daemon, leads, people


def counts(sim):
    return {"leads": len(sim.query_all("SELECT Id FROM Lead")),
            "tasks": len(sim.query_all("SELECT Id FROM Task")), "events": len(sim.events())}


@test("O4: backup, a day's work, restore: nothing is repeated, and everything is current")
def restored(bench):
    sim, daemon, leads, people = lively(bench)
    file = bench.path("copy.db")
    daemon.ctl("backup", file)
    for lead in leads:
        sim.update(lead, Title="New")
    stranger = sim.person("new@example.com", name="New Body")
    sim.intercom("tag", id=stranger, tag="to-sales")
    daemon.sync()
    daemon.sync()
    talk = sim.talk(people[0], "<p>Hello</p>")
    sim.intercom("close", id=talk)
    daemon.sync()
    before = counts(sim)
    check(before["leads"] == 9 and before["tasks"] == 1 and before["events"] == 8, f"{before}")
    daemon.stop()
    sim.update(leads[1], Title="While it was away")
    said = restore(daemon, file)
    contains(said, [file, "backup of 20", "replaced-1", "systemctl start sfsyncd"], "restore")
    equal(beside(daemon, "restoring"), [], "left by it")
    equal(stat.S_IMODE(os.stat(daemon.store).st_mode), 0o600, "the mode of the store")
    looks(daemon.store + ".replaced-1")
    writes = sim.last()
    daemon.start()
    daemon.sync("--full")
    daemon.sync()
    equal(counts(sim), before, "leads, tasks and events")
    equal(sim.attributes(people[1])["SALESFORCE_TITLE"], "While it was away", "what is new")
    equal(sim.counters()["intercom"]["duplicate_events"], 0, "repeated events")
    equal(sim.last() - writes, 1, "writes: the one change that was new")
    contains(daemon.said(), ["store.restored", "comes from a backup"], "the journal")
    sim.update(leads[2], Title="And on")
    daemon.sync()
    equal(len(sim.events()), before["events"] + 1, "events go on")


@test("O4: a backup that somebody copied over the store by hand is recognized all the same")
def by_hand(bench):
    sim, daemon, leads, people = lively(bench)
    file = bench.path("copy.db")
    daemon.ctl("backup", file)
    for lead in leads:
        sim.update(lead, Title="New")
    daemon.sync()
    before = counts(sim)
    daemon.stop()
    shutil.copyfile(file, daemon.store)
    daemon.start()
    daemon.sync()
    equal(counts(sim), before, "nothing is repeated")
    contains(daemon.said(), ["comes from a backup"], "the journal")


@test("O4: a plain copy of a stopped daemon's store is taken by restore, and marked")
def plain_copy(bench):
    sim, daemon, leads, people = lively(bench)
    daemon.stop()
    file = bench.path("plain.db")
    shutil.copyfile(daemon.store, file)
    daemon.start()
    for lead in leads:
        sim.update(lead, Title="New")
    daemon.sync()
    before = counts(sim)
    daemon.stop()
    contains(restore(daemon, file), ["a copy of a store"], "restore")
    daemon.start()
    daemon.sync()
    equal(counts(sim), before, "nothing is repeated")


@test("O4: restore refuses what it must, in words, and changes nothing then")
def refused(bench):
    sim, daemon = world(bench)
    file = bench.path("copy.db")
    daemon.ctl("backup", file)
    contains(restore(daemon, file, expect=78), ["another sfsyncd uses this store", "process"],
             "while the daemon runs")
    daemon.stop()
    with open(daemon.store, "rb") as store:
        before = store.read()

    def is_refused(path, code, *words):
        contains(restore(daemon, path, expect=code), words, path)
        with open(daemon.store, "rb") as store:
            equal(store.read() == before, True, f"the store after {path}")
        equal(beside(daemon, "restoring") + beside(daemon, "replaced"), [], "nothing is left")

    is_refused(bench.path("none.db"), 66, "No such file")
    is_refused(bench.path(""), 66, "is no file")
    is_refused(daemon.store, 64, "the store itself")
    other = bench.path("other.db")
    with open(other, "wb") as text:
        text.write(b"a letter to the editor, of more than a hundred bytes. " * 100)
    is_refused(other, 74, "damaged", "nothing was changed")
    with open(other, "wb") as text:
        text.write(b"")
    is_refused(other, 78, "no backup of sfsync")
    os.remove(other)
    with sqlite3.connect(other) as base:
        base.execute("CREATE TABLE t(x)")
    is_refused(other, 78, "no backup of sfsync")
    with open(file, "rb") as copy:
        data = copy.read()
    with open(other, "wb") as cut:
        cut.write(data[:len(data) // 2])
    is_refused(other, 74, "damaged")
    with open(other, "wb") as flipped:
        middle = len(data) // 8192 * 4096
        flipped.write(data[:middle] + b"\xff" * 4096 + data[middle + 4096:])
    is_refused(other, 74, "damaged")
    newer = bench.path("newer.db")
    shutil.copyfile(file, newer)
    with sqlite3.connect(newer) as base:
        base.execute("PRAGMA user_version = 99")
    is_refused(newer, 78, "newer sfsync", "99", "nothing was changed")
    logged = bench.path("logged.db")
    shutil.copyfile(file, logged)
    with open(logged + "-wal", "wb") as log:
        log.write(b"x" * 100)
    is_refused(logged, 78, "-wal", "no backup")
    daemon.start()
    daemon.sync()


@test("O4: a damaged or lost store is replaced too, and every old one is kept")
def damaged(bench):
    sim, daemon = world(bench)
    file = bench.path("copy.db")
    daemon.ctl("backup", file)
    daemon.kill()
    check(os.path.getsize(daemon.store + "-wal") > 0, "there is a log")
    with open(daemon.store, "r+b") as store:
        store.seek(0)
        store.write(b"x" * 8192)
    restore(daemon, file)
    check(os.path.exists(daemon.store + ".replaced-1"), "the damaged one is kept")
    looks(daemon.store)
    os.remove(daemon.store)
    check("kept as" not in restore(daemon, file), "nothing to keep")
    restore(daemon, file)
    check(os.path.exists(daemon.store + ".replaced-2"), "the second is kept too")
    daemon.start()
    daemon.sync()
    check_everyone(sim)


@test("O4: restored by root, the store belongs to the daemon's user, and the backup may be root's")
def owner(bench):
    skip_unless(os.geteuid() == 0, "only root gives files away")
    sim, daemon = world(bench)
    file = bench.path("copy.db")
    daemon.ctl("backup", file)
    daemon.stop()
    state = bench.path("state")
    os.makedirs(state, 0o700)
    os.chown(state, 65534, 65534)
    os.chmod(bench.path(""), 0o711)
    daemon.configure(store={"path": os.path.join(state, "sfsync.db")})
    restore(daemon, file)
    for name in os.listdir(state):
        found = os.stat(os.path.join(state, name))
        equal((found.st_uid, stat.S_IMODE(found.st_mode)), (65534, 0o600), name)
    restore(daemon, file)
    equal(sorted(os.listdir(state)), ["sfsync.db", "sfsync.db.lock", "sfsync.db.replaced-1"],
          "what is there")
    for name in os.listdir(state):
        equal(os.stat(os.path.join(state, name)).st_uid, 65534, name)


@test("O4: killed at any moment, restore leaves the old store or the new one", limit=120)
def never_half(bench):
    sim, daemon = world(bench)
    file = bench.path("copy.db")
    daemon.ctl("backup", file)
    sim.update(sim.query_all("SELECT Id FROM Lead LIMIT 1")[0]["Id"], Title="After it")
    daemon.sync()
    daemon.stop()
    arguments = [bench.program("sfsyncd"), "restore", file, "--config", daemon.config]
    began = time.monotonic()
    subprocess.run(arguments, env=daemon.environment, check=True, capture_output=True)
    whole_run = time.monotonic() - began
    for step in range(25):
        process = subprocess.Popen(
            arguments, env=daemon.environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        time.sleep(whole_run * step / 20)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        check("org_id" in looks(daemon.store), f"a whole store at step {step}")
    daemon.start()
    daemon.sync()
    check_everyone(sim)


@test("O3: only admins may make backups or reports")
def admins(bench):
    skip_unless(os.geteuid() == 0, "another user is needed")
    sim, daemon = world(bench)
    os.chmod(daemon.socket, 0o666)
    os.chmod(bench.path(""), 0o711)
    os.chmod(daemon.directory, 0o711)
    for method, more in (("Backup", b',"more":true'), ("Support", b"")):
        call = b'{"method":"org.sfsync.control.' + method.encode() + b'","parameters":{}' + more
        script = (f"import socket;s=socket.socket(socket.AF_UNIX);s.connect({daemon.socket!r});"
                  f"s.sendall({call + b'}' + bytes(1)!r});print(s.recv(9999))")
        said = subprocess.run(["python3", "-c", script], user=65534, group=65534, extra_groups=[],
                              capture_output=True, text=True, timeout=20, check=True).stdout
        contains(said, ["PermissionDenied", method], method)


@test("O4: the parts of a backup are base64 of the very file that sfsyncctl writes")
def parts(bench):
    sim, daemon = world(bench)
    with socket.socket(socket.AF_UNIX) as stream:
        stream.settimeout(20)
        stream.connect(daemon.socket)
        stream.sendall(CALL)
        data = b""
        while not data.endswith(b"\0") or b'"continues":true' in data[data[:-1].rfind(b"\0") + 1:]:
            piece = stream.recv(65536)
            check(piece, "more to come")
            data += piece
    replies = [json.loads(x) for x in data.split(b"\0")[:-1]]
    content = b"".join(base64.b64decode(x["parameters"]["data"] or "") for x in replies)
    equal(len(content), replies[0]["parameters"]["total"], "the size")
    equal(replies[-1], {"parameters": {"data": None, "total": None}}, "the last part")
    path = bench.path("own.db")
    with open(path, "wb") as file:
        file.write(content)
    looks(path)
