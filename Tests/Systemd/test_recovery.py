"""What systemd does when the daemon hangs, dies or refuses to run (O1, O3)."""

import os
import signal

from harness.cases import check, contains, equal, test, wait_until
from test_stop import check_everyone

QUICK = "[Service]\nRestartSec=100ms\n"


def renewed(service, process, seconds=20):
    """Waits until another process than that one is ready."""
    wait_until("another process", lambda: service.process not in (0, process), seconds, 0.1)
    service.wait_for("active")
    service.answers()


@test("O: a hung loop is ended by the watchdog within its time, and started again")
def watchdog(bench):
    service = bench.service(leads=5, people=5)
    lead = service.sim.lead("ada@example.com", Title="T")
    person = service.sim.person("ada@example.com")
    service.drop_in(QUICK + "WatchdogSec=2s\nTimeoutAbortSec=2s\n")
    service.synced()
    process = service.process
    service.machine.pause(5)
    equal(service.process, process, "the process after twice that time: it feeds the watchdog")
    service.signal(signal.SIGSTOP)
    renewed(service, process)
    equal(service.show("NRestarts"), "1", "restarts")
    said = [entry["MESSAGE"] for entry in service.journal("_PID=1")]
    check(any("atchdog" in line for line in said), f"systemd says why: {said[-6:]}")
    service.sim.update(lead, Title="U")
    service.ctl("sync", "--wait")
    equal(service.sim.attributes(person)["SALESFORCE_TITLE"], "U", "it carries on")
    left = service.machine.shell("find / -xdev -path /proc -prune -o -name 'core*' -type f -print")
    check("core." not in left, f"no memory image: {left}")


@test("O: the unit as it is shipped has a watchdog, and an idle daemon feeds it")
def shipped_watchdog(bench):
    service = bench.service(leads=5, people=5).synced()
    text = service.show("WatchdogUSec")
    check(text not in ("0", "infinity"), f"WatchdogSec: {text}")
    first = service.show("WatchdogTimestampMonotonic")
    check(first not in ("", "0"), f"it has been fed: {first}")


@test("O: as shipped, a killed daemon is back within 15 s, and so is a hung one")
def shipped(bench):
    service = bench.service(leads=5, people=5).synced()
    renewed(service, service.signal(signal.SIGKILL), 15)
    # Only the time is another: what follows from it is the unit's own.
    service.drop_in("[Service]\nWatchdogSec=2s\n")
    service.systemctl("restart")
    renewed(service, service.signal(signal.SIGSTOP), 15)
    equal(service.machine.state(service.socket_unit), "active", "the socket")


@test("O1: kill -9 in the middle of an initial sync: started again, and it carries on", limit=90)
def killed(bench):
    service = bench.service(leads=400, contacts=100, people=500)
    service.drop_in(QUICK)
    service.sim.fault("intercom", "put", "slow", value=50, times=10_000)
    service.start()
    for arrived in (20, 150):
        wait_until("some are written", lambda: service.sim.counters()["intercom"]["calls"].get(
            "put", 0) >= arrived, seconds=30)
        process = service.signal(signal.SIGKILL)
        renewed(service, process)
    equal(service.show("NRestarts"), "2", "restarts")
    service.ctl("sync", "--wait", seconds=60)
    check_everyone(service)


@test("O: one that dies again and again is given up, says so, and can be started by hand")
def given_up(bench):
    service = bench.service(leads=5, people=5)
    service.drop_in("[Unit]\nStartLimitBurst=3\nStartLimitIntervalSec=60\n" + QUICK)
    service.synced()
    for _ in range(3):
        process = service.signal(signal.SIGKILL)
        wait_until("another process or the end", lambda: service.process not in (0, process)
                   or service.machine.state(service.unit) == "failed", pause=0.1)
        if service.machine.state(service.unit) == "failed":
            break
        service.wait_for("active")
    service.wait_for("failed")
    check(int(service.show("NRestarts")) <= 3, f"restarts: {service.show('NRestarts')}")
    equal(service.try_ctl("status").returncode, 69, "sfsyncctl status")
    service.stays_down()
    service.machine.run("systemctl", "reset-failed", service.unit)
    service.start()
    equal(service.status()["initial_sync"]["phase"], "done", "after the start by hand")


@test("O: a limit on restarts is shipped with the unit")
def shipped_limit(bench):
    service = bench.service(leads=5, people=5)
    check(int(service.show("StartLimitBurst")) <= 10, "StartLimitBurst")
    check(service.show("StartLimitIntervalUSec") not in ("0", "infinity"), "StartLimitIntervalSec")
    equal(service.show("Restart"), "on-failure", "Restart")


@test("O: what no second try mends is not tried again: configuration, missing secret, open secret")
def refused(bench):
    service = bench.service(leads=5, people=5)
    machine = service.machine
    service.drop_in(QUICK)
    good = machine.read(service.config)
    token = f"{service.credentials}/intercom-access-token"

    def refuses(codes, *words):
        place = machine.now()
        service.systemctl("start", expect=1)
        check(service.show("ExecMainStatus") in codes,
              f"exit code {service.show('ExecMainStatus')}, not one of {codes}")
        service.stays_down()
        equal(service.show("NRestarts"), "0", "restarts")
        said = " ".join(entry["MESSAGE"] for entry in service.journal(after=place))
        contains(said, words, "the journal")
        equal(service.try_ctl("status").returncode, 69, "sfsyncctl status")

    service.add("[poll2]\nx = 1\n")
    refuses(("78",), "sfsyncd.toml:", "poll2")
    machine.write(service.config, good)
    os.rename(machine.path(token), machine.path(token + ".away"))
    refuses(("66",), "intercom-access-token")
    os.rename(machine.path(token + ".away"), machine.path(token))
    os.rename(machine.path(service.config), machine.path(service.config + ".away"))
    refuses(("66",), "sfsyncd.toml")
    os.rename(machine.path(service.config + ".away"), machine.path(service.config))
    service.synced()
