"""From the package to a running service: what an administrator does in the first minutes."""

from harness.cases import check, contains, equal, test, wait_until


@test("O: installed, three lines edited, started: ready, and everyone is enriched")
def first_start(bench):
    service = bench.service(leads=30, contacts=10, people=30)
    machine = service.machine
    equal(service.show("ActiveState"), "inactive", "installing starts nothing")
    service.start()
    equal(machine.run("systemctl", "is-active", service.unit).strip(), "active", "is-active")
    service.ctl("sync", "--wait", seconds=60)
    status = service.status()
    equal(status["initial_sync"]["phase"], "done", "the initial sync")
    equal(len(service.events("service.ready")), 1, "it said once that it is ready")
