"""O3: reloading and pausing while something is under way."""

import os
import stat
import subprocess
import threading

from harness.cases import check, equal, test, wait_until
from harness.daemon import Daemon, started
from harness.simulator import Simulator


def small_world(bench):
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com", Title="T")
    person = sim.person("ada@example.com")
    return sim, started(bench, sim), lead, person


@test("O3: a reload while a call hangs cuts that call off and no other")
def hanging_call(bench):
    sim, daemon, lead, person = small_world(bench)
    sim.fault("intercom", "put", "slow", value=60_000)
    sim.update(lead, Title="U")
    daemon.ctl("sync")
    wait_until("the PUT is under way", lambda: daemon.json("queue"), seconds=20)
    daemon.configure(guard={"max_change": 0.9})
    daemon.ctl("reload", seconds=30)
    sim.update(lead, Title="V")
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "V", "the title after the reload")


@test("E2: what was refused under the old configuration is tried again under the new one")
def parked(bench):
    sim, daemon, lead, person = small_world(bench)
    sim.fault("intercom", "put", "status", value=400)
    sim.update(lead, Title="U")
    daemon.ctl("sync")
    wait_until("it is parked", lambda: daemon.status()["queue"]["parked"] == 1)
    daemon.configure(guard={"max_change": 0.9})
    daemon.ctl("reload", seconds=30)
    wait_until("it is written, though nobody asked",
               lambda: sim.attributes(person)["SALESFORCE_TITLE"] == "U")
    equal(daemon.status()["queue"]["parked"], 0, "parked")


@test("O3: reloads at once leave one engine")
def at_once(bench):
    sim, daemon, lead, person = small_world(bench)
    sim.fault("intercom", "put", "slow", value=3_000)
    sim.update(lead, Title="U")
    daemon.ctl("sync")
    wait_until("the PUT is under way", lambda: daemon.json("queue"), seconds=20)
    daemon.configure(guard={"max_change": 0.9}, poll={"every": "1s", "at_most": "1s"})
    answers = []
    threads = [threading.Thread(
        target=lambda: answers.append(daemon.try_ctl("reload", seconds=30).returncode))
        for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)
    check(0 in answers, f"one is done: {answers}")
    daemon.sync()
    with open(daemon.log, encoding="utf-8") as file:
        log = file.read()
    cycles = [x.rsplit("cycle=", 1)[1] for x in log.splitlines() if "poll.finished" in x]
    equal(len(cycles), len(set(cycles)), "every cycle once")
    equal(log.count("configuration.reloaded"), 1, "adopted once")


@test("O3: pause holds a full read between two pages, and resume goes on")
def paused_read(bench):
    sim = Simulator(bench, leads=50, contacts=10, people=3000)
    sim.fault("intercom", "list", "slow", value=300, times=1000)
    daemon = Daemon(bench, sim).start()
    lists = lambda: sim.counters()["intercom"]["calls"].get("list", 0)
    wait_until("the list is being read", lambda: lists() >= 2, seconds=30)
    daemon.ctl("pause")
    held = lists() + 1
    # Twenty pages were left, three a second.
    subprocess.run(["sleep", "3"], check=True)
    check(lists() <= held, f"{lists()} pages, where {held} may be")
    daemon.ctl("resume")
    wait_until("it goes on", lambda: lists() > held, seconds=20)


@test("O: reload says what changes, here and in the journal; a bad file keeps what runs")
def difference(bench):
    sim, daemon, lead, person = small_world(bench)
    equal(daemon.ctl("reload").strip(), "Nothing changed: the file says what is in use.", "no change")
    daemon.configure(guard={"max_change": 0.9}, assign={"acting_admin": "grace@example.com"})
    said = daemon.ctl("reload")
    equal(sorted(said.splitlines()), ['assign.acting_admin: "" → "grace@example.com"',
                                      "guard.max_change: 0.5 → 0.9"], "what it says")
    check("guard.max_change: 0.5 → 0.9" in daemon.said(), "the journal says it too")
    check("grace@example.com" not in daemon.said(), "without addresses")
    with open(daemon.config, encoding="utf-8") as file:
        good = file.read()
    daemon.write(good + "\n[nonsense]\nkey = 1\n")
    bad = daemon.try_ctl("reload")
    equal(bad.returncode, 78, "a bad file")
    check("nonsense" in bad.stderr and "old one goes on" in bad.stderr, bad.stderr)
    check("Kept the old configuration" in daemon.said(), "the journal says that too")
    daemon.write(good)
    equal(daemon.json("reload"), {"changes": []}, "what runs is what ran before")
    sim.update(lead, Title="U")
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "U", "the title after all this")


@test("O: a pause lasts over a reload, a restart and a kill")
def paused_for_long(bench):
    sim, daemon, lead, person = small_world(bench)
    daemon.ctl("pause")
    daemon.configure(guard={"max_change": 0.9})
    daemon.ctl("reload")
    equal(daemon.status()["state"], "paused", "after a reload")
    sim.update(lead, Title="U")
    daemon.stop()
    daemon.start()
    equal(daemon.status()["state"], "paused", "after a restart")
    daemon.kill()
    daemon.start()
    equal(daemon.status()["state"], "paused", "after a kill")
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "T", "nothing is written meanwhile")
    daemon.ctl("resume")
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "U", "the title after all")
    daemon.kill()
    daemon.start()
    check(daemon.status()["state"] != "paused", "a resume lasts too")


@test("O4: the store can be read by its user alone")
def modes(bench):
    sim, daemon, lead, person = small_world(bench)
    directory = os.path.dirname(daemon.socket)
    stores = [x for x in os.listdir(directory) if ".db" in x]
    check(stores, f"a store in {os.listdir(directory)}")
    for name in stores:
        mode = stat.S_IMODE(os.stat(os.path.join(directory, name)).st_mode)
        equal(mode & 0o077, 0, f"what others may do with {name}")
