"""I3, O1, S7: kill -9 at random moments; nothing is lost, and nothing shows twice."""

import collections
import os
import random
import sqlite3
import time

from harness.cases import check, equal, test, wait_until
from harness.daemon import Daemon, started
from harness.oracle import Org
from harness.simulator import Simulator
from test_initial import check_everyone

KILLS = 20
# As many calls may be under way when the process dies, and have to be made again.
IN_FLIGHT = 24


def seed():
    """SFSYNC_SEED replays a run; the seed stands in what a failure says."""
    return int(os.environ.get("SFSYNC_SEED", "") or time.time_ns() % 1_000_000)


def kill_often(daemon, kills, longest, chance, is_over):
    """Starts and kills the daemon; returns how many kills came before it was over."""
    for number in range(kills):
        daemon.start()
        time.sleep(chance.uniform(0, longest))
        daemon.kill()
        if is_over():
            return number + 1
    return kills


def check_store(daemon):
    with sqlite3.connect(f"file:{daemon.store}?mode=ro", uri=True) as store:
        equal(store.execute("PRAGMA integrity_check").fetchall(), [("ok",)], "the store's pages")


def initial(bench, kills, longest, **settings):
    """Kills an initial sync again and again, then lets it end."""
    number = seed()
    print(f"        kill -9 seed: SFSYNC_SEED={number}\n", end="", flush=True)
    sim = Simulator(bench, leads=1500, contacts=400, people=2000, seed=number % 1000,
                    time_scale=10)
    for kind in ("list", "put"):
        sim.fault("intercom", kind, "slow", value=15, times=10_000)
    daemon = Daemon(bench, sim, **settings)
    chance = random.Random(number)
    killed = kill_often(daemon, kills, longest, chance, lambda: False)
    daemon.start()
    daemon.sync(seconds=100)
    expected = check_everyone(sim)
    counters = sim.counters()["intercom"]
    equal(counters["events"], 0, f"events with seed {number}")
    writes = counters["calls"]["put"]
    check(writes <= len(expected) + killed * IN_FLIGHT,
          f"{writes} PUTs for {len(expected)} people and {killed} kills (seed {number})")
    pages = -(-2000 // 150)
    lists = counters["calls"]["list"] - -(-2000 // 150)  # The oracle's own pages.
    check(lists <= pages + killed, f"{lists} pages read of {pages}, {killed} kills")
    daemon.sync("--full")
    equal(sim.counters()["intercom"]["calls"]["put"], writes, "PUTs of a full sync afterwards")
    daemon.stop()
    check_store(daemon)


@test("I3, O1: kill -9 at 20 random moments of an initial sync by REST", limit=150)
def initial_by_rest(bench):
    initial(bench, KILLS, 0.6)


@test("I3, O1: kill -9 at 6 random moments of an initial sync in bulk", limit=150)
def initial_in_bulk(bench):
    initial(bench, 6, 1.5, poll={"bulk_above": 1})


def change_all(sim, leads, other):
    """Three changes of every lead; the events that people are owed, by record."""
    owed = {}
    for lead in leads:
        before = sim.record(lead)
        status = "Working - Contacted"
        if before["Status"] == status:
            status = "Open - Not Contacted"
        title = "New " + before.get("Title", "")
        owner = sim.control.call("GET", f"/record/{before['OwnerId']}?fields=Name")["Name"]
        sim.update(lead, Status=status, Title=title, OwnerId=other)
        owed[lead] = {("salesforce-status-updated", before["Status"], status),
                      ("salesforce-title-updated", before.get("Title", ""), title),
                      ("salesforce-owner-updated", owner, "The New")}
    return owed


@test("O1, S7: kill -9 at 20 random moments of deliveries: no event twice, none lost", limit=150)
def deliveries(bench):
    number = seed()
    print(f"        kill -9 seed: SFSYNC_SEED={number}\n", end="", flush=True)
    sim = Simulator(bench, leads=250, people=250, seed=number % 1000)
    daemon = started(bench, sim)
    people = sim.list_people()
    org = Org(sim)
    links = {p["id"]: org.winner(p["email"])[1]["Id"] for p in people if org.winner(p["email"])}
    other = sim.user("New", "new@example.com", first_name="The")
    owed = change_all(sim, sorted(set(links.values())), other)
    for kind in ("put", "event"):
        sim.fault("intercom", kind, "slow", value=25, times=10_000)
    daemon.configure(guard={"max_change": 1.0})
    daemon.kill()
    chance = random.Random(number)
    daemon.configure(poll={"every": "1s", "at_most": "10m"})
    killed = kill_often(daemon, KILLS, 0.35, chance, lambda: False)
    daemon.configure(poll={"every": "10m"})
    daemon.start()
    daemon.sync()
    wait_until("the queue is empty", lambda: daemon.json("queue") == [], seconds=60)
    check_everyone(sim)
    found = collections.defaultdict(list)
    for event in sim.events():
        data = event["metadata"]
        found[event["contact"]].append((event["name"], data["from"], data["to"]))
    for person, record in links.items():
        equal(sorted(found[person]), sorted(owed[record]), f"events of {person}, seed {number}")
    equal(sum(map(len, found.values())), 3 * len(links), "events in all")
    repeated = sim.counters()["intercom"]["duplicate_events"]
    check(repeated <= killed * IN_FLIGHT, f"{repeated} repeated calls that Intercom dropped")
    equal(daemon.errors(), [], "open errors")
    daemon.stop()
    check_store(daemon)
