"""C1 and the history: what a salesperson sees of a person, and what was done for it."""

from harness.cases import check, contains, equal, test, wait_until
from harness.daemon import started
from harness.simulator import Simulator
from test_leads import BIG, carries, org, qualify

ADA = "ada@example.com"


@test("C1: the card of a lead, in words and as JSON, without a call")
def lead_card(bench):
    sim = Simulator(bench)
    role = sim.salesforce("create-role", name="Sales EMEA")
    grace = sim.user("Hopper", "grace@example.com", first_name="Grace", role=role)
    lead = sim.lead(ADA, FirstName="Ada", LastName="Lovelace", Title="Countess",
                    Company="Analytical Engines", OwnerId=grace)
    person = sim.person(ADA)
    daemon = started(bench, sim)
    sim.reset()
    card, = daemon.json("card", ADA)
    equal({key: card[key] for key in ("contact", "object_type", "id", "name", "title", "company",
                                      "status", "others")},
          {"contact": person, "object_type": "Lead", "id": lead, "name": "Ada Lovelace",
           "title": "Countess", "company": "Analytical Engines",
           "status": "Open - Not Contacted", "others": []}, "the card")
    equal(card["owner"], {"id": grace, "name": "Grace Hopper", "email": "grace@example.com",
                          "role": "Sales EMEA"}, "the owner")
    check(card["link"].startswith("http") and lead in card["link"], "the link")
    for who in (person, lead, ADA.upper()):
        equal(daemon.json("card", who), [card], f"asked by {who}")
    contains(daemon.ctl("card", person), ["Ada Lovelace", "Countess", "Analytical Engines",
                                          "Grace Hopper", card["link"]], "in words")
    counters = sim.counters()
    equal((counters["salesforce"]["api_calls"], sum(counters["intercom"]["calls"].values())),
          (0, 0), "calls")
    equal(daemon.try_ctl("card", "nobody@example.com").returncode, 1, "an unknown person")


@test("C1: the card of a contact has the account and its owner; several matches are all listed")
def contact_card(bench):
    sim = Simulator(bench)
    grace = sim.user("Hopper", "grace@example.com", first_name="Grace")
    boss = sim.user("Boss", "boss@example.com", first_name="The", title="VP Sales")
    account = sim.salesforce(
        "create", object="Account", fields={"Name": "Analytical Engines", "OwnerId": boss})
    contact = sim.contact(ADA, FirstName="Ada", AccountId=account, OwnerId=grace)
    leads = {sim.lead(ADA), sim.lead("ADA@example.com")}
    sim.person(ADA)
    daemon = started(bench, sim)
    card, = daemon.json("card", ADA)
    equal((card["object_type"], card["id"], card["company"], card["status"]),
          ("Contact", contact, "Analytical Engines", None), "the card")
    equal((card["owner"]["name"], card["account_owner"]["name"]), ("Grace Hopper", "The Boss"),
          "both owners")
    equal({other["id"] for other in card["others"]}, leads, "the other matches")
    text = daemon.ctl("card", ADA)
    contains(text, ["Analytical Engines", "The Boss", "VP Sales", "Grace Hopper"], "in words")
    contains(text, leads, "the other matches, in words")
    check(all(other["link"] in text for other in card["others"]), "with their links")


@test("history: what was done for a person on both sides, oldest first")
def history(bench):
    sim = org(bench)
    person = sim.person(ADA, name="Ada")
    daemon = started(bench, sim, leads={"rule": [BIG]},
                     mapping={"custom_attributes.company_size": "NumberOfEmployees"})
    equal(daemon.json("history", person), [], "before anything was done")
    qualify(sim, person)
    daemon.sync()
    lead, = sim.leads(ADA)
    carries(sim, person, lead["Id"])
    qualify(sim, person, 600)
    daemon.sync()
    sim.update(lead["Id"], Title="Countess")
    daemon.sync()
    talk = sim.talk(person, "Hello")
    daemon.json("task", "create", talk)
    entries = daemon.json("history", person)
    equal([(entry["side"], entry["what"]) for entry in entries],
          [("salesforce", "lead"), ("intercom", "link"), ("intercom", "attributes"),
           ("salesforce", "fields"), ("intercom", "attributes"), ("intercom", "event"),
           ("salesforce", "task")], "the entries")
    equal([entry["at"] for entry in entries], sorted(entry["at"] for entry in entries), "the order")
    check(all(entry["result"] for entry in entries), "each has a result")
    contains(str(entries[0]["changes"]), ["LastName", "Ada"], "what was sent")
    equal(entries[4]["changes"]["SALESFORCE_TITLE"], {"from": None, "to": "Countess"}, "the title")
    equal(entries[3]["changes"]["NumberOfEmployees"]["to"], 600, "the field")
    equal(daemon.json("history", lead["Id"]), entries, "asked by the record")
    contains(daemon.ctl("history", ADA), ["lead", "NumberOfEmployees", "600"], "in words")
