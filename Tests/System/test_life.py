"""O3, G: signals, restarts, pausing, reloading; what the log and the store may hold."""

import os
import shutil
import signal
import sys

from harness.cases import check, contains, equal, skip_unless, test, wait_until
from harness.daemon import Daemon, started
from harness.simulator import Simulator
from test_initial import check_everyone, check_secrets


@test("O3, I3: SIGTERM in every phase of an initial sync ends within 10 s with 0", limit=120)
def terminated_initial(bench):
    sim = Simulator(bench, leads=1200, contacts=300, people=1500)
    for kind in ("list", "put"):
        sim.fault("intercom", kind, "slow", value=60, times=10_000)
    daemon = Daemon(bench, sim)
    seen = []
    for phase in ("salesforce", "intercom", "match", "deliver", "deliver"):
        daemon.start()
        order = ["salesforce", "intercom", "match", "deliver", "done"]

        def reached():
            found = daemon.status()["initial_sync"]["phase"]
            seen.append(found)
            return order.index(found) >= order.index(phase)

        wait_until(f"phase {phase}", reached, seconds=60, pause=0)
        took = daemon.stop()
        check(took < 10, f"took {took:.1f} s")
        check(not os.path.exists(daemon.socket), "the socket file is gone")
    daemon.start()
    daemon.sync(seconds=90)
    expected = check_everyone(sim)
    puts = sim.counters()["intercom"]["calls"]["put"]
    equal(puts, len(expected), "each person is written once")


@test("O3, S7: SIGTERM during deliveries finishes what is in flight, with nothing twice")
def terminated_deliveries(bench):
    sim = Simulator(bench)
    leads = [sim.lead(f"p{n}@example.com", Title="T") for n in range(80)]
    for number in range(80):
        sim.person(f"p{number}@example.com")
    daemon = started(bench, sim)
    puts = sim.counters()["intercom"]["calls"]["put"]
    for kind in ("put", "event"):
        sim.fault("intercom", kind, "slow", value=300, times=1000)
    for lead in leads:
        sim.update(lead, Title="U")
    daemon.ctl("sync")
    for arrived in (1, 30, 60):
        wait_until("some have arrived", lambda: len(sim.events()) >= arrived, seconds=30)
        daemon.stop()
        daemon.start()
    wait_until("all have arrived", lambda: daemon.json("queue") == [] and len(sim.events()) == 80,
               seconds=40)
    counters = sim.counters()["intercom"]
    equal((counters["events"], counters["duplicate_events"]), (80, 0), "events, and repeated ones")
    equal(counters["calls"]["put"] - puts, 80, "PUTs")


@test("O3: SIGTERM while both sides hang ends within 10 s with 0")
def terminated_hanging(bench):
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com")
    person = sim.person("ada@example.com")
    daemon = started(bench, sim)
    sim.fault("intercom", "put", "slow", value=40_000)
    sim.update(lead, Title="Slow")
    daemon.ctl("sync")
    wait_until("the PUT is under way", lambda: daemon.json("queue"))
    took = daemon.stop(seconds=11)
    check(took < 10, f"took {took:.1f} s")
    daemon.start()
    daemon.sync()
    sim.fault("intercom", "search", "slow", value=40_000)
    daemon.ctl("sync")
    wait_until("the poll is under way", lambda: daemon.status()["state"] == "polling")
    took = daemon.stop(seconds=11)
    check(took < 10, f"took {took:.1f} s")
    daemon.start()
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "Slow", "nothing is lost")


@test("O3: SIGHUP takes a good configuration, keeps the old one over a bad, and says so")
def hang_up(bench):
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com", Title="T")
    person = sim.person("ada@example.com")
    daemon = started(bench, sim)
    with open(daemon.config, encoding="utf-8") as file:
        good = file.read()
    daemon.process.send_signal(signal.SIGHUP)
    equal(daemon.json("reload")["changes"], [], "an unchanged file")
    daemon.write(good + "\n[poll2]\nx = 1\n")
    daemon.process.send_signal(signal.SIGHUP)
    wait_until("the bad file is refused", lambda: "poll2" in daemon.said())
    contains(daemon.said(), ["sfsyncd.toml:", "Kept the old configuration"], "the log")
    result = daemon.try_ctl("reload")
    equal(result.returncode, 78, "sfsyncctl reload of a bad file")
    contains(result.stderr, ["sfsyncd.toml:", "poll2"], "its message")
    sim.update(lead, Title="U")
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "U", "the old one goes on")
    daemon.write(good)
    daemon.configure(attributes={"url": "SALESFORCE_URL"}, events={"title": ""})
    daemon.process.send_signal(signal.SIGHUP)
    wait_until("the new one is taken", lambda: "new configuration is in use" in daemon.said())
    events = len(sim.events())
    sim.update(lead, Title="V")
    daemon.sync()
    url = sim.attributes(person)["SALESFORCE_URL"]
    equal(url, f"{sim.salesforce_url}/{lead}", "attributes.url")
    equal(len(sim.events()), events, "no event for a title any more")
    daemon.configure(store={"path": daemon.store + "2"})
    result = daemon.try_ctl("reload")
    check(result.returncode != 0, "what cannot change while it runs is refused")
    contains(result.stderr, ["store", "estart"], "its message")


@test("O3: pause stops polls and deliveries, lasts over a restart, and resume goes on")
def pausing(bench):
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com", Title="T")
    person = sim.person("ada@example.com")
    daemon = started(bench, sim)
    daemon.ctl("pause")
    equal(daemon.status()["state"], "paused", "the state")
    sim.update(lead, Title="U")
    result = daemon.try_ctl("sync", "--wait")
    equal(result.returncode, 1, "sync while paused")
    contains(result.stderr, ["paused", "resume"], "its message")
    daemon.stop()
    sim.reset()
    daemon.configure(poll={"every": "1s", "at_most": "2s"})
    daemon.start()
    equal(daemon.status()["state"], "paused", "the state after a restart")
    daemon.ctl("resume")
    wait_until("it goes on", lambda: sim.attributes(person)["SALESFORCE_TITLE"] == "U")
    check(daemon.status()["state"] != "paused", "the state afterwards")
    daemon.ctl("pause")
    calls = sim.counters()
    sim.update(lead, Title="V")
    began = sim.time()
    wait_until("two intervals pass", lambda: sim.time() > began + 2500)
    after = sim.counters()
    check(after["salesforce"]["api_calls"] <= calls["salesforce"]["api_calls"] + 1,
          "at most the poll that was under way")
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "U", "nothing is written while paused")


@test("S1: with poll.every the daemon polls by itself, one line a poll at info")
def by_itself(bench):
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com", Title="T")
    person = sim.person("ada@example.com")
    daemon = Daemon(bench, sim, poll={"every": "1s", "at_most": "2s"}).start()
    wait_until("enriched", lambda: sim.attributes(person).get("SALESFORCE_TITLE") == "T")
    sim.update(lead, Title="U")
    wait_until("changed", lambda: sim.attributes(person).get("SALESFORCE_TITLE") == "U")
    polls = daemon.said().count("poll.finished")
    wait_until("three more polls", lambda: daemon.said().count("poll.finished") >= polls + 3)
    log = check_secrets(daemon, sim)
    lines = [x for x in log.splitlines() if "poll.finished" not in x]
    check(len(lines) <= 8, f"few lines beside the polls: {lines}")
    cycles = [x.split("cycle=")[1] for x in log.splitlines() if "poll.finished" in x]
    equal(len(cycles), len(set(cycles)), "one line a poll")
    for line in log.splitlines():
        check(person not in line and lead not in line, f"no line a record: {line}")
    status = daemon.status()
    check(status["next_poll_at"] and status["last_poll"]["at"], f"times in status: {status}")


@test("O1: what waits in the queue survives a restart, in order")
def waiting_over_restart(bench):
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com", Title="T")
    person = sim.person("ada@example.com")
    daemon = started(bench, sim)
    sim.fault("intercom", "put", "status", value=503, times=2)
    sim.update(lead, Title="U")
    daemon.ctl("sync")
    waiting = wait_until("it waits", lambda: [d for d in daemon.json("queue") if d["attempts"]])
    daemon.stop()
    daemon.start()
    known = [d["id"] for d in daemon.json("queue")]
    check(waiting[0]["id"] in known, f"still there: {known}")
    wait_until("delivered", lambda: daemon.json("queue") == [], seconds=40)
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "U", "the title")
    equal(len(sim.events(person)), 1, "its event")


@test("Control: status --watch and errors --follow end with their reader")
def streams(bench):
    sim = Simulator(bench)
    daemon = started(bench, sim)
    for command in (["status", "--watch", "--json"], ["errors", "--follow", "--json"]):
        process = bench.start(
            [bench.program("sfsyncctl"), "--socket", daemon.socket, *command],
            bench.path("watch.log"), env=daemon.environment)
        if command[0] == "status":
            wait_until("a first line", lambda: os.path.getsize(bench.path("watch.log")) > 0)
        process.terminate()
        process.wait(5)
    daemon.is_well()
    took = daemon.stop()
    check(took < 5, f"nobody's stream holds the end up: {took:.1f} s")


@test("Control: the foreign client of the varlink package drives the socket")
def foreign_client(bench):
    try:
        import varlink  # noqa: F401
    except ImportError:
        skip_unless(False, "the Python package 'varlink' is not here: pip install varlink==31.0.0")
    client = os.path.join(os.path.dirname(__file__), "..", "Clients", "varlink_client.py")
    sim = Simulator(bench, leads=20, people=20)
    daemon = started(bench, sim)
    result = bench.run([sys.executable, client, daemon.socket])
    equal(result.returncode, 0, f"the client: {result.stdout[-300:]}{result.stderr[-500:]}")


@test("Control: systemd's varlinkctl calls and introspects")
def systemd_client(bench):
    skip_unless(shutil.which("varlinkctl"), "varlinkctl is not here: it is part of systemd 255")
    sim = Simulator(bench)
    daemon = started(bench, sim)
    result = bench.run(["varlinkctl", "call", daemon.socket, "org.sfsync.control.Status", "{}"])
    equal(result.returncode, 0, result.stderr)
    contains(result.stdout, ['"state"'], "its answer")
