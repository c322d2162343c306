"""Q1 to Q4: mapped attributes reach the lead, and leave alone what sales edited."""

from harness.cases import check, equal, test, wait_until
from harness.daemon import started
from harness.simulator import Simulator

MAPPING = {"custom_attributes.company_size": "NumberOfEmployees", "industry": "Industry",
           "utm_campaign": "Campaign__c", "company.name": "Company",
           "custom_attributes.demo_at": "Demo_At__c"}
FIELDS = "NumberOfEmployees,Industry,Campaign__c,Company,Demo_At__c,OwnerId"
ADA = "ada@example.com"


def org(bench):
    """An org with a field for each kind of attribute."""
    # Both sides tell whole seconds: so that one has passed by each step, twenty pass in one.
    sim = Simulator(bench, time_scale=20)
    for name, kind in (("company_size", "integer"), ("industry", "string"), ("demo_at", "date")):
        sim.intercom("define-attribute", name=name, data_type=kind)
    sim.salesforce("define-field", object="Lead", name="Campaign__c", type="string", length=20)
    sim.salesforce("define-field", object="Lead", name="Demo_At__c", type="date")
    sim.salesforce("restrict-field", object="Lead", field="Industry")
    return sim


def put(sim, person, **attributes):
    for name, value in attributes.items():
        sim.intercom("set-attribute", id=person, name=name, value=value)


def shown(sim, lead, fields=FIELDS):
    """The mapped fields that have a value."""
    record = sim.record(lead, fields)
    numbers = {"NumberOfEmployees"}
    return {name: float(value) if name in numbers else value for name, value in record.items()
            if name in fields.split(",") and name != "OwnerId" and value is not None}


def linked(bench, **settings):
    """A lead and its person, linked; nothing is mapped that has a value yet."""
    sim = org(bench)
    lead = sim.lead(ADA, Company="Acme")
    person = sim.person(ADA)
    return sim, started(bench, sim, mapping=MAPPING, **settings), person, lead


@test("Q1, Q2: attributes of a person, its company and utm reach the lead, null clears, absent not")
def arrives(bench):
    sim, daemon, person, lead = linked(bench)
    put(sim, person, company_size=250, industry="Banking", demo_at=1_795_000_000)
    sim.intercom("set-utm", id=person, name="utm_campaign", value="spring")
    company = sim.intercom("company", id=person, name="Analytical Engines")
    since = sim.counters()["salesforce"]["writes"]
    daemon.sync()
    equal(shown(sim, lead), {"NumberOfEmployees": 250.0, "Industry": "Banking",
                             "Campaign__c": "spring", "Company": "Analytical Engines",
                             "Demo_At__c": "2026-11-18"}, "the fields")
    equal(sim.counters()["salesforce"]["writes"] - since, 1, "writes")
    put(sim, person, company_size=251)
    sim.intercom("set-company", id=company, fields={"name": "Difference Engines"})
    daemon.sync()
    found = shown(sim, lead)
    equal((found["NumberOfEmployees"], found["Company"]), (251.0, "Difference Engines"), "edited")
    put(sim, person, industry=None)
    daemon.sync()
    check("Industry" not in shown(sim, lead), "an explicit null clears the field")
    equal(daemon.errors(), [], "open errors")
    sim.reset()
    daemon.sync()
    daemon.sync("--full")
    equal(sim.writes(), 0, "echo")


@test("Q1: an edit in Salesforce stays over cycles, a restart and sync --full")
def stays(bench):
    sim, daemon, person, lead = linked(bench)
    put(sim, person, company_size=100)
    daemon.sync()
    equal(shown(sim, lead)["NumberOfEmployees"], 100.0, "from Intercom")
    sim.update(lead, NumberOfEmployees=7)
    sim.reset()
    for _ in range(3):
        daemon.sync()
    daemon.sync("--full")
    daemon.stop()
    daemon.start()
    daemon.sync()
    daemon.sync("--full")
    put(sim, person, industry="Banking")
    daemon.sync()
    equal(shown(sim, lead)["NumberOfEmployees"], 7.0, "the edit of sales, when another one changes")
    equal(sim.counters()["salesforce"]["writes"], 1, "writes")
    put(sim, person, company_size=101)
    daemon.sync()
    equal(shown(sim, lead)["NumberOfEmployees"], 101.0, "after Intercom's own value changed")
    put(sim, person, company_size=100)
    daemon.sync()
    equal(shown(sim, lead)["NumberOfEmployees"], 100.0, "and back")


@test("Q2: a bad field is refused and registered, the others arrive; mended it closes")
def one_bad_field(bench):
    sim, daemon, person, lead = linked(bench)
    sim.intercom("set-utm", id=person, name="utm_campaign", value="far too long for this field")
    put(sim, person, company_size=9, industry="Sorcery")
    daemon.sync(expect=None)
    equal(shown(sim, lead), {"NumberOfEmployees": 9.0, "Company": "Acme"}, "the good one arrives")
    entries = {entry["code"]: entry for entry in daemon.errors()}
    equal(sorted(entries), ["MAP-NOT-IN-PICKLIST", "MAP-TOO-LONG"], "the entries")
    check(all(lead in str(entry["subject"]) for entry in entries.values()), "their subject")
    check("Campaign__c" in str(entries["MAP-TOO-LONG"]), "the field is named")
    for _ in range(2):
        daemon.sync(expect=None)
    equal({entry["count"] for entry in daemon.errors()}, {1}, "not tried again by itself")
    sim.intercom("set-utm", id=person, name="utm_campaign", value="short")
    put(sim, person, industry="Banking")
    daemon.sync()
    equal(shown(sim, lead)["Campaign__c"], "short", "once it fits")
    equal(daemon.errors(), [], "the entries closed")


@test("Q2, E2: a validation rule refuses one lead's value; its other fields and leads arrive")
def refused_by_rule(bench):
    sim, daemon, person, lead = linked(bench)
    other, other_lead = sim.person("bob@example.com"), sim.lead("bob@example.com")
    daemon.sync()
    sim.salesforce("validation-rule", object="Lead", field="NumberOfEmployees", value=13,
                   message="Not 13 employees")
    put(sim, person, company_size=13, industry="Banking")
    put(sim, other, company_size=14)
    daemon.sync(expect=None)
    equal(shown(sim, other_lead)["NumberOfEmployees"], 14.0, "the other lead")
    check("NumberOfEmployees" not in shown(sim, lead), "the refused value")
    check(any("Not 13 employees" in str(entry) for entry in daemon.errors()), "what was said")
    sim.salesforce("validation-rule")
    daemon.ctl("errors", "retry", "--all")
    wait_until("the value arrives once the rule is gone",
               lambda: shown(sim, lead).get("NumberOfEmployees") == 13.0)
    wait_until("the entries close", lambda: daemon.errors() == [])
    equal(shown(sim, lead)["Industry"], "Banking", "the other field")


@test("Q4: 100 edits in one cycle are one Salesforce call")
def one_call(bench):
    sim = org(bench)
    pairs = []
    for number in range(100):
        lead = sim.lead(f"p{number}@example.com")
        pairs.append((sim.person(f"p{number}@example.com"), lead))
    daemon = started(bench, sim, mapping=MAPPING)
    for number, (person, _) in enumerate(pairs):
        put(sim, person, company_size=number + 1)
    sim.reset()
    before = len(sim.calls(path="/composite/sobjects"))
    daemon.sync()
    for number, (_, lead) in enumerate(pairs):
        equal(shown(sim, lead).get("NumberOfEmployees"), number + 1.0, f"lead {number}")
    # The poll, a read of what the fields have, and the write.
    check(sim.counters()["salesforce"]["api_calls"] <= 3, f"calls: {sim.counters()['salesforce']}")
    writes = [c for c in sim.calls(path="/composite/sobjects")[before:] if c["method"] == "patch"]
    equal(len(writes), 1, "calls that write")


@test("Q4: a converted or deleted lead ends its updates without an error")
def converted(bench):
    sim, daemon, person, lead = linked(bench)
    other, gone = sim.person("bob@example.com"), sim.lead("bob@example.com")
    put(sim, person, company_size=1)
    put(sim, other, company_size=1)
    daemon.sync()
    sim.salesforce("convert", id=lead)
    sim.salesforce("delete", id=gone)
    put(sim, person, company_size=2)
    put(sim, other, company_size=2)
    since = len([c for c in sim.calls() if c["method"] == "patch"])
    daemon.sync()
    daemon.sync("--full")
    put(sim, person, company_size=3)
    daemon.sync()
    equal(daemon.errors(), [], "open errors")
    equal(len([c for c in sim.calls() if c["method"] == "patch"]) - since, 0, "writes")
    equal(shown(sim, lead)["NumberOfEmployees"], 1.0, "the converted lead")


@test("Q1: several people on one lead: the latest change wins")
def latest_wins(bench):
    sim, daemon, person, lead = linked(bench)
    put(sim, person, company_size=1)
    daemon.sync()
    other = sim.person("ADA@example.com", role="lead", attributes={"company_size": 2})
    daemon.sync()
    equal(shown(sim, lead)["NumberOfEmployees"], 1.0, "who comes later fills what is empty (Q3)")
    for who, size in ((person, 10), (other, 20), (person, 30)):
        put(sim, who, company_size=size)
        daemon.sync()
        equal(shown(sim, lead)["NumberOfEmployees"], float(size), "the latest")
    sim.reset()
    daemon.sync("--full")
    equal(sim.writes(), 0, "echo")


@test("Q3: a newly mapped field fills what is empty; hidden in Salesforce it is one entry")
def newly_mapped(bench):
    sim = org(bench)
    full, empty = sim.lead(ADA, Industry="Media"), sim.lead("bob@example.com")
    people = [sim.person(email, attributes={"industry": "Banking", "company_size": 5})
              for email in (ADA, "bob@example.com")]
    daemon = started(bench, sim, mapping={"custom_attributes.company_size": "NumberOfEmployees"})
    equal([shown(sim, lead).get("NumberOfEmployees") for lead in (full, empty)], [5.0, 5.0],
          "an empty field is filled when the link is made")
    daemon.configure(mapping={"industry": "Industry", "utm_campaign": "Campaign__c"})
    sim.salesforce("hide-field", object="Lead", field="Campaign__c")
    daemon.ctl("reload")
    daemon.sync("--full")
    # Whoever changed within the overlap is left to the poll.
    daemon.sync()
    equal(shown(sim, full)["Industry"], "Media", "what sales had stays")
    equal(shown(sim, empty)["Industry"], "Banking", "what was empty is filled")
    equal(len(daemon.errors()), 1, "entries for the hidden field")
    check("Campaign__c" in str(daemon.errors()[0]), "it names the field")
    for person in people:
        put(sim, person, industry="Chemicals")
    daemon.sync()
    equal([shown(sim, lead)["Industry"] for lead in (full, empty)], ["Chemicals"] * 2, "edited")
    sim.salesforce("hide-field", object="Lead", field="Campaign__c", on=False)
    daemon.ctl("errors", "retry", "--all")
    wait_until("the entry closes", lambda: daemon.errors() == [])


@test("Q2, E2: a locked row waits and holds nobody back; a locked field is told, and closes")
def locked(bench):
    sim, daemon, person, lead = linked(bench)
    other, other_lead = sim.person("bob@example.com"), sim.lead("bob@example.com")
    daemon.sync()
    sim.salesforce("lock-row", id=lead, ms=60_000)  # Three seconds of ours.
    put(sim, person, company_size=1)
    put(sim, other, company_size=2)
    daemon.ctl("sync")
    wait_until("the other lead", lambda: shown(sim, other_lead).get("NumberOfEmployees") == 2.0)
    check("NumberOfEmployees" not in shown(sim, lead), "the locked one waits")
    equal(daemon.status()["queue"]["parked"], 0, "deliveries parked")
    wait_until("the locked one", lambda: shown(sim, lead).get("NumberOfEmployees") == 1.0)
    sim.salesforce("lock-field", object="Lead", field="NumberOfEmployees")
    put(sim, person, company_size=3, industry="Banking")
    daemon.sync(expect=None)
    wait_until("the field that may be written", lambda: "Industry" in shown(sim, lead))
    wait_until("an entry for the other", lambda: "NumberOfEmployees" in str(daemon.errors()))
    sim.salesforce("lock-field", object="Lead", field="NumberOfEmployees", on=False)
    daemon.ctl("errors", "retry", "--all")
    daemon.sync("--full")
    equal(shown(sim, lead)["NumberOfEmployees"], 3.0, "what changed meanwhile")
    equal(daemon.errors(), [], "open errors")
