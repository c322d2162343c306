"""What the journal holds: fields, an explanation for what wants a person, and no secret (I2)."""

import re

from harness.cases import check, contains, equal, test, wait_until

CATALOG = "/usr/lib/systemd/catalog/sfsyncd.catalog"


def check_secrets(service):
    """No secret and no address stands anywhere in the machine's journal."""
    text = service.machine.run("journalctl", "--output", "export")
    ready = service.sim.ready
    for secret in (ready["salesforce_client_secret"], ready["intercom_token"], "Bearer "):
        check(secret not in text, "a secret stands in the journal")
    addresses = re.findall(r"[\w.]+@example\.\w+", text)
    check(not addresses, f"addresses stand in the journal: {addresses[:3]}")


@test("I2: every entry has its event, its id and its cycle, and polls take one line each")
def fields(bench):
    service = bench.service(leads=10, people=10)
    lead = service.sim.lead("ada@example.com", Title="T")
    service.sim.person("ada@example.com")
    service.synced()
    place = service.machine.now()
    for title in "UVW":
        service.sim.update(lead, Title=title)
        service.ctl("sync", "--wait")
    polls = service.events("poll.finished", after=place)
    equal(len(polls), 3, "entries of three polls")
    equal(len({entry["MESSAGE_ID"] for entry in polls}), 1, "their message ids")
    equal(len({entry["SFSYNC_CYCLE"] for entry in polls}), 3, "their cycles")
    entries = service.journal("_COMM=sfsyncd", "PRIORITY=6", after=place)
    equal([entry["SFSYNC_EVENT"] for entry in entries], ["poll.finished"] * 3, "all at info")
    for entry in service.journal("_COMM=sfsyncd"):
        equal(entry["SYSLOG_IDENTIFIER"], "sfsyncd", "the identifier")
        check(re.fullmatch("[0-9a-f]{32}", entry.get("MESSAGE_ID", "")), f"an id: {entry}")
        check(re.fullmatch(r"[a-z]+(\.[a-z]+)+", entry.get("SFSYNC_EVENT", "")), f"{entry}")
        check(entry["PRIORITY"] in "34567" and entry["MESSAGE"][-1] in ".!?", f"{entry}")
        check("\n" not in entry["MESSAGE"], f"one line: {entry}")
    check_secrets(service)


@test("I2: journalctl -x explains a refused token: cause and remedy, and no secret")
def explained(bench):
    service = bench.service(leads=5, people=5).synced()
    place = service.machine.now()
    service.sim.intercom("refuse-token", code="token_suspended")
    service.try_ctl("sync", "--wait")
    broken = service.wait_event("credential.refused", after=place)[0]
    contains(broken, ["SFSYNC_CODE", "MESSAGE_ID"], "its fields")
    equal(broken["PRIORITY"], "3", "its priority")
    wait_until("degraded", lambda: service.status()["state"] == "degraded")
    service.sim.intercom("refuse-token")
    service.ctl("sync", "--wait")
    service.wait_event("side.recovered", after=place)
    check_secrets(service)
    text = service.machine.run(
        "journalctl", "--catalog", "--unit", service.unit, "MESSAGE_ID=" + broken["MESSAGE_ID"])
    contains(text, ["░░ Subject: ", "░░ Defined-By: sfsyncd"], "journalctl -x")
    check("@SFSYNC_" not in text and "@MESSAGE" not in text, f"each name is filled in: {text}")


@test("I2: the catalog has an entry, in words, for each event that wants a person")
def catalog(bench):
    machine = bench.installed()
    ids = re.findall(r"(?m)^-- ([0-9a-f]{32})$", machine.read(CATALOG))
    check(len(ids) >= 8 and len(set(ids)) == len(ids), f"entries, each once: {len(ids)}")
    known = machine.run("journalctl", "--dump-catalog")
    for one in ids:
        check(f"-- {one}" in known, f"installing tells the journal about {one}")
