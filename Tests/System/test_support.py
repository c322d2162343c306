"""O: what `sfsyncctl support` tells, and what it does not."""

import os
import stat

from harness.cases import check, contains, equal, test
from harness.daemon import SECRETS, Daemon, started
from harness.simulator import Simulator

NASTY = "ada.lovelace+x@example.com"


def quiet(sim, text):
    """No secret, address or name of anybody is in it."""
    rest = text
    for name in SECRETS:
        rest = rest.replace(name, "")
    for name, key in SECRETS.items():
        check(sim.ready[key] not in rest, f"{name} is not in it")
    check(sim.ready["salesforce_client_id"] not in text, "the client id is not in it")
    check("@" not in text.replace("user@", ""), f"no address: {text}")
    for word in ("Lovelace", "Hopper", "ada.", "p1@"):
        check(word not in text, f"{word} is not in it")


@test("O: a support report says all that helps, and names no one")
def report(bench):
    sim = Simulator(bench)
    lead = sim.lead(NASTY, FirstName="Ada", LastName="Lovelace", Title="T")
    sim.person(NASTY, name="Ada Lovelace")
    daemon = started(bench, sim, assign={"acting_admin": "grace.hopper@example.com"},
                     leads={"tag": "to-sales"})
    file = bench.path("report.txt")
    said = daemon.ctl("support", file)
    contains(said, [file, "look it through"], "what it said")
    equal(stat.S_IMODE(os.stat(file).st_mode), 0o600, "the mode")
    with open(file, encoding="utf-8") as opened:
        text = opened.read()
    contains(text, [
        "== Versions", "sfsyncd 0.1.0, schema", "SQLite 3.", "libcurl/", "== Machine", "Linux ",
        "Debian", "systemd ", "== Configuration in force", "every = \"10m\"", "acting_admin = \"g… at com\"",
        "== Credentials", "intercom-access-token: there, needed",
        "salesforce-private-key: not there, not needed", "== Status", "State: idle",
        "Links: 1 people", "== Store", "rows of link: 1", "== Queue", "Nothing waits.",
        "== Open errors", "None.", "== Journal", "journalctl -u sfsyncd"], "the report")
    quiet(sim, text)
    again = daemon.try_ctl("support", file)
    equal(again.returncode, 1, "over a file that is there")
    equal(daemon.ctl("support", "-").splitlines()[1:3], text.splitlines()[1:3], "on stdout")
    sections = daemon.json("support", "-")["sections"]
    equal([x["title"] for x in sections][:3], ["Versions", "Machine", "Process"], "as JSON")


@test("O E1: errors are told by ids; addresses and tokens within answers are taken out")
def errors(bench):
    sim = Simulator(bench)
    sim.lead(NASTY, LastName="Lovelace", Title="T")
    person = sim.person(NASTY, name="Ada Lovelace")
    nobody = sim.person(None, name="No Body")
    daemon = started(bench, sim, leads={"tag": "to-sales"})
    sim.intercom("tag", id=nobody, tag="to-sales")
    daemon.sync(expect=1)
    text = daemon.ctl("support", "-")
    contains(text, ["LEAD-NO-EMAIL refused, open", nobody, "to Salesforce: lead, parked: 1"],
             "the report")
    quiet(sim, text)
    check(person not in text.split("== Open errors")[1], "only who has an error is named")


@test("O: credentials that are not good are told, and nothing of them")
def credentials(bench):
    sim = Simulator(bench)
    daemon = started(bench, sim)
    daemon.secret("salesforce-refresh-token", "a secret of two words")
    daemon.secret("intercom-access-token", sim.ready["intercom_token"], mode=0o644)
    text = daemon.ctl("support", "-")
    contains(text, ["salesforce-refresh-token: cannot be used, not needed",
                    "intercom-access-token: cannot be used, needed"], "the report")
    check("two words" not in text, "nothing of it")
    os.chmod(os.path.join(daemon.credentials, "intercom-access-token"), 0o600)
