"""L1, L2, L3, T1, A1, C1: what people ask of the way back, and what card and history show."""

import json

from harness.cases import check, equal, test, wait_until
from harness.daemon import started
from harness.simulator import Simulator


@test("L1: lead create makes one lead, and asking again says that it is there")
def lead_create(bench):
    sim = Simulator(bench)
    person = sim.person("ada@example.com", name="Ada Lovelace")
    daemon = started(bench, sim)
    plain = daemon.json("card", "ada@example.com")
    equal((plain[0]["contact"], plain[0]["id"]), (person, None), "the card before")
    made = daemon.json("lead", "create", "ada@example.com", "--field", "company=Acme",
                       "--field", "Title=CTO")
    equal(made["result"], "created", "the first answer")
    lead, = made["ids"]
    row = sim.record(lead, "FirstName,LastName,Email,Company,Title,LeadSource")
    equal((row["LastName"], row["Company"], row["Title"], row["LeadSource"]),
          ("Lovelace", "Acme", "CTO", "Intercom"), "the lead")
    again = daemon.json("lead", "create", person)
    equal(again, {"result": "exists", "ids": [lead], "error": None}, "the second answer")
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_ID"], lead, "the person carries it")
    equal(len(sim.query_all("SELECT Id FROM Lead")), 1, "leads in the org")
    card, = daemon.json("card", "ada@example.com")
    equal((card["id"], card["object_type"], card["company"], card["title"]),
          (lead, "Lead", "Acme", "CTO"), "the card")
    check(card["link"].endswith("/" + lead), "the link")
    check(card["owner"]["id"], "the owner")
    entries = daemon.json("history", person)
    check(any(e["side"] == "salesforce" and e["record"] == lead for e in entries), "history")
    equal([e["at"] for e in entries], sorted(e["at"] for e in entries), "oldest first")


@test("L2, L3: without an e-mail nothing is made, a record that is there is linked")
def refusals(bench):
    sim = Simulator(bench)
    nameless = sim.person(None, role="lead", name="No Mail")
    ada = sim.person("ada@example.com")
    daemon = started(bench, sim)
    contact = sim.contact("ada@example.com")
    found = daemon.json("lead", "create", ada)
    equal((found["result"], found["ids"]), ("exists", [contact]), "the contact made meanwhile")
    refused = daemon.json("lead", "create", nameless, expect=1)
    equal(refused["result"], "refused", "without an e-mail")
    check(refused["error"]["remedy"], "says what to do")
    explained = daemon.explain(nameless)
    equal([(d["to"], d["kind"], d["state"]) for d in explained["pending"]],
          [("salesforce", "lead", "parked")], "what explain says is parked")
    equal([e["code"] for e in explained["errors"]], ["LEAD-NO-EMAIL"], "explain's errors")
    queued, = daemon.json("queue")
    equal((queued["kind"], queued["contact"]), ("lead", nameless), "the queue")
    check("--field email=" in daemon.try_ctl("lead", "create", nameless).stderr, "what to do")
    equal(daemon.try_ctl("lead", "create", "nobody@example.com").returncode, 1, "a stranger")
    sim.lead("sales@example.com")
    daemon.sync()
    only = daemon.try_ctl("lead", "create", "sales@example.com")
    equal(only.returncode, 1, "only Salesforce knows")
    check("Nobody in Intercom" in only.stderr, only.stderr)
    sim.person("two@example.com"), sim.person("two@example.com", role="lead")
    daemon.sync()
    check("2 people" in daemon.try_ctl("lead", "create", "two@example.com").stderr, "two people")


@test("T1, A1: task create logs a conversation once; a conversation that is not there is refused")
def task_create(bench):
    sim = Simulator(bench)
    sim.contact("ada@example.com")
    person = sim.person("ada@example.com")
    conversation = sim.intercom("conversation", id=person, text="Hello, how much is it?")
    daemon = started(bench, sim)
    made = daemon.json("task", "create", conversation)
    equal(made["result"], "created", "the first answer")
    again = daemon.json("task", "create", conversation)
    equal((again["result"], again["ids"]), ("exists", made["ids"]), "the second answer")
    equal(len(sim.query_all("SELECT Id FROM Task")), 1, "tasks in the org")
    equal(daemon.try_ctl("task", "create", "999999").returncode, 1, "no such conversation")


def assign(daemon, conversation):
    """AssignConversation by the socket: sfsyncctl has no command for it."""
    message = {"method": "org.sfsync.control.AssignConversation",
               "parameters": {"conversation": conversation}}
    return json.loads(daemon.call(json.dumps(message).encode() + b"\0")[:-1])


@test("A1: a conversation goes to the owner's teammate when asked, once; nothing while paused")
def assigned(bench):
    sim = Simulator(bench)
    owner = sim.user("Hopper", "grace@example.com")
    sim.contact("ada@example.com", OwnerId=owner)
    person = sim.person("ada@example.com")
    other = sim.person("else@example.com")
    sim.contact("bob@example.com", OwnerId=sim.user("Lacking", "lacking@example.com"))
    bobs = sim.intercom("conversation", id=sim.person("bob@example.com"), text="Hi")
    teammate = sim.intercom("add-admin", email="grace@example.com", name="Grace")
    conversation = sim.intercom("conversation", id=person, text="Hello")
    daemon = started(bench, sim)
    lacking = assign(daemon, bobs)["parameters"]
    equal(lacking["result"], "refused", "without a teammate of that address")
    check(lacking["error"]["remedy"], "what to do")
    answers = [assign(daemon, conversation)["parameters"] for _ in range(2)]
    equal([a["result"] for a in answers], ["assigned", "exists"], "the answers")
    equal([a["ids"] for a in answers], [[teammate]] * 2, "the teammate")
    daemon.ctl("pause")
    for command in (["lead", "create", other], ["task", "create", conversation]):
        paused = daemon.try_ctl(*command)
        equal(paused.returncode, 1, "while paused")
        check("paused" in paused.stderr, paused.stderr)
    equal(sim.query_all("SELECT Id FROM Lead"), [], "leads made while paused")
    # What was said to be made later is in the queue, and is made; what was not is not.
    equal([(e["kind"], e["contact"]) for e in daemon.json("queue")], [("lead", other)], "the queue")
    daemon.ctl("resume")
    wait_until("the lead", lambda: len(sim.query_all("SELECT Id FROM Lead")) == 1)
    equal(sim.query_all("SELECT Id FROM Task"), [], "tasks")
    daemon.stop()
    equal(daemon.try_ctl("lead", "create", other).returncode, 69, "without a daemon")


@test("O2: plan lists a lead that a rule would make, without making it")
def planned(bench):
    sim = Simulator(bench)
    sim.intercom("define-attribute", name="company_size", data_type="integer")
    daemon = started(bench, sim)
    text = open(daemon.config).read() + """
[mapping]
"custom_attributes.company_size" = "NumberOfEmployees"

[[leads.rule]]
name = "big"
when = [ { attribute = "company_size", is = ">", value = 500 } ]
"""
    daemon.write(text)
    daemon.ctl("reload")
    daemon.sync()
    person = sim.person("big@example.com", name="Big One")
    sim.intercom("set-attribute", id=person, name="company_size", value=501)
    entries = daemon.json("plan")
    lead, = [e for e in entries if e["kind"] == "lead"]
    equal((lead["to"], lead["contact"]), ("salesforce", person), "the planned lead")
    equal(lead["changes"]["NumberOfEmployees"], {"from": None, "to": 501}, "what it would carry")
    equal(sim.query_all("SELECT Id FROM Lead"), [], "nothing was made")
    daemon.sync()
    card, = daemon.json("card", person)
    equal(card["object_type"], "Lead", "made by the poll")
    sim.intercom("set-attribute", id=person, name="company_size", value=700)
    fields, = [e for e in daemon.json("plan") if e["kind"] == "fields"]
    equal(fields["changes"], {"NumberOfEmployees": {"from": 501, "to": 700}}, "the planned field")
    daemon.sync()
    equal(str(sim.record(card["id"], "NumberOfEmployees")["NumberOfEmployees"]), "700", "written")
