"""From the package to a running service: what an administrator does in the first minutes."""

from harness.cases import check, contains, equal, test
from harness.simulator import Simulator
from machine.service import Service


@test("O: installed, three lines edited, started: ready, and everyone is enriched")
def first_start(bench):
    sim = Simulator(bench, leads=30, contacts=10, people=30)
    lead = sim.lead("ada@example.com", Title="Engineer")
    person = sim.person("ada@example.com")
    machine = bench.machine()
    check(not machine.exists("/usr/sbin/sfsyncd"), "nothing of it is on the machine before")
    said = bench.install(machine, bench.package)
    contains(said, ["/etc/sfsyncd/sfsyncd.toml", "systemctl start sfsyncd"], "what apt shows")
    service = Service(machine, sim)
    equal(machine.state(service.unit), "inactive", "installing starts nothing")
    equal(machine.run("systemctl", "is-enabled", service.unit).strip(), "enabled", "from boot on")
    service.configure().start()
    equal(machine.run("systemctl", "is-active", service.unit).strip(), "active", "is-active")
    ready = service.events("service.ready")
    equal(len(ready), 1, "it says once that it is ready")
    service.ctl("sync", "--wait", seconds=60)
    equal(service.status()["initial_sync"]["phase"], "done", "the initial sync")
    held = sim.attributes(person)
    equal((held["SALESFORCE_ID"], held["SALESFORCE_TITLE"]), (lead, "Engineer"), "Ada's attributes")
    equal(service.show("NRestarts"), "0", "restarts")


@test("O: systemctl status shows the state in words, from the initial sync to idle")
def status_line(bench):
    service = bench.service(leads=200, people=200)
    service.sim.fault("intercom", "put", "slow", value=600, times=10_000)
    service.start()
    contains(service.wait_status(" %"), ["Initial sync", "Intercom"], "the line meanwhile")
    service.ctl("sync", "--wait", seconds=60)
    line = service.wait_status("Idle")
    check("Initial" not in line, f"the line afterwards: {line}")
    contains(service.machine.run("systemctl", "status", service.unit), [line, "active (running)"],
             "systemctl status")
    service.ctl("pause")
    service.wait_status("Paused")


@test("O: started before it is configured, it says which line wants a value, and stays down")
def unconfigured(bench):
    machine = bench.installed()
    service = Service(machine, None)
    service.systemctl("start", expect=1)
    equal(service.show("ExecMainStatus"), "78", "its exit code")
    said = " ".join(entry["MESSAGE"] for entry in service.journal())
    contains(said, ["sfsyncd.toml", "login_url"], "the journal")
    machine.wait_for(service.unit, "failed")
    result = service.try_ctl("status")
    equal(result.returncode, 69, "sfsyncctl status")
    contains(result.stderr, ["not running", "systemctl start"], "what sfsyncctl says")
    service.stays_down()


@test("O: 'sfsyncd check' before the first start finds all well and leaves nothing behind")
def checked_first(bench):
    service = bench.service(leads=5, people=5)
    machine = service.machine
    before = machine.shell("find / -xdev -path /proc -prune -o -name '*sfsync*' -print | sort")
    said = machine.run("sfsyncd", "check")
    after = machine.shell("find / -xdev -path /proc -prune -o -name '*sfsync*' -print | sort")
    equal(after, before, "files on the machine")
    check("failed" not in said.lower(), said)
    service.synced()
