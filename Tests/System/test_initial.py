"""The initial sync of a whole org (S3, M2, I1, I2), and a poll without news (S1)."""

import html
import json

from harness.cases import check, equal, test, wait_until
from harness.daemon import Daemon, started
from harness.oracle import NAMES, Org
from harness.simulator import Simulator

FAMILY = "👩‍👩‍👧‍👦"
ACCENTED = "e\u0301"

# A title, and what of it fits into 255 UTF-16 units at a whole grapheme.
TITLES = {
    "x" * 255: "x" * 255,
    "x" * 256: "x" * 255,
    "y" * 254 + "😀": "y" * 254,
    "z" * 250 + FAMILY: "z" * 250,
    "a" * 254 + ACCENTED: "a" * 254,
    ACCENTED * 200: ACCENTED * 127,
    "د" * 300: "د" * 255,
    "部長 & <CEO> \"Ä\" 'x' \\ \u202eRTL\u202c Ωμέγα ไทย हिन्दी 🇩🇪": None,
    "tab\tand\nline": None,
}


def strange_world(sim):
    """What the seeded world lacks: titles of every kind, nulls, several matches, the unmatched."""
    for number, title in enumerate(TITLES):
        make = sim.lead if number % 2 else sim.contact
        make(f"title{number}@example.org", Title=title)
        sim.person(f"TITLE{number}@example.org")
    bare = sim.salesforce("create-queue", name="Queue <&> \"None\"")
    untitled = sim.user("只", "only@example.org")
    titled = sim.user("T", "titled@example.org", first_name="Ｔ", title="R&D <Lead>")
    for number, owner in enumerate((bare, untitled, titled)):
        sim.lead(f"owner{number}@example.org", OwnerId=owner, Title=None)
        sim.person(f"owner{number}@example.org")
    for number in range(30):
        several_matches(sim, number)
    gone = sim.lead("gone@example.org")
    sim.salesforce("delete", id=gone)
    sim.person("gone@example.org")
    sim.salesforce("convert", id=sim.lead("converted@example.org"))
    sim.person("converted@example.org")
    for email in ("ÄÖÜ@EXAMPLE.ORG", "Σίσυφος@example.org", "İstanbul@example.org"):
        sim.lead(email)
        sim.person(email.lower() if "İ" not in email else email)


def several_matches(sim, number):
    address = f"several{number}@example.org"
    for kind in ("lead", "contact", "lead", "contact")[: 2 + number % 3]:
        getattr(sim, kind)(address, LastName=f"{kind} {number}")
    for _ in range(1 + number % 3):
        sim.person(address, role="lead")


def compare(people, expected):
    """The people who do not carry exactly what they should."""
    wrong = []
    for person in people:
        held = person["custom_attributes"]
        found = {name: held.get(name) and html.unescape(held[name]) for name in NAMES}
        right = expected.get(person["id"], dict.fromkeys(NAMES))
        if found != right:
            wrong.append((person["id"], person["email"],
                          {n: (found[n], right[n]) for n in NAMES if found[n] != right[n]}))
    return wrong


def check_everyone(sim, prefer="contact"):
    """Each person carries what the oracle says; returns how many are linked."""
    people = sim.list_people()
    cuts = {title: short for title, short in TITLES.items() if short}
    expected = Org(sim).expected(people, prefer, cuts)
    wrong = compare(people, expected)
    check(not wrong, f"{len(wrong)} of {len(people)} people are wrong, such as {wrong[:3]}")
    return expected


def phases_seen(daemon):
    """The phases that status shows on the way, in order, and the shares done."""
    seen = []

    def look():
        status = daemon.status()
        sync = status["initial_sync"]
        check(0 <= sync["fraction"] <= 1, f"a fraction between 0 and 1: {sync}")
        if not seen or seen[-1] != sync["phase"]:
            seen.append(sync["phase"])
        return sync["phase"] == "done"

    wait_until("the initial sync is done", look, seconds=250, pause=0.1)
    return seen


def check_secrets(daemon, sim):
    """No token, secret or address in the log at info, no token in the store."""
    log = daemon.said()
    secrets = [sim.ready["intercom_token"], sim.ready["salesforce_client_secret"], "Bearer"]
    for word in secrets + ["@example", "@elsewhere"]:
        check(word not in log, f"{word!r} is not in the log")
    for suffix in ("", "-wal"):
        try:
            with open(daemon.store + suffix, "rb") as file:
                stored = file.read()
        except FileNotFoundError:
            continue
        for word in secrets:
            check(word.encode() not in stored, f"{word!r} is not in the store{suffix}")
    return log


@test("S3, M2, I1, I2, S1: 20,000 leads, 5,000 contacts, 30,000 people", limit=340)
def whole_org(bench):
    sim = Simulator(bench, leads=20_000, contacts=5_000, people=30_000)
    strange_world(sim)
    daemon = Daemon(bench, sim).start()
    phases = phases_seen(daemon)
    order = ["salesforce", "intercom", "match", "deliver", "done"]
    equal(phases, [phase for phase in order if phase in phases], "the phases in their order")
    check({"salesforce", "deliver", "done"} <= set(phases), f"the phases seen: {phases}")
    calls = sim.counters()
    check(calls["salesforce"]["calls"].get("bulk", 0) > 0, "leads were read in bulk")
    check(calls["salesforce"]["api_calls"] <= 60, f"few calls: {calls['salesforce']}")
    expected = check_everyone(sim)
    equal(calls["intercom"]["calls"]["put"], len(expected), "one PUT a linked person")
    equal(calls["intercom"]["events"], 0, "first enrichment sends no event (S6)")
    links = daemon.status()["links"]
    equal(links["people"], len(expected), "links in status")
    quiet(sim, daemon)
    log = check_secrets(daemon, sim)
    check(len(log.splitlines()) < 40, "no line a record at info")
    daemon.stop()


def quiet(sim, daemon):
    """A full comparison writes nothing, and a poll without news costs three calls."""
    daemon.sync()
    sim.reset()
    daemon.sync("--full", seconds=120)
    counters = sim.counters()
    equal((counters["intercom"]["writes"], counters["salesforce"]["writes"]), (0, 0),
          "writes of a second full sync")
    equal(daemon.json("queue"), [], "the queue")
    check_quiet_poll(sim, daemon)


def check_quiet_poll(sim, daemon):
    sim.reset()
    daemon.sync()
    counters = sim.counters()
    equal(counters["salesforce"]["api_calls"], 1, "Salesforce calls of a poll without news")
    calls = counters["intercom"]["calls"]
    # Two searches, and the look for leads.tag, which moves nobody's updated_at.
    check(sum(calls.values()) <= 3, f"Intercom calls of a poll without news: {calls}")
    check(max(calls.values()) == 1, f"Intercom calls of one kind: {calls}")
    equal(counters["intercom"]["writes"], 0, "writes of a poll without news")


@test("I1: by REST below bulk_above, in bulk above it, with the same result", limit=90)
def rest_and_bulk(bench):
    arrived = {}
    for above, name in ((1, "bulk"), (1_000_000, "rest")):
        sim = Simulator(bench, leads=2_500, contacts=600, people=1_500, name=name, seed=7)
        daemon = Daemon(bench, sim, name="d-" + name, poll={"bulk_above": above}).start()
        daemon.sync(seconds=80)
        check_everyone(sim)
        used = sim.counters()["salesforce"]["calls"].get("bulk", 0) > 0
        equal(used, name == "bulk", f"bulk calls with bulk_above = {above}")
        arrived[name] = {row["contact"]: row["body"] for row in sim.received()}
    equal(len(arrived["bulk"]), len(arrived["rest"]), "people written")


@test("S1: a poll without news is one Salesforce call and at most three of Intercom")
def idle_poll(bench):
    sim = Simulator(bench, leads=150, contacts=50, people=150)
    daemon = started(bench, sim)
    daemon.sync()
    check_quiet_poll(sim, daemon)
    poll = daemon.status()["last_poll"]
    equal((poll["salesforce_calls"], poll["changed"]), (1, 0), "what status says of it")
    check(poll["intercom_calls"] <= 3, "what status says of Intercom's calls")


@test("M2: each match.prefer links as it says")
def preferences(bench):
    for prefer in ("contact", "lead", "newest", "oldest", "none"):
        sim = Simulator(bench, leads=120, contacts=60, people=140, seed=3, name=prefer)
        daemon = Daemon(bench, sim, name="d-" + prefer, match={"prefer": prefer}).start()
        daemon.sync()
        check_everyone(sim, prefer)
        ambiguous = daemon.status()["links"]["ambiguous"]
        equal(len(daemon.json("matches")), ambiguous, f"matches with {prefer}")
        check(ambiguous > 0, "the world has several matches")
        daemon.stop()


@test("I2: the share of a full sync and its figures are JSON on every command")
def every_command(bench):
    sim = Simulator(bench, leads=30, contacts=10, people=30)
    daemon = started(bench, sim)
    person = sim.list_people()[0]["id"]
    for command in (["status"], ["errors"], ["errors", "--all"], ["plan"], ["plan", "--full"],
                    ["queue"], ["matches"], ["explain", person], ["sync"], ["sync", "--wait"],
                    ["pause"], ["resume"], ["reload"], ["version"], ["errors", "retry", "--all"]):
        text = daemon.ctl(*command, "--json")
        check(not text.strip() or json.loads(text) is not None, f"{command} prints JSON")
