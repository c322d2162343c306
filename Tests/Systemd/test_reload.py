"""systemctl reload: done when it returns, and a bad file changes nothing (O3)."""

from harness.cases import check, contains, equal, test, wait_until


@test("O3: systemctl reload returns when the new configuration runs, and tells the differences")
def good(bench):
    service = bench.service(leads=5, people=5)
    lead = service.sim.lead("ada@example.com", Title="T")
    person = service.sim.person("ada@example.com")
    service.synced()
    process = service.process
    place = service.machine.now()
    service.set("url", '"SALESFORCE_URL"')
    service.systemctl("reload")
    reloaded = service.events("configuration.reloaded", after=place)
    equal(len(reloaded), 1, "entries when it has returned")
    contains(reloaded[0]["MESSAGE"], ["url"], "the differences")
    equal(service.process, process, "the process")
    service.sim.update(lead, Title="U")
    service.ctl("sync", "--wait")
    wait_until("the new attribute", lambda: lead in service.sim.attributes(person).get(
        "SALESFORCE_URL", ""))
    place = service.machine.now()
    service.systemctl("reload")
    equal(service.events("configuration.reloaded", after=place), [], "a file without news")
    equal(service.show("NRestarts"), "0", "restarts")


@test("O3: a bad file fails the reload, the journal says why, and the old one goes on")
def bad(bench):
    service = bench.service(leads=5, people=5)
    lead = service.sim.lead("ada@example.com", Title="T")
    person = service.sim.person("ada@example.com")
    service.synced()
    process = service.process
    place = service.machine.now()
    service.add("[poll2]\nx = 1\n")
    service.systemctl("reload", expect=1)
    refused = service.events("configuration.refused", after=place)
    equal(len(refused), 1, "entries about it")
    contains(refused[0]["MESSAGE"], ["sfsyncd.toml:", "poll2"], "the reason")
    equal(service.machine.state(service.unit), "active", "the service afterwards")
    equal(service.process, process, "the process")
    service.sim.update(lead, Title="U")
    service.ctl("sync", "--wait")
    equal(service.sim.attributes(person)["SALESFORCE_TITLE"], "U", "the old one goes on")
    check("poll2" not in service.show("StatusText"), "nothing of it in the state")


@test("O3: SIGHUP by systemctl kill does the same as a reload")
def hang_up(bench):
    service = bench.service(leads=5, people=5).synced()
    place = service.machine.now()
    service.set("url", '"SALESFORCE_URL"')
    service.machine.run("systemctl", "kill", "--kill-who=main", "--signal=HUP", service.unit)
    service.wait_event("configuration.reloaded", after=place)
    service.wait_for("active")
