"""systemctl stop in the middle of things, and going on afterwards (O3)."""

import html
import os
import time

from harness.cases import check, equal, test, wait_until
from harness.oracle import NAMES, Org


def check_everyone(service):
    """Each person carries what an independent reading of the org says; returns the linked."""
    people = service.sim.list_people()
    expected = Org(service.sim).expected(people, "contact", {})
    wrong = [person["email"] for person in people
             if held(person) != expected.get(person["id"], dict.fromkeys(NAMES))]
    check(not wrong, f"{len(wrong)} of {len(people)} people are wrong, such as {wrong[:3]}")
    return expected


def held(person):
    values = person["custom_attributes"]
    return {name: values.get(name) and html.unescape(values[name]) for name in NAMES}


@test("O3: systemctl stop in an initial sync: within 10 s, with 0, and it goes on from there",
      limit=120)
def initial(bench):
    service = bench.service(leads=1500, contacts=400, people=2000)
    sim, machine = service.sim, service.machine
    for kind in ("list", "put"):
        sim.fault("intercom", kind, "slow", value=60, times=10_000)
    order = ["salesforce", "intercom", "match", "deliver", "done"]
    for phase in ("salesforce", "intercom", "deliver"):
        service.start()
        wait_until(f"phase {phase}", lambda: order.index(
            service.status()["initial_sync"]["phase"]) >= order.index(phase), 40)
        began = time.monotonic()
        service.systemctl("stop")
        took = time.monotonic() - began
        check(took < 10, f"stopping in phase {phase} took {took:.1f} s")
        equal((service.show("Result"), service.show("ExecMainStatus")), ("success", "0"), "its end")
        equal(machine.state(service.unit), "inactive", "afterwards")
    service.start()
    service.ctl("sync", "--wait", seconds=90)
    expected = check_everyone(service)
    equal(sim.counters()["intercom"]["calls"]["put"], len(expected), "each person is written once")


@test("O3: systemctl stop while both sides hang: within 10 s, with 0")
def hanging(bench):
    service = bench.service(leads=5, people=5)
    lead = service.sim.lead("ada@example.com", Title="T")
    person = service.sim.person("ada@example.com")
    service.synced()
    service.sim.fault("intercom", "put", "slow", value=40_000)
    service.sim.update(lead, Title="U")
    service.ctl("sync")
    wait_until("the PUT is under way", lambda: service.ctl("queue", "--json").strip() != "[]")
    began = time.monotonic()
    service.systemctl("stop")
    check(time.monotonic() - began < 10, f"it took {time.monotonic() - began:.1f} s")
    equal((service.show("Result"), service.show("ExecMainStatus")), ("success", "0"), "its end")
    service.start()
    service.ctl("sync", "--wait")
    equal(service.sim.attributes(person)["SALESFORCE_TITLE"], "U", "nothing is lost")


@test("O3: the machine's poweroff stops it cleanly")
def poweroff(bench):
    service = bench.service(leads=5, people=5).synced()
    machine = service.machine
    store = machine.path(service.state + "/sfsync.db")
    held = os.open(os.path.dirname(store), os.O_RDONLY)
    try:
        machine.try_run("systemctl", "poweroff")
        wait_until("the machine is off", lambda: machine.nspawn.poll() is not None, 30)
        # Without a clean end the write-ahead log would still be beside the store.
        names = sorted(os.listdir(held))
        check("sfsync.db" in names, f"the store: {names}")
        check("sfsync.db-wal" not in names, f"closed cleanly: {names}")
    finally:
        os.close(held)
