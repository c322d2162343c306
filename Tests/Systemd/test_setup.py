"""The steps of docs/SETUP.md and docs/OPERATING.md as they stand there."""

import json
import os

from harness.cases import check, contains, equal, test
from machine.service import SECRETS

STORE = "/etc/credstore.encrypted"


def encrypt(service):
    """Secrets encrypted to this machine in place of the plain files."""
    machine = service.machine
    machine.shell(f"mkdir -p -m 700 {STORE}")
    for name in SECRETS:
        plain = f"{service.credentials}/{name}"
        machine.run("systemd-creds", "encrypt", "--name=" + name, plain, f"{STORE}/sfsyncd.{name}")
        os.remove(machine.path(plain))


@test("O: SETUP: encrypted secrets are checked, and used, with no change to the unit")
def encrypted(bench):
    service = bench.service(leads=5, people=5)
    machine = service.machine
    encrypt(service)
    loads = [f"-pLoadCredentialEncrypted={name}:{STORE}/sfsyncd.{name}" for name in SECRETS]
    said = machine.run(
        "systemd-run", "--pipe", "--wait", "--quiet", "-p", "User=sfsyncd", "-p",
        "StateDirectory=sfsyncd", *loads, "sfsyncd", "check")
    check("FAILED" not in said, said)
    contains(said, ["checks are good"], "its last line")
    service.synced()
    equal(service.status()["errors"]["open"], 0, "open errors")
    for name in SECRETS:
        with open(machine.path(f"{STORE}/sfsyncd.{name}"), "rb") as file:
            content = file.read()
        for key in SECRETS.values():
            check(service.sim.ready[key].encode() not in content, f"{name} is encrypted")


@test("O: SETUP: a first plan of a daemon that starts paused, then resume")
def first_plan(bench):
    service = bench.service(leads=20, people=20)
    machine = service.machine
    lead = service.sim.lead("ada@example.com", Title="T")
    person = service.sim.person("ada@example.com")
    machine.shell("echo SFSYNCD_OPTIONS=--paused | tee /etc/default/sfsyncd")
    service.start()
    equal(service.status()["state"], "paused", "the state")
    service.wait_status("Paused")
    plan = json.loads(service.ctl("plan", "--json", seconds=60))
    ours = [entry for entry in plan if entry["contact"] == person]
    equal([entry["record"] for entry in ours], [lead], "what is planned for Ada")
    counters = service.sim.counters()
    equal((counters["salesforce"]["writes"], counters["intercom"]["calls"].get("put", 0)), (0, 0),
          "what was written")
    machine.run("rm", "/etc/default/sfsyncd")
    service.ctl("resume")
    service.ctl("sync", "--wait", seconds=60)
    equal(service.sim.attributes(person)["SALESFORCE_ID"], lead, "Ada's record")
    service.systemctl("restart")
    equal(service.status()["initial_sync"]["phase"], "done", "after a restart")
    check(service.status()["state"] != "paused", "it does not begin paused again")


@test("O: OPERATING: a backup taken while it runs, put back by root, is the daemon's own")
def restored(bench):
    service = bench.service(leads=5, people=5)
    machine = service.machine
    lead = service.sim.lead("ada@example.com", Title="T")
    person = service.sim.person("eve@example.com")
    service.synced()
    service.ctl("link", person, lead)
    machine.run("sfsyncctl", "backup", "/root/sfsync.db")
    equal(machine.run("stat", "-c", "%U %a", "/root/sfsync.db").strip(), "root 600", "the backup")
    service.ctl("unlink", person)
    result = machine.try_run("sfsyncd", "restore", "/root/sfsync.db")
    equal(result.returncode, 78, f"while the daemon runs: {result.stderr}")
    service.systemctl("stop")
    machine.run("sfsyncd", "restore", "/root/sfsync.db")
    equal(machine.shell(f"find {service.state} ! -user sfsyncd"), "", "files that are not its own")
    service.start()
    service.ctl("sync", "--wait")
    equal(service.sim.attributes(person)["SALESFORCE_ID"], lead, "the pin is back")
    equal(machine.shell(f"find {service.state} -type f -perm /077"), "", "files others can read")
