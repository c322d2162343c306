"""S4 to S11: what a change in either system brings to Intercom."""

import datetime
import html

from harness.cases import check, equal, test, wait_until
from harness.daemon import Daemon, started
from harness.simulator import Simulator

OWNER = "salesforce-owner-updated"
STATUS = "salesforce-status-updated"
TITLE = "salesforce-title-updated"


def linked(bench, **settings):
    """One lead of one owner, linked to one person, enriched."""
    sim = Simulator(bench)
    owner = sim.user("Owner", "first@example.com", first_name="First", title="Seller")
    lead = sim.lead("ada@example.com", LastName="Lovelace", FirstName="Ada", Title="CEO",
                    OwnerId=owner)
    person = sim.person("ada@example.com")
    daemon = started(bench, sim, **settings)
    equal(sim.attributes(person)["SALESFORCE_ID"], lead, "the person is enriched at first")
    return sim, daemon, person, lead, owner


def arrived(sim, since):
    """The kinds of the writes after the `since`-th, and the bodies of the PUTs."""
    rows = sim.received(since)
    puts = [row["body"]["custom_attributes"] for row in rows if row["kind"] == "put"]
    return [row["kind"] for row in rows], puts


def second(sim, record):
    """When Salesforce last changed a record."""
    stamp = sim.record(record, "SystemModstamp")["SystemModstamp"]
    if stamp.isdigit():
        return int(stamp) // 1000
    return int(datetime.datetime.strptime(stamp[:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z").timestamp())


def metadata(sim, record, before, after, kind="Lead", name="Ada Lovelace"):
    return {"from": before, "to": after, "salesforce_id": record, "object_type": kind,
            "record": {"url": f"{sim.salesforce_url}/{record}", "value": name}}


def check_event(event, name, at, expected):
    equal((event["name"], event["created_at"]), (name, at), "the event's name and second")
    equal(event["metadata"], expected, f"metadata of {name}")


@test("S5: a renamed user reaches everyone whose record it owns, without an event")
def rename(bench):
    sim, daemon, person, lead, owner = linked(bench)
    others = []
    for number in range(5):
        sim.lead(f"o{number}@example.com", OwnerId=owner)
        others.append(sim.person(f"o{number}@example.com"))
    daemon.sync()
    since = sim.last()
    sim.salesforce("rename-user", id=owner, first_name="Élise", last_name="O'Neil & <Sons>")
    daemon.sync()
    kinds, puts = arrived(sim, since)
    equal(kinds, ["put"] * 6, "what arrived")
    equal({put["SALESFORCE_OWNER_NAME"] for put in puts}, {"Élise O'Neil & <Sons>"}, "the name")
    equal(sim.events(), [], "events")
    daemon.sync()
    equal(arrived(sim, since)[0], ["put"] * 6, "nothing more at the next poll")


@test("S5: a changed role, a role's new name, a deleted role, a user's new e-mail and title")
def owner_details(bench):
    sim, daemon, person, lead, owner = linked(bench)
    equal(sim.attributes(person)["SALESFORCE_OWNER_ROLE"], "Seller", "title without a role")
    role = sim.salesforce("create-role", name="Field Sales")

    def then(name, value):
        daemon.sync()
        equal(sim.attributes(person).get(name), value, name)

    sim.salesforce("set-user-role", id=owner, role=role)
    then("SALESFORCE_OWNER_ROLE", "Field Sales")
    sim.salesforce("rename-role", id=role, name="Key Accounts")
    then("SALESFORCE_OWNER_ROLE", "Key Accounts")
    sim.update(owner, Email="new@example.com")
    then("SALESFORCE_OWNER_EMAIL", "new@example.com")
    sim.salesforce("delete-role", id=role)
    then("SALESFORCE_OWNER_ROLE", "Seller")
    sim.update(owner, Title=None)
    then("SALESFORCE_OWNER_ROLE", None)
    equal(sim.events(), [], "events")


@test("S3, S5: a queue has its own e-mail or none, no role, and may be renamed")
def queue_owner(bench):
    sim, daemon, person, lead, owner = linked(bench)
    queue = sim.salesforce("create-queue", name="Inbound")
    sim.update(lead, OwnerId=queue)
    daemon.sync()
    held = sim.attributes(person)
    equal([held.get("SALESFORCE_OWNER_" + x) for x in ("ID", "NAME", "EMAIL", "ROLE")],
          [queue, "Inbound", None, None], "the queue")
    sim.salesforce("rename-queue", id=queue, name="Outbound")
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_OWNER_NAME"], "Outbound", "the new name")
    equal([e["name"] for e in sim.events()], [OWNER], "one event, for the change of owner")


@test("S6: owner, status and title each send one event with exact metadata and second")
def exact_events(bench):
    sim, daemon, person, lead, owner = linked(bench)
    other = sim.user("Other", "second@example.com", first_name="Second")
    changes = ((OWNER, {"OwnerId": other}, "First Owner", "Second Other"),
               (STATUS, {"Status": "Working - Contacted"}, "Open - Not Contacted",
                "Working - Contacted"),
               (TITLE, {"Title": "CTO & <Co>"}, "CEO", "CTO & <Co>"),
               (TITLE, {"Title": None}, "CTO & <Co>", ""))
    for number, (name, fields, before, after) in enumerate(changes):
        since = sim.last()
        sim.update(lead, **fields)
        daemon.sync()
        equal(arrived(sim, since)[0].count("put"), 1, f"PUTs for {name}")
        events = sim.events(person)
        equal(len(events), number + 1, f"events after {name}")
        at = second(sim, lead)
        # Two changes of one kind in one second are a second apart (S7).
        same = [e["created_at"] for e in events[:-1] if e["name"] == name]
        check_event(events[-1], name, max([at] + [s + 1 for s in same if s >= at]),
                    metadata(sim, lead, before, after))


@test("S6: a contact sends no status event; first enrichment and a touch send none")
def no_events(bench):
    sim, daemon, person, lead, owner = linked(bench)
    contact = sim.contact("carl@example.com", Title="Buyer", LastName="Carl")
    someone = sim.person("carl@example.com")
    daemon.sync()
    equal(sim.events(), [], "events of first enrichment")
    sim.salesforce("touch", id=contact)
    sim.salesforce("touch", id=lead)
    since = sim.last()
    daemon.sync()
    equal(arrived(sim, since)[0], [], "what a touch brings")
    sim.update(contact, Title="CFO")
    daemon.sync()
    event, = sim.events(someone)
    check_event(event, TITLE, second(sim, contact),
                metadata(sim, contact, "Buyer", "CFO", "Contact", "Carl"))


@test("S6: a link that moves to another record sends no event")
def moved_link(bench):
    sim, daemon, person, lead, owner = linked(bench)
    contact = sim.contact("ada@example.com", Title="Countess")
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_ID"], contact, "the better class takes over")
    equal(sim.attributes(person).get("SALESFORCE_STATUS"), None, "a contact has no status")
    equal(sim.events(), [], "events")


@test("S7: changes of one kind within one second are a second apart, and none is lost")
def same_second(bench):
    sim, daemon, person, lead, owner = linked(bench)
    titles = ["CEO"] + [f"Title {number}" for number in range(6)]
    for title in titles[1:]:
        sim.update(lead, Title=title)
        daemon.sync()
    events = [e for e in sim.events(person) if e["name"] == TITLE]
    found = [(e["metadata"]["from"], e["metadata"]["to"]) for e in events]
    equal(found, list(zip(titles, titles[1:])), "every change, in order")
    seconds = [e["created_at"] for e in events]
    equal(len(set(seconds)), len(seconds), f"seconds of their own: {seconds}")
    equal(sim.counters()["intercom"]["duplicate_events"], 0, "duplicates")


@test("S8: everything that changed for a person in a cycle is one PUT, and one POST an event")
def one_put(bench):
    sim, daemon, person, lead, owner = linked(bench)
    other = sim.user("Other", "second@example.com")
    since = sim.last()
    sim.update(lead, Title="CTO")
    sim.update(lead, Status="Working - Contacted", OwnerId=other)
    sim.salesforce("rename-user", id=other, first_name="N", last_name="Ew")
    daemon.sync()
    kinds, puts = arrived(sim, since)
    equal(sorted(kinds), ["event", "event", "event", "put"], "what arrived")
    equal((puts[0]["SALESFORCE_TITLE"], puts[0]["SALESFORCE_OWNER_NAME"]), ("CTO", "N Ew"),
          "the one PUT")


@test("S8: changes that wait while Intercom is away become one PUT; their events all stay")
def waiting_changes(bench):
    sim, daemon, person, lead, owner = linked(bench)
    since = sim.last()
    sim.fault("intercom", "put", "status", value=503, times=2)
    for number in range(3):
        sim.update(lead, Title=f"T{number}")
        daemon.ctl("sync")
        wait_until(f"change {number} is read",
                   lambda: f'"T{number}"' in daemon.ctl("queue", "--json")
                   or sim.attributes(person)["SALESFORCE_TITLE"] == f"T{number}")
    wait_until("the queue is empty", lambda: daemon.json("queue") == [], seconds=40)
    kinds, puts = arrived(sim, since)
    equal(puts[-1]["SALESFORCE_TITLE"], "T2", "the last PUT")
    equal(kinds.count("event"), 3, "events")
    equal([e["metadata"]["to"] for e in sim.events(person)], ["T0", "T1", "T2"], "their order")


@test("S10: attributes edited or cleared by hand are put back at the next poll")
def put_back(bench):
    sim, daemon, person, lead, owner = linked(bench)
    before = sim.attributes(person)
    for value in ("mine", None):
        since = sim.last()
        for name in ("SALESFORCE_TITLE", "SALESFORCE_OWNER_NAME"):
            sim.intercom("set-attribute", id=person, name=name, value=value)
        daemon.sync()
        equal(arrived(sim, since)[0], ["put"], f"one PUT after {value!r}")
        equal(sim.attributes(person), before, f"put back after {value!r}")
    daemon.sync()
    equal(arrived(sim, since)[0], ["put"], "nothing more")
    equal(sim.events(), [], "events")


@test("S10: an edit by hand in the very second of our own write is put back too")
def same_second_edit(bench):
    sim, daemon, person, lead, owner = linked(bench)
    for number in range(4):
        sim.update(lead, Title=f"T{number}")
        daemon.sync()
        sim.intercom("set-attribute", id=person, name="SALESFORCE_TITLE", value="mine")
        daemon.sync()
        equal(sim.attributes(person)["SALESFORCE_TITLE"], f"T{number}", f"edit {number}")


@test("S10: escaped names and cut texts are not written again")
def altered_values(bench):
    sim, daemon, person, lead, owner = linked(bench)
    sim.salesforce("rename-user", id=owner, first_name="<R&D>", last_name="\"O'Brien\" &amp; Sons")
    sim.update(lead, Title="&lt;already&gt; & " + "😀" * 200)
    daemon.sync()
    since = sim.last()
    held = html.unescape(sim.attributes(person)["SALESFORCE_TITLE"])
    check(held.endswith("😀") and len(held.encode("utf-16-le")) // 2 <= 255, f"cut whole: {held}")
    for _ in range(3):
        daemon.sync()
    daemon.sync("--full")
    equal(arrived(sim, since)[0], [], "writes of four further polls")


@test("S11: a hand edit of something else changes nothing, and a poll is no news")
def unrelated_edit(bench):
    sim, daemon, person, lead, owner = linked(bench)
    since = sim.last()
    sim.intercom("update", id=person, field="name", value="Another Name")
    sim.intercom("set-attribute", id=person, name="plan", value="gold")
    sim.update(lead, Phone="+44 1", Company="Other")
    daemon.sync()
    equal(arrived(sim, since)[0], [], "what arrived")


@test("S11: a search that lags behind does not undo what was just written")
def lagging_search(bench):
    sim = Simulator(bench, search_lag=1500)
    lead = sim.lead("ada@example.com", Title="A")
    person = sim.person("ada@example.com")
    daemon = started(bench, sim)
    sim.intercom("update", id=person, field="name", value="Ada")
    for title in "BCDE":
        sim.update(lead, Title=title)
        daemon.sync()
        equal(sim.attributes(person)["SALESFORCE_TITLE"], title, "the newest title")
    since = sim.last()
    seen = sim.time()
    wait_until("the search caught up", lambda: sim.time() > seen + 2000)
    daemon.sync()
    daemon.sync()
    equal(arrived(sim, since)[0], [], "writes once the search caught up")
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "E", "the title at the end")


@test("S4: missing attributes are created, an archived twin is revived, another type is an error")
def attributes_at_start(bench):
    sim = Simulator(bench)
    sim.intercom("define-attribute", name="SALESFORCE_TITLE")
    sim.intercom("archive-attribute", name="SALESFORCE_TITLE")
    lead = sim.lead("ada@example.com", Title="CEO")
    person = sim.person("ada@example.com")
    daemon = started(bench, sim)
    equal(sim.attributes(person).get("SALESFORCE_TITLE"), "CEO", "the revived attribute")
    equal(sim.attributes(person).get("SALESFORCE_ID"), lead, "a created attribute")
    daemon.stop()
    sim = Simulator(bench, name="typed")
    sim.intercom("define-attribute", name="SALESFORCE_STATUS", data_type="integer")
    sim.lead("ada@example.com")
    sim.person("ada@example.com")
    daemon = Daemon(bench, sim, name="typed-daemon").start()
    result = daemon.sync(expect=1)
    check(result["broken"] == ["intercom"] or result["failures"], f"sync says so: {result}")
    entry, = daemon.errors()
    check("SALESFORCE_STATUS" in entry["what"] + entry["cause"], f"names the attribute: {entry}")
    check(entry["remedy"], "says what to do")
    equal(sim.received(), [], "nothing is written meanwhile")


@test("S4: an attribute archived while we run is made again, as one entry and not one a person")
def archived_attribute(bench):
    sim, daemon, person, lead, owner = linked(bench)
    people = []
    for number in range(5):
        sim.lead(f"p{number}@example.com", OwnerId=owner)
        people.append(sim.person(f"p{number}@example.com"))
    daemon.sync()
    sim.intercom("archive-attribute", name="SALESFORCE_OWNER_NAME")
    sim.salesforce("rename-user", id=owner, first_name="New", last_name="Name")
    daemon.ctl("sync", "--wait", expect=None)

    def everyone():
        names = {sim.attributes(p).get("SALESFORCE_OWNER_NAME") for p in people + [person]}
        return names == {"New Name"}

    wait_until("the attribute is back and everyone carries it", everyone, seconds=30)
    wait_until("its entry is closed", lambda: daemon.errors() == [])
    check(len(daemon.json("errors", "--all")) <= 1, "at most one entry for all of them")


@test("S9: a change arrives while the backfill still runs", limit=90)
def fresh_before_backfill(bench):
    sim = Simulator(bench, leads=1500, people=1500, rate=300)
    lead = sim.lead("ada@example.com", Title="before")
    person = sim.person("ada@example.com")
    daemon = Daemon(bench, sim).start()
    wait_until("the first enrichment", lambda: daemon.status()["initial_sync"]["phase"] ==
               "deliver", seconds=30)
    sim.update(lead, Title="after")
    daemon.ctl("sync")
    wait_until("the change has arrived", lambda: sim.attributes(person).get("SALESFORCE_TITLE") ==
               "after", seconds=15)
    status = daemon.status()
    check(status["initial_sync"]["phase"] == "deliver", f"the backfill still runs: {status}")
    equal(status["state"], "initial-sync", "the state meanwhile")
