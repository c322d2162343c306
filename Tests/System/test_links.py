"""M2 to M8: which record supplies a person, and what happens to links."""

from harness.cases import check, equal, test, wait_until
from harness.daemon import Daemon, started
from harness.simulator import Simulator


@test("M2: a contact wins over a newer lead, and matches lists both")
def contact_wins(bench):
    sim = Simulator(bench)
    contact = sim.contact("ada@example.com")
    lead = sim.lead("Ada@Example.com ")
    person = sim.person("ada@example.com")
    daemon = started(bench, sim)
    equal(sim.attributes(person)["SALESFORCE_ID"], contact, "the record of the person")
    match, = daemon.json("matches")
    equal((match["contact"], match["winner"]), (person, contact), "matches")
    equal({c["id"] for c in match["candidates"]}, {contact, lead}, "the candidates")
    explained = daemon.explain("ada@example.com")
    equal([c["id"] for c in explained["candidates"] if c["wins"]], [contact], "explain's winner")
    check(all(c["why"] for c in explained["candidates"]), "each candidate says why")


CONVERTED = "salesforce-lead-converted"


def world(bench, **settings):
    """A lead of its own address, linked to a person; and the daemon."""
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com", Title="CEO")
    person = sim.person("ada@example.com")
    daemon = started(bench, sim, **settings)
    equal(linked_to(sim, person), lead, "the link at first")
    return sim, daemon, person, lead


def linked_to(sim, person):
    return sim.attributes(person).get("SALESFORCE_ID")


def is_cleared(sim, person):
    return not any(value for name, value in sim.attributes(person).items()
                   if name.startswith("SALESFORCE_"))


@test("M2: the newest wins within a class, and the incumbent stays while it matches")
def incumbent(bench):
    sim, daemon, person, lead = world(bench)
    newer = sim.lead("ada@example.com")
    sim.salesforce("touch", id=newer)
    sim.update(newer, Title="Newer")
    daemon.sync()
    equal(linked_to(sim, person), lead, "the incumbent stays")
    daemon.sync("--full")
    equal(linked_to(sim, person), lead, "the incumbent stays through a full sync")
    late = sim.person("ADA@example.com", role="lead")
    daemon.sync()
    candidates = {sim.record(r, "CreatedDate")["CreatedDate"]: r for r in (lead, newer)}
    best = candidates[max(candidates)] if len(candidates) == 2 else min(lead, newer)
    equal(linked_to(sim, late), best, "who comes later gets the newest, then the lowest id")


@test("M1: a person without a record is never written to")
def unmatched(bench):
    sim, daemon, person, lead = world(bench)
    strangers = [sim.person("else@example.com"), sim.person(None), sim.person("")]
    since = sim.last()
    daemon.sync()
    daemon.sync("--full")
    equal(sim.received(since), [], "writes")
    check(all(is_cleared(sim, p) for p in strangers), "strangers carry nothing")


@test("M2: with none a person waits unlinked until link, and unlink ends that")
def held(bench):
    sim = Simulator(bench)
    one, two = sim.lead("ada@example.com"), sim.contact("ada@example.com")
    person = sim.person("ada@example.com")
    daemon = started(bench, sim, match={"prefer": "none"})
    equal(sim.received(), [], "nothing is written")
    match, = daemon.json("matches")
    equal((match["contact"], match["winner"]), (person, None), "matches lists the person")
    for record in (one, two):
        daemon.ctl("link", "ada@example.com", record)
        daemon.sync()
        equal(linked_to(sim, person), record, "pinned by hand")
    daemon.ctl("unlink", person)
    daemon.sync()
    check(linked_to(sim, person) in (two, None), "after unlink the incumbent stays or none")


@test("M2: a pinned link outlives better matches and changed addresses; unlink ends it (M7)")
def pinned(bench):
    sim, daemon, person, lead = world(bench)
    other = sim.contact("other@example.com", Title="Other")
    daemon.sync()
    pin = daemon.json("link", person, other)
    equal((pin["contact"], pin["record"]), (person, other), "what link answers")
    daemon.sync()
    equal(linked_to(sim, person), other, "pinned to a record with another address")
    sim.contact("ada@example.com", Title="Better")
    sim.intercom("update", id=person, field="email", value="new@example.com")
    sim.update(other, Email="else@example.com")
    daemon.sync()
    equal(linked_to(sim, person), other, "the pin holds")
    sim.intercom("update", id=person, field="email", value="ada@example.com")
    daemon.ctl("unlink", person)
    daemon.sync()
    check(linked_to(sim, person) not in (other, None), "unlink gives the link back to e-mail")
    equal(sim.events(), [], "links that move send no events (S6)")


@test("M3: a new person is matched without Salesforce, a new record without Intercom")
def newcomers(bench):
    sim, daemon, person, lead = world(bench)
    waiting = sim.lead("new@example.com")
    daemon.sync()
    sim.reset()
    late = sim.person("New@Example.com")
    daemon.sync()
    equal(linked_to(sim, late), waiting, "the new person's record")
    equal(sim.counters()["salesforce"]["api_calls"], 1, "Salesforce calls: the poll's own")
    early = sim.person("early@example.com")
    daemon.sync()
    sim.reset()
    record = sim.contact("early@example.com")
    daemon.sync()
    equal(linked_to(sim, early), record, "the new record's person")
    calls = sim.counters()["intercom"]["calls"]
    equal((calls.get("put"), calls.get("find", 0) + calls.get("get", 0)), (1, 0), "Intercom calls")


@test("M4: a conversion moves the link in one PUT and one event, whatever the target's e-mail is")
def conversion(bench):
    sim, daemon, person, lead = world(bench)
    since = sim.last()
    contact = sim.salesforce("convert", id=lead)
    daemon.sync()
    check_conversion(sim, person, lead, contact, since)
    sim.lead("bob@example.com")
    bob = sim.person("bob@example.com")
    target = sim.contact("another@example.com", LastName="Target")
    daemon.sync()
    since = sim.last()
    old = linked_to(sim, bob)
    sim.salesforce("convert", id=old, into=target)
    daemon.sync()
    check_conversion(sim, bob, old, target, since)
    daemon.sync("--full")
    equal(linked_to(sim, bob), target, "pinned, as the addresses differ")


def check_conversion(sim, person, lead, contact, since):
    equal(linked_to(sim, person), contact, "the link follows the conversion")
    equal(sim.attributes(person)["SALESFORCE_OBJECT_TYPE"], "Contact", "the object")
    rows = sim.received(since)
    equal(sorted(row["kind"] for row in rows), ["event", "put"], "what arrived")
    event = sim.events(person)[-1]
    equal(event["name"], CONVERTED, "the event")
    facts = {key: event["metadata"][key] for key in ("from", "to", "salesforce_id", "object_type")}
    equal(facts, {"from": lead, "to": contact, "salesforce_id": contact,
                  "object_type": "Contact"}, "its metadata")


@test("M5: merges in Salesforce are followed through chains, and a conversion behind them")
def merge_chain(bench):
    sim, daemon, person, lead = world(bench)
    second, third = sim.lead("b@example.com"), sim.lead("c@example.com", Title="Third")
    daemon.sync()
    sim.salesforce("merge", id=second, **{"from": [lead]})
    sim.salesforce("merge", id=third, **{"from": [second]})
    daemon.sync()
    equal(linked_to(sim, person), third, "the end of the chain")
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "Third", "its title")
    fourth = sim.lead("d@example.com")
    sim.salesforce("merge", id=fourth, **{"from": [third]})
    contact = sim.salesforce("convert", id=fourth)
    daemon.sync()
    equal(linked_to(sim, person), contact, "merged, then converted")


@test("M6: deletion ends the link, the next candidate takes over, undelete brings it back")
def deletion(bench):
    sim, daemon, person, lead = world(bench)
    sim.salesforce("delete", id=lead)
    daemon.sync()
    check(is_cleared(sim, person), "nothing of ours is left")
    sim.salesforce("undelete", id=lead)
    daemon.sync()
    equal(linked_to(sim, person), lead, "undelete brings it back")
    contact = sim.contact("ada@example.com")
    daemon.sync()
    equal(linked_to(sim, person), contact, "the better class")
    sim.salesforce("delete", id=contact)
    daemon.sync()
    equal(linked_to(sim, person), lead, "the next best candidate takes over")
    equal(sim.events(), [], "no event")


@test("M6: a hard deletion is found by sync --full, and only what is really gone ends")
def hard_deletion(bench):
    sim, daemon, person, lead = world(bench)
    keep = sim.lead("keep@example.com")
    other = sim.person("keep@example.com")
    # A row that is no older than the read's start is left alone (M6).
    made = sim.time()
    wait_until("the org's clock went on", lambda: sim.time() > made + 1500)
    daemon.sync()
    sim.salesforce("hard-delete", id=lead)
    daemon.sync()
    equal(linked_to(sim, person), lead, "a poll cannot see it")
    # A row of the second in which the read begins counts as younger than the read.
    wait_until("the full sync finds it",
               lambda: daemon.sync("--full") and is_cleared(sim, person), seconds=20)
    equal(linked_to(sim, other), keep, "the other one stays")


@test("M7: an e-mail changed on either side moves the link in that cycle")
def changed_address(bench):
    sim, daemon, person, lead = world(bench)
    other = sim.lead("bob@example.com", Title="Bob")
    daemon.sync()
    sim.intercom("update", id=person, field="email", value=" BOB@example.com")
    daemon.sync()
    equal(linked_to(sim, person), other, "the person's address changed")
    sim.update(other, Email="nobody@example.com")
    daemon.sync()
    check(is_cleared(sim, person), "the record's address changed")
    sim.update(lead, Email="bob@example.com")
    daemon.sync()
    equal(linked_to(sim, person), lead, "another record took the address")
    sim.intercom("update", id=person, field="email", value=None)
    daemon.sync()
    check(is_cleared(sim, person), "without an address there is no link")


@test("M8: archived, blocked and deleted people drop out, and their deliveries end without error")
def dropped_people(bench):
    sim, daemon, person, lead = world(bench)
    people, leads = {}, {}
    for verb in ("archive", "block", "delete"):
        leads[verb] = sim.lead(f"{verb}@example.com")
        people[verb] = sim.person(f"{verb}@example.com")
    daemon.sync()
    equal(daemon.status()["links"]["people"], 4, "links before")
    for verb, gone in people.items():
        sim.intercom(verb, id=gone)
        sim.update(leads[verb], Title="News for nobody")
    daemon.sync()
    equal(daemon.json("queue"), [], "the queue")
    equal(daemon.errors(), [], "open errors")
    equal(sim.events(), [], "events")
    daemon.sync("--full")
    equal(daemon.status()["links"]["people"], 1, "links after")
    sim.intercom("unarchive", id=people["archive"])
    daemon.sync("--full")
    equal(linked_to(sim, people["archive"]), leads["archive"], "unarchived, the person is back")


@test("M5: after a merge in Intercom the survivor takes the link and its pin")
def intercom_merge(bench):
    sim = Simulator(bench)
    record = sim.lead("other@example.com", Title="Pinned")
    visitor = sim.person("ada@example.com", role="lead")
    daemon = started(bench, sim)
    daemon.ctl("link", visitor, record)
    daemon.sync()
    equal(linked_to(sim, visitor), record, "the visitor is pinned")
    user = sim.person("ada@example.com")
    sim.intercom("merge", id=visitor, into=user)
    sim.update(record, Title="After the merge")
    daemon.sync()
    daemon.sync()
    equal(sim.attributes(user).get("SALESFORCE_TITLE"), "After the merge", "the survivor's title")
    equal(linked_to(sim, user), record, "the survivor's record")
    equal(daemon.errors(), [], "open errors")


@test("M5, S8: a survivor that no poll has brought yet takes the pin and the events that waited")
def unseen_survivor(bench):
    sim = Simulator(bench)
    record = sim.lead("other@example.com", Title="Pinned")
    visitor = sim.person("ada@example.com", role="lead")
    daemon = started(bench, sim)
    daemon.ctl("link", visitor, record)
    daemon.sync()
    sim.fault("intercom", "put", "status", value=503)
    sim.update(record, Title="Promoted")
    daemon.ctl("sync")
    wait_until("the PUT waits", lambda: [d for d in daemon.json("queue") if d["attempts"]])
    user = sim.person("ada@example.com")
    sim.intercom("merge", id=visitor, into=user)
    wait_until("the survivor is written to",
               lambda: sim.attributes(user).get("SALESFORCE_TITLE") == "Promoted", seconds=40)
    wait_until("nothing is left", lambda: daemon.json("queue") == [], seconds=40)
    equal(linked_to(sim, user), record, "the survivor's record")
    equal([(e["metadata"]["from"], e["metadata"]["to"]) for e in sim.events(user)],
          [("Pinned", "Promoted")], "its event")
    equal(daemon.errors(), [], "open errors")


@test("M1: people who share an address are each linked, and follow together")
def shared_address(bench):
    sim, daemon, person, lead = world(bench)
    twins = [sim.person("ADA@example.com", role="lead"), sim.person("ada@EXAMPLE.com", role="lead")]
    daemon.sync()
    equal([linked_to(sim, p) for p in twins], [lead, lead], "the twins")
    sim.update(lead, Title="CTO")
    daemon.sync()
    equal({sim.attributes(p)["SALESFORCE_TITLE"] for p in twins + [person]}, {"CTO"}, "titles")
    equal(len(sim.events()), 3, "an event for each")
    equal(len(daemon.explain("ada@example.com")), 3, "explain names all three")


@test("M1: match.by an external id links whatever the addresses are")
def external_id(bench):
    sim = Simulator(bench, external_id_field="Intercom_ID__c")
    lead = sim.lead("one@example.com", Intercom_ID__c="u-1")
    person = sim.person("two@example.com", external_id="u-1")
    mail = sim.person("one@example.com", external_id="u-2")
    daemon = started(bench, sim, match={})
    daemon.stop()
    text = open(daemon.config, encoding="utf-8").read().replace(
        "[match]", '[match]\nby = { intercom = "external_id", salesforce = "Intercom_ID__c" }')
    daemon = started_by(bench, sim, text)
    equal(linked_to(sim, person), lead, "by the external id")
    equal(daemon.explain(mail)["candidates"], [], "the address does not count")


def started_by(bench, sim, text):
    daemon = Daemon(bench, sim, name="external")
    old = bench.path("daemon")
    daemon.write(text.replace(old, daemon.directory))
    daemon.start()
    daemon.sync()
    return daemon


@test("O2: plan is what is then written, and writes nothing itself")
def plan_is_true(bench):
    sim, daemon, person, lead = world(bench)
    other = sim.lead("bob@example.com", Title="Bob")
    bob = sim.person("bob@example.com")
    sim.update(lead, Title="CTO", Status="Working - Contacted")
    since = sim.last()
    plan = daemon.json("plan")
    equal(daemon.json("plan"), plan, "a second plan")
    equal(sim.received(since), [], "writes of plan")
    equal(daemon.json("queue"), [], "the queue after plan")
    daemon.sync()
    rows = sim.received(since)
    equal(sorted((p["kind"], p["contact"]) for p in plan),
          sorted(("event" if r["kind"] == "event" else "attributes", r["contact"])
                 for r in rows), "planned and written")
    for entry in plan:
        if entry["kind"] == "attributes":
            sent, = [r["body"]["custom_attributes"] for r in rows
                     if r["kind"] == "put" and r["contact"] == entry["contact"]]
            changed = {name: change["to"] for name, change in entry["changes"].items()}
            equal({name: sent[name] for name in changed}, changed, "the values of the PUT")
        else:
            (name, change), = entry["changes"].items()
            event, = [e for e in sim.events(person) if e["name"] == name]
            equal((event["metadata"]["from"], event["metadata"]["to"]),
                  (change["from"], change["to"]), f"the event {name}")
    equal(linked_to(sim, bob), other, "the newcomer")
    equal(daemon.json("plan"), [], "the plan afterwards")
    equal(daemon.json("plan", "--full"), [], "the full plan afterwards")


@test("O2: explain says what was sent, what is pending and what was refused")
def explain_says(bench):
    sim, daemon, person, lead = world(bench)
    explained = daemon.explain(person)
    equal(explained["contact"]["id"], person, "whom")
    equal(explained["sent"]["SALESFORCE_ID"], lead, "what was sent")
    equal((explained["pending"], explained["errors"]), ([], []), "nothing is open")
    equal(daemon.explain(lead)["contact"]["id"], person, "by the Salesforce id")
    equal(daemon.explain(lead[:15])["contact"]["id"], person, "by the short Salesforce id")
    sim.fault("intercom", "put", "status", value=400)
    sim.update(lead, Title="CTO")
    daemon.sync(expect=1)
    explained = daemon.explain(" Ada@Example.com ")
    check([d["state"] for d in explained["pending"]].count("parked") >= 1, "the refused one")
    entry, = explained["errors"]
    equal(entry["subject"]["contact"], person, "the error's subject")
    parked = [d for d in daemon.json("queue") if d["state"] == "parked"]
    equal(len(parked), daemon.status()["queue"]["parked"], "parked in queue and status")
    daemon.ctl("errors", "retry", "--all")
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "CTO", "retried by hand")
    equal(daemon.errors(), [], "the entry closed by itself (E1)")
    alone = sim.lead("alone@example.com")
    daemon.sync()
    explained = daemon.explain(alone)
    equal((explained["contact"], explained["candidates"][0]["wins"]), (None, False), "alone")


@test("M7: an address changed while a delivery waited moves the link at the next poll")
def address_behind_a_delivery(bench):
    sim, daemon, person, lead = world(bench)
    bob = sim.lead("bob@example.com")
    daemon.sync()
    sim.fault("intercom", "put", "status", value=503)
    sim.update(lead, Title="CTO")
    daemon.ctl("sync")
    wait_until("the first try was refused", lambda: any(
        d["attempts"] > 0 for d in daemon.json("queue")))
    sim.intercom("update", id=person, field="email", value="bob@example.com")
    # Unless a poll of the daemon's own was before it, and has moved the link already.
    wait_until("the PUT is repeated", lambda: sim.attributes(person)["SALESFORCE_TITLE"] == "CTO"
               or linked_to(sim, person) == bob, seconds=40)
    daemon.sync()
    equal(linked_to(sim, person), bob, "the link follows the address")
    daemon.sync()
    equal(daemon.json("queue"), [], "the queue")
