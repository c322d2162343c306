"""L1 to L9: who becomes a lead, once, and what stands in the way."""

from harness.cases import check, contains, equal, test, wait_until
from harness.daemon import Daemon, started
from harness.simulator import Simulator

BIG = {"name": "Big", "when": [{"attribute": "company_size", "is": ">", "value": 500}]}
TAG = "send-to-salesforce"
ADA = "ada@example.com"


def org(bench):
    # Both sides tell whole seconds: so that one has passed by each step, twenty pass in one.
    sim = Simulator(bench, time_scale=20)
    sim.intercom("define-attribute", name="company_size", data_type="integer")
    return sim


def ruled(bench, rule=None, **settings):
    """An empty org and a daemon with one rule; its first start is over."""
    sim = org(bench)
    leads = {"rule": [rule or BIG], **settings.pop("leads", {})}
    return sim, started(bench, sim, leads=leads, **settings)


def qualify(sim, person, size=501):
    sim.intercom("set-attribute", id=person, name="company_size", value=size)


def is_silent(sim, daemon):
    """Echo: a further cycle writes nothing on either side."""
    sim.reset()
    daemon.sync()
    daemon.sync("--full")
    equal(sim.writes(), 0, "writes of further cycles")


def carries(sim, person, record):
    """The person's attributes follow the record that was just made for it (L8)."""
    wait_until("the person carries the record",
               lambda: sim.attributes(person).get("SALESFORCE_ID") == record, seconds=10)
    return sim.attributes(person)


@test("L1, L4, L8: a rule comes to hold: plan shows it, then one lead, and the person carries it")
def rule_fires(bench):
    sim, daemon = ruled(bench)
    person = sim.person(ADA, name="Ada King Lovelace", phone="+44 20 7946 0000")
    sim.intercom("company", id=person, name="Analytical Engines")
    daemon.sync()
    equal(sim.leads(ADA), [], "nothing before the rule holds")
    daemon.ctl("pause")
    qualify(sim, person)
    planned, = daemon.json("plan")
    equal((planned["to"], planned["kind"], planned["contact"]), ("salesforce", "lead", person),
          "what plan says")
    equal(sim.leads(ADA), [], "a plan makes nothing")
    daemon.ctl("resume")
    wait_until("the lead is there", lambda: sim.leads(ADA))
    lead, = sim.leads(ADA, "FirstName,LastName,Email,Phone,Company,LeadSource")
    equal({key: lead[key] for key in ("FirstName", "LastName", "Phone", "Company", "LeadSource")},
          {"FirstName": "Ada King", "LastName": "Lovelace", "Phone": "+44 20 7946 0000",
           "Company": "Analytical Engines", "LeadSource": "Intercom"}, "the lead")
    shown = carries(sim, person, lead["Id"])
    equal(shown["SALESFORCE_OBJECT_TYPE"], "Lead", "what it is")
    check(shown["SALESFORCE_OWNER_NAME"] and shown["SALESFORCE_STATUS"], "owner and status, too")
    equal(sim.events(), [], "a lead of ours is no event (S6)")
    is_silent(sim, daemon)
    qualify(sim, person, 3)
    daemon.sync()
    qualify(sim, person, 900)
    daemon.sync()
    equal(len(sim.leads(ADA)), 1, "leads after the rule came to hold again")
    equal(daemon.errors(), [], "open errors")


@test("L1a: whoever meets the rule at the first start gets no lead, unless it says backfill")
def baseline(bench):
    sim = org(bench)
    old = sim.person(ADA, attributes={"company_size": 900})
    daemon = started(bench, sim, leads={"rule": [BIG]})
    sim.intercom("update", id=old, field="name", value="Ada Changed")
    new = sim.person("new@example.com", attributes={"company_size": 900})
    daemon.sync()
    daemon.sync("--full")
    equal(sim.leads(ADA), [], "a change of something else fires nothing")
    equal(len(sim.leads("new@example.com")), 1, "who comes later is made a lead")
    daemon.configure(leads={"rule": [{**BIG, "backfill": True}]})
    daemon.ctl("reload")
    daemon.sync("--full")
    lead, = sim.leads(ADA)
    carries(sim, old, lead["Id"])
    other, = sim.leads("new@example.com")
    equal(sim.attributes(new)["SALESFORCE_ID"], other["Id"], "the other one is linked")
    is_silent(sim, daemon)


@test("L1a, O2: after a reload plan shows whom a rule with backfill would make a lead of")
def planned_backfill(bench):
    sim = org(bench)
    old = sim.person(ADA, attributes={"company_size": 900})
    daemon = started(bench, sim, leads={"rule": [BIG]})
    daemon.sync("--full")
    daemon.ctl("pause")
    daemon.configure(leads={"rule": [{**BIG, "backfill": True}]})
    daemon.ctl("reload")
    planned, = [e for e in daemon.json("plan") if e["kind"] == "lead"]
    equal(planned["contact"], old, "of whom")
    equal(sim.leads(ADA), [], "nothing is made by planning")
    daemon.ctl("resume")
    wait_until("the lead", lambda: sim.leads(ADA))


@test("E1, L4: a default that no lead can take is one entry, which closes when it is taken out")
def wrong_default(bench):
    sim = org(bench)
    daemon = started(bench, sim, leads={"defaults": {"Nope": "x"}})
    for number in range(2):
        person = sim.person(f"p{number}@example.com")
        daemon.sync()
        equal(daemon.json("lead", "create", person)["result"], "created", "the lead all the same")
    entry, = daemon.errors()
    equal(entry["code"], "MAP-NO-FIELD", "the code")
    daemon.configure(leads={"defaults": {}})
    daemon.ctl("reload")
    daemon.sync()
    wait_until("the entry closes", lambda: daemon.errors() == [])


@test("L1: a person who is linked already uses the rule up")
def linked_before(bench):
    sim, daemon = ruled(bench)
    lead = sim.lead(ADA)
    person = sim.person(ADA)
    daemon.sync()
    qualify(sim, person)
    daemon.sync()
    equal([row["Id"] for row in sim.leads(ADA)], [lead], "the leads")
    sim.salesforce("delete", id=lead)
    daemon.sync()
    qualify(sim, person, 2)
    daemon.sync()
    qualify(sim, person, 1000)
    daemon.sync()
    equal(sim.leads(ADA), [], "a lead that sales deleted is not made again")
    equal(daemon.errors(), [], "open errors")


@test("L1: leads.tag on a person makes the lead; at the first start it does not (L1a)")
def tagged(bench):
    sim = org(bench)
    old = sim.person("old@example.com", name="Old Hand")
    sim.intercom("tag", id=old, tag=TAG)
    person = sim.person(ADA, name="Ada")
    daemon = started(bench, sim)
    sim.intercom("tag", id=person, tag=TAG)
    daemon.sync()
    lead, = sim.leads(ADA, "LastName,Company")
    equal((lead["LastName"], lead["Company"]), ("Ada", "[not provided]"), "name and placeholder")
    carries(sim, person, lead["Id"])
    equal(sim.leads("old@example.com"), [], "tagged before the first start")
    sim.intercom("untag", id=old, tag=TAG)
    daemon.sync()
    sim.intercom("tag", id=old, tag=TAG)
    daemon.sync()
    again, = sim.leads("old@example.com")
    carries(sim, old, again["Id"])
    is_silent(sim, daemon)


@test("L3: a record that only Salesforce knows is linked and pinned instead of a second lead")
def there_already(bench):
    sim, daemon = ruled(bench)
    people = {kind: sim.person(f"{kind}@example.com") for kind in ("lead", "contact")}
    daemon.sync()
    # Made after the poll that finds the rule: only the look-up can see them.
    records = {"lead": sim.lead("Lead@Example.com"), "contact": sim.contact("contact@example.com")}
    for kind, person in people.items():
        answer = daemon.json("lead", "create", person)
        equal((answer["result"], answer["ids"], answer["error"]), ("exists", [records[kind]], None),
              "lead create")
        carries(sim, person, records[kind])
        sim.intercom("update", id=person, field="email", value=f"other-{kind}@example.com")
    daemon.sync()
    for kind, person in people.items():
        equal(sim.attributes(person)["SALESFORCE_ID"], records[kind], "the pin holds (M7)")
    equal(len(sim.query_all("SELECT Id FROM Lead")), 1, "leads")
    is_silent(sim, daemon)


@test("L1, L2, L3: lead create: made, no e-mail, unknown, there already, several: clear answers")
def answers(bench):
    sim = org(bench)
    ada, nobody = sim.person(ADA, name="Ada Lovelace"), sim.person(None, name="No Mail")
    twice = sim.person("twice@example.com")
    both = [sim.lead("twice@example.com"), sim.contact("twice@example.com")]
    daemon = started(bench, sim, match={"prefer": "none"})
    made = daemon.json("lead", "create", ADA, "--field", "company=Acme & Söhne", "--field",
                       "name=Augusta King", "--field", "Industry=Banking")
    lead, = sim.leads(ADA, "FirstName,LastName,Company,Industry")
    equal(made, {"result": "created", "ids": [lead["Id"]], "error": None}, "created")
    equal((lead["FirstName"], lead["LastName"], lead["Company"], lead["Industry"]),
          ("Augusta", "King", "Acme & Söhne", "Banking"), "the edited fields")
    carries(sim, ada, lead["Id"])
    again = daemon.json("lead", "create", ADA)
    equal((again["result"], again["ids"]), ("exists", [lead["Id"]]), "there already")
    contains(daemon.ctl("lead", "create", ADA), [lead["Id"], "already"], "in words")
    refused = daemon.json("lead", "create", nobody, expect=1)
    equal((refused["result"], refused["ids"], refused["error"]["code"]),
          ("refused", [], "LEAD-NO-EMAIL"), "without an e-mail")
    check(refused["error"]["cause"] and refused["error"]["remedy"], "the error says what to do")
    several = daemon.json("lead", "create", twice)
    equal((several["result"], sorted(several["ids"])), ("exists", sorted(both)), "several")
    contains(daemon.ctl("lead", "create", twice), [*both, "link"], "several, in words")
    unknown = daemon.try_ctl("lead", "create", "ghost@example.com")
    equal(unknown.returncode, 1, "exit code of an unknown person")
    contains(unknown.stderr, ["ghost@example.com"], "an unknown person")
    bad = daemon.try_ctl("lead", "create", nobody, "--field", "company")
    equal(bad.returncode, 64, "exit code of a --field without a value")
    equal(len(sim.leads("twice@example.com")), 1, "leads of the one with several")


@test("L3: two people with one address make one lead, and both are linked")
def one_address(bench):
    sim, daemon = ruled(bench)
    people = [sim.person(email, role=role) for email, role in
              ((ADA, "user"), ("Ada@Example.com", "lead"), (" ADA@example.com", "lead"))]
    daemon.sync()
    for person in people:
        qualify(sim, person)
    daemon.sync()
    leads = [row for row in sim.query_all("SELECT Id, Email FROM Lead")]
    equal(len(leads), 1, "leads")
    for person in people:
        carries(sim, person, leads[0]["Id"])
    is_silent(sim, daemon)


@test("L2: without an e-mail the register says so; with one the lead is made and the entry closes")
def no_email(bench):
    sim, daemon = ruled(bench)
    person = sim.person(None, name="Ada")
    other = sim.person("other@example.com")
    daemon.sync()
    qualify(sim, person)
    qualify(sim, other)
    daemon.sync(expect=1)
    entry = daemon.error("LEAD-NO-EMAIL", person)
    equal(entry["kind"], "refused", "its kind")
    equal(len(sim.leads("other@example.com")), 1, "nobody else is held back")
    daemon.sync()
    equal(daemon.errors()[0]["count"], 1, "it is not tried again by itself")
    sim.intercom("update", id=person, field="email", value=ADA)
    daemon.sync()
    wait_until("a lead once the person has an address", lambda: sim.leads(ADA))
    wait_until("the entry closes", lambda: daemon.errors() == [])
    carries(sim, person, sim.leads(ADA)[0]["Id"])
    equal(len(sim.leads(ADA)), 1, "leads")


def rival(sim, email):
    """A converted lead with the address that its contact no longer has: the look-up finds nobody
    that could be linked, and a duplicate rule finds the lead."""
    contact = sim.salesforce("convert", id=sim.lead(email))
    sim.update(contact, Email=f"moved-{email}")
    return contact


@test("L7: a duplicate rule, alert or block: linked to the record that it names")
def duplicates(bench):
    sim, daemon = ruled(bench)
    people = {mode: sim.person(f"{mode}@example.com") for mode in ("alert", "block")}
    contacts = {mode: rival(sim, f"{mode}@example.com") for mode in people}
    daemon.sync()
    for mode, person in people.items():
        sim.salesforce("duplicate-rule", mode=mode, misspelt=mode == "block")
        qualify(sim, person)
        daemon.sync()
        carries(sim, person, contacts[mode])
    equal(sim.query_all("SELECT Id FROM Lead WHERE IsConverted = false"), [], "leads made")
    equal(daemon.errors(), [], "open errors")
    is_silent(sim, daemon)


@test("L7: a duplicate rule that hides its record is told; with allow_duplicates alert lets pass")
def hidden_duplicate(bench):
    sim, daemon = ruled(bench)
    person = sim.person(ADA)
    rival(sim, ADA)
    daemon.sync()
    sim.salesforce("duplicate-rule", mode="alert", hides_matches=True)
    qualify(sim, person)
    daemon.sync(expect=1)
    daemon.error("SF-DUPLICATE-HIDDEN", person, "Standard_Lead_Duplicate_Rule")
    daemon.configure(leads={"allow_duplicates": True})
    daemon.ctl("reload")
    daemon.sync()
    lead, = sim.query_all("SELECT Id FROM Lead WHERE IsConverted = false")
    carries(sim, person, lead["Id"])
    equal(daemon.errors(), [], "the entry closed")


@test("L4: a required field that nothing fills is told; a default and a reload make the lead")
def required(bench):
    sim, daemon = ruled(bench)
    sim.salesforce("define-field", object="Lead", name="Seats__c", type="double", required=True)
    person, other = sim.person(ADA), sim.person("other@example.com")
    daemon.sync()
    qualify(sim, person)
    daemon.sync(expect=1)
    daemon.error("SF-REQUIRED-FIELD", "Seats__c", person)
    equal(sim.leads(ADA), [], "leads meanwhile")
    daemon.configure(leads={"defaults": {"Seats__c": 5, "Industry": "Banking"}})
    daemon.ctl("reload")
    daemon.sync()
    lead, = sim.leads(ADA, "Seats__c,Industry,Company")
    equal((float(lead["Seats__c"]), lead["Industry"], lead["Company"]),
          (5.0, "Banking", "[not provided]"), "the defaults and the placeholder")
    equal(daemon.errors(), [], "the entry closed")
    check(not sim.attributes(other).get("SALESFORCE_ID"), "nobody else is made a lead")


@test("L5: the assignment rule owns a new lead, and no update gives it away")
def assigned(bench):
    sim, daemon = ruled(bench, mapping={"custom_attributes.company_size": "NumberOfEmployees"})
    sales = sim.user("Sales", "sales@example.com")
    sim.salesforce("assignment-rule", owner=sales)
    person = sim.person(ADA)
    daemon.sync()
    qualify(sim, person)
    daemon.sync()
    lead, = sim.leads(ADA, "OwnerId,NumberOfEmployees")
    equal((lead["OwnerId"], float(lead["NumberOfEmployees"])), (sales, 501.0), "the new lead")
    carries(sim, person, lead["Id"])
    taken = sim.user("Taken", "taken@example.com")
    sim.update(lead["Id"], OwnerId=taken)
    daemon.sync()
    qualify(sim, person, 777)
    daemon.sync()
    lead, = sim.leads(ADA, "OwnerId,NumberOfEmployees")
    equal((lead["OwnerId"], float(lead["NumberOfEmployees"])), (taken, 777.0), "after an update")
    equal(sim.attributes(person)["SALESFORCE_OWNER_EMAIL"], "taken@example.com", "the owner")
    is_silent(sim, daemon)


@test("L1: conditions over role, e-mail, tag, text and company; all of one rule have to hold")
def conditions(bench):
    sim = org(bench)
    sim.intercom("define-attribute", name="plan", data_type="string")
    sim.intercom("add-tag", name="VIP")
    rule = {"name": "Everything", "when": [
        {"attribute": "role", "is": "=", "value": "lead"},
        {"attribute": "email", "is": "ends_with", "value": "@example.com"},
        {"attribute": "plan", "is": "in", "value": ["Pro", "Team"]},
        {"attribute": "company.name", "is": "starts_with", "value": "Analytical"},
        {"attribute": "phone", "is": "unset"},
        {"attribute": "tag", "is": "=", "value": "VIP"}]}
    daemon = started(bench, sim, leads={"rule": [rule]})

    def person(number, role="lead", plan="Pro", company="Analytical Engines", tag="VIP",
               domain="example.com", phone=None):
        made = sim.person(f"p{number}@{domain}", role=role, attributes={"plan": plan}, phone=phone)
        sim.intercom("company", id=made, name=company)
        if tag:
            sim.intercom("tag", id=made, tag=tag)
        # A tag moves nobody's updated_at.
        sim.intercom("update", id=made, field="name", value=f"Person {number}")
        return made

    person(0)
    person(1, role="user")
    person(2, plan="Free")
    person(3, company="Engines")
    person(4, tag=None)
    person(5, domain="example.org")
    person(6, phone="+1 555 0100")
    person(7, plan="Team")
    daemon.sync()
    daemon.sync()
    wait_until("two leads", lambda: len(sim.query_all("SELECT Id FROM Lead")) == 2)
    equal(sorted(row["Email"] for row in sim.query_all("SELECT Email FROM Lead")),
          ["p0@example.com", "p7@example.com"], "leads")
    equal(daemon.errors(), [], "open errors")


@test("L1, M5: after a merge in Intercom the survivor keeps the lead, and gets no other one")
def merged(bench):
    sim, daemon = ruled(bench)
    person, survivor = sim.person(ADA, role="lead"), sim.person(" Ada@example.com")
    daemon.sync()
    qualify(sim, person)
    daemon.sync()
    lead, = sim.leads(ADA)
    carries(sim, person, lead["Id"])
    carries(sim, survivor, lead["Id"])
    sim.intercom("merge", id=person, into=survivor)
    sim.update(lead["Id"], Title="Countess")
    daemon.sync()
    wait_until("the title", lambda: sim.attributes(survivor)["SALESFORCE_TITLE"] == "Countess")
    # Sales delete it: what was used up by the one who is gone is used up.
    sim.salesforce("delete", id=lead["Id"])
    daemon.sync()
    for size in (2, 900):
        qualify(sim, survivor, size)
        daemon.sync()
        daemon.sync("--full")
    equal(sim.query_all("SELECT Id FROM Lead"), [], "leads")
    equal(daemon.errors(), [], "open errors")


@test("E2: leads that may not be made are told, hold back no other write, and are made later")
def forbidden(bench):
    sim, daemon = ruled(bench)
    linked, record = sim.person("bob@example.com"), sim.lead("bob@example.com")
    person = sim.person(ADA)
    daemon.sync()
    sim.salesforce("read-only-object", object="Lead")
    qualify(sim, person)
    sim.update(record, Title="Boss")
    daemon.sync(expect=None)
    equal(sim.attributes(linked)["SALESFORCE_TITLE"], "Boss", "the way to Intercom goes on")
    equal(sim.leads(ADA), [], "leads meanwhile")
    wait_until("an entry", lambda: len(daemon.errors()) == 1)
    sim.salesforce("read-only-object", object="Lead", on=False)
    daemon.ctl("errors", "retry", "--all")
    wait_until("the lead", lambda: len(sim.leads(ADA)) == 1)
    wait_until("the entry closes", lambda: daemon.errors() == [])
