"""Several pairs of org and workspace: sfsyncd@NAME, each with files of its own (O)."""

import json

from harness.cases import check, contains, equal, test
from harness.simulator import Simulator
from machine.service import Service


def pair(bench, machine, name):
    """An instance, its simulators, and a person with a title of that instance's."""
    sim = Simulator(bench, leads=5, people=5, name=name)
    lead = sim.lead("ada@example.com", Title=f"Title of {name}")
    person = sim.person("ada@example.com")
    service = Service(machine, sim, instance=name).configure()
    return service, lead, person


def title(service, person):
    return service.sim.attributes(person).get("SALESFORCE_TITLE")


@test("O: two instances by template share nothing, beside the plain service")
def two(bench):
    machine = bench.installed()
    (red, red_lead, red_person), (blue, _, blue_person) = (
        pair(bench, machine, name) for name in ("red", "blue"))
    red.synced()
    blue.synced()
    equal(title(red, red_person), "Title of red", "the one's person")
    equal(title(blue, blue_person), "Title of blue", "the other's person")
    for service in (red, blue):
        check(machine.exists(service.state + "/sfsync.db"), f"{service.unit} has a store")
        equal(machine.run("stat", "-c", "%U %a", service.state).strip(), "sfsyncd 700", "its mode")
    equal(machine.state("sfsyncd.service"), "inactive", "the plain service")
    blue.systemctl("stop")
    result = blue.try_ctl("status")
    equal(result.returncode, 69, "status of the one that is stopped")
    contains(result.stderr, ["systemctl start sfsyncd@blue"], "what it says to do")
    equal(red.status()["state"], "idle", "the other one")
    red.sim.update(red_lead, Title="News")
    red.ctl("sync", "--wait")
    equal(title(red, red_person), "News", "the other one goes on")
    place = machine.now()
    red.set("url", '"SALESFORCE_URL"')
    red.systemctl("reload")
    equal(len(red.events("configuration.reloaded", after=place)), 1, "its reload")
    plain = Service(machine, red.sim).configure().synced()
    equal(plain.status()["initial_sync"]["phase"], "done", "the plain service beside it")
    equal(red.status()["state"], "idle", "the instance beside it")


@test("O: sfsyncctl --instance finds the socket of an instance")
def named(bench):
    machine = bench.installed()
    service, _, _ = pair(bench, machine, "red")
    service.synced()
    found = json.loads(machine.run("sfsyncctl", "--instance", "red", "status", "--json"))
    equal(found["state"], "idle", "its state")
