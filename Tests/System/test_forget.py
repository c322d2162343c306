"""O6: forget shows what is stored of a person, then erases it, and nothing else."""

import os
import subprocess

from harness.cases import check, contains, equal, test, wait_until
from harness.daemon import started
from harness.simulator import Simulator

ADA = "ada.lovelace@example.com"
NAME = "Lovelaciana"
SECRET = "Engine Nr. 7 leaks oil"
RULE = {"name": "Big", "when": [{"attribute": "company_size", "is": ">", "value": 500}]}


def stored(daemon):
    """The bytes of every file of the store."""
    data = b""
    for name in sorted(os.listdir(daemon.directory)):
        if name.startswith("sfsync.db") and not name.endswith(".lock"):
            with open(os.path.join(daemon.directory, name), "rb") as file:
                data += file.read()
    return data


def holds(daemon, *texts):
    data = stored(daemon).lower()
    return [text for text in texts if text.lower().encode() in data]


def world(bench, **settings):
    """Somebody of whom there is everything: a link, events, mapped values, a task, an error."""
    sim = Simulator(bench, time_scale=20)
    sim.intercom("define-attribute", name="company_size", data_type="integer")
    lead = sim.lead(ADA, LastName=NAME, Title="Countess")
    person = sim.person(ADA, name=f"Ada {NAME}")
    sim.lead("bob@example.com", LastName="Bobson")
    sim.person("bob@example.com")
    sim.intercom("company", id=person, name="Lovelace Analytical")
    daemon = started(
        bench, sim, mapping={"name": "Description", "company.name": "Website"},
        tasks={"tag": "salesforce-task"}, **settings)
    sim.update(lead, Title="Enchantress")
    talk = sim.talk(person, SECRET)
    sim.intercom("tag-conversation", id=talk, tag="salesforce-task")
    daemon.sync()
    wait_until("the task is there", lambda: sim.tasks(lead))
    return sim, daemon, lead, person


@test("O6: forget shows what there is in plain words, and erases nothing without --yes")
def shown_first(bench):
    sim, daemon, lead, person = world(bench)
    text = daemon.ctl("forget", ADA)
    contains(text, [person, ADA, lead, NAME, "1 profile", "1 link", "1 copy of a record",
                    "history", "Intercom and Salesforce are not touched", "comes back",
                    "Backups", "--yes"], "what is shown")
    told = daemon.json("forget", person)
    equal((told["done"], [p["contact"] for p in told["people"]]), (False, [person]), "by its id")
    equal(told["kept"]["logged_messages"], 1, "what stays")
    equal(daemon.json("forget", lead)["people"], told["people"], "by the record's id")
    check(daemon.json("card", ADA)[0]["id"] == lead, "everything is still there")
    equal(holds(daemon, ADA), [ADA], "the store has the address")


@test("O6: forget --yes leaves no byte of the address, the name or a message in any file")
def erased(bench):
    sim, daemon, lead, person = world(bench)
    marks = (ADA, NAME, SECRET, "Countess", "Enchantress", "Lovelace Analytical")
    check(ADA in holds(daemon, *marks) and NAME in holds(daemon, *marks), "they were there")
    before = sim.writes()
    told = daemon.json("forget", ADA, "--yes")
    check(told["done"], "it says so")
    equal(holds(daemon, *marks), [], "what the files still hold")
    equal(daemon.try_ctl("explain", ADA).returncode, 1, "explain knows nobody")
    equal(daemon.try_ctl("card", lead).returncode, 1, "nor card the record")
    equal(daemon.json("card", "bob@example.com")[0]["name"], "Bobson", "others stay")
    equal(sim.writes(), before, "neither side is touched")
    equal(sim.attributes(person)["SALESFORCE_ID"], lead, "the values in Intercom stay")
    result = daemon.try_ctl("forget", ADA, "--yes")
    equal(result.returncode, 1, "asked again: nobody is known")
    daemon.stop()
    equal(holds(daemon, *marks), [], "nor after a clean stop")
    log = daemon.said()
    check(ADA not in log and person not in log, "the journal names nobody")


def read_by_others(bench):
    """A daemon that has forgotten somebody while another program read its store; that reader."""
    sim, daemon, lead, person = world(bench)
    # A process of its own: who looks at the bytes of a file ends the locks of its own process.
    reader = subprocess.Popen(
        ["sqlite3", daemon.store], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    reader.stdin.write("BEGIN; SELECT 'reads', count(*) FROM person;\n")
    reader.stdin.flush()
    contains(reader.stdout.readline(), ["reads"], "the reader")
    text = daemon.ctl("forget", ADA, "--yes")
    contains(text, ["Another program is reading the store", "removes it"], "what is said")
    equal(holds(daemon, ADA), [ADA], "the log has it still")
    return daemon, reader


@test("O6: what a reader kept from going is gone when forget is asked again")
def asked_again(bench):
    daemon, reader = read_by_others(bench)
    still = daemon.try_ctl("forget", ADA, "--yes")
    equal(still.returncode, 1, "asked again while it is read")
    contains(still.stderr, ["Another program"], "its message")
    reader.communicate(timeout=10)
    said = daemon.try_ctl("forget", ADA, "--yes")
    equal(said.returncode, 1, "nobody is known any more")
    contains(said.stderr, ["Nothing is known", "is gone now"], "its message")
    equal(holds(daemon, ADA, NAME), [], "what the files still hold")


@test("O6 O1: what a reader kept from going is gone after a kill and a start")
def started_anew(bench):
    daemon, reader = read_by_others(bench)
    reader.communicate(timeout=10)
    daemon.kill()
    daemon.start()
    equal(holds(daemon, ADA, NAME), [], "what the files still hold")


@test("O6: whole stores that are kept beside it are named by forget, and go with uninstall")
def whole_copies(bench):
    sim, daemon, lead, person = world(bench)
    names = [f"{daemon.store}.{part}" for part in ("before-2", "replaced-1", "damaged-3")]
    for name in names:
        with open(name, "w", encoding="utf-8") as file:
            file.write(ADA)
    contains(daemon.ctl("forget", ADA), names, "what forget shows")
    contains(daemon.ctl("uninstall"), names, "what uninstall shows")
    daemon.ctl("uninstall", "--yes")
    equal([name for name in names if os.path.exists(name)], [], "what is left")


@test("O6, M1: somebody still in Intercom comes back with a full read, and nothing is done twice")
def comes_back(bench):
    sim, daemon, lead, person = world(bench)
    events, tasks = len(sim.events()), len(sim.tasks(lead))
    daemon.ctl("forget", ADA, "--yes")
    sim.reset()
    daemon.sync("--full")
    daemon.sync()
    equal(daemon.json("card", ADA)[0]["id"], lead, "the link is back")
    equal((len(sim.events()), len(sim.tasks(lead))), (events, tasks), "no event, no task again")
    sim.update(lead, Title="Duchess")
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "Duchess", "kept true as before")
    equal(len(sim.events(person)), 2, "and told of")


@test("O6, L6: a lead that sales deleted is not made again for somebody who was forgotten")
def no_second_lead(bench):
    sim = Simulator(bench, time_scale=20)
    sim.intercom("define-attribute", name="company_size", data_type="integer")
    daemon = started(bench, sim, leads={"rule": [RULE]})
    person = sim.person(ADA, name=f"Ada {NAME}")
    sim.intercom("set-attribute", id=person, name="company_size", value=900)
    daemon.sync()
    lead, = wait_until("the lead is made", lambda: sim.leads(ADA))
    daemon.sync()
    told = daemon.json("forget", person, "--yes")
    equal(told["kept"]["made_leads"], 1, "that a lead was made stays")
    equal(holds(daemon, ADA, NAME), [], "and holds no personal data")
    sim.salesforce("delete", id=lead["Id"])
    sim.intercom("set-attribute", id=person, name="company_size", value=901)
    daemon.sync()
    daemon.sync("--full")
    equal(daemon.json("queue"), [], "nothing is owed")
    equal(sim.leads(ADA), [], "no second lead")


@test("O6, L6: while it is unknown whether a lead was made, forget says so and waits", limit=90)
def unsettled(bench):
    sim = Simulator(bench, time_scale=20)
    sim.intercom("define-attribute", name="company_size", data_type="integer")
    daemon = started(bench, sim, leads={"rule": [RULE]})
    person = sim.person(ADA, name=f"Ada {NAME}")
    sim.intercom("set-attribute", id=person, name="company_size", value=900)
    sim.fault("salesforce", "record", "reset-after", method="POST", path="/sobjects/Lead")
    daemon.ctl("sync")
    wait_until("its answer is lost",
               lambda: [d for d in daemon.json("queue") if d["state"] == "sending"])
    shown = daemon.json("forget", ADA)
    contains(shown["obstacle"], ["lead", person, "second time"], "what stands in the way")
    result = daemon.try_ctl("forget", ADA, "--yes")
    equal(result.returncode, 1, "refused")
    contains(result.stderr, ["Nothing was erased", "looked up", "Ask again"], "its message")
    wait_until("it is found", lambda: daemon.json("queue") == [], seconds=60, pause=0.5)
    check(daemon.json("forget", ADA, "--yes")["done"], "then it goes")
    equal(len(sim.leads(ADA)), 1, "one lead")


@test("O6: several people with one address are all shown and all forgotten; one by its id alone")
def several(bench):
    sim = Simulator(bench)
    lead = sim.lead(ADA, LastName=NAME)
    people = sorted(sim.person(ADA, role="lead") for _ in range(3))
    daemon = started(bench, sim)
    told = daemon.json("forget", people[0], "--yes")
    equal([p["contact"] for p in told["people"]], people[:1], "the one that was named")
    equal([(r["id"], r["stays"] in people[1:]) for r in told["records"]], [(lead, True)],
          "the record that the others need stays")
    check(any(people[1] in note and people[2] in note for note in told["notes"]),
          f"the others are named: {told['notes']}")
    equal(daemon.json("explain", people[1])["candidates"][0]["id"], lead, "their link stays")
    told = daemon.json("forget", ADA, "--yes")
    equal(sorted(p["contact"] for p in told["people"]), people[1:], "all that are left")
    equal(holds(daemon, ADA, NAME), [], "nothing is left")


@test("O6: somebody whom only Salesforce knows is forgotten too; nobody is NotFound, exit 1")
def record_alone(bench):
    sim = Simulator(bench)
    lead = sim.lead(ADA, LastName=NAME)
    daemon = started(bench, sim)
    text = daemon.ctl("forget", ADA)
    contains(text, ["Nobody in Intercom", lead, NAME], "what is shown")
    daemon.ctl("forget", ADA.upper(), "--yes")
    equal(holds(daemon, ADA, NAME), [], "nothing is left")
    for who in (ADA, "nobody@example.com", "5f1a00000000000000000000"):
        for more in ([], ["--yes"]):
            result = daemon.try_ctl("forget", who, *more)
            equal(result.returncode, 1, f"forget {who}")
            contains(result.stderr, [who], "its message")


@test("O6: forget while deliveries to that person are under way waits for them", limit=90)
def under_way(bench):
    sim = Simulator(bench)
    lead = sim.lead(ADA, LastName=NAME, Title="T")
    sim.person(ADA)
    daemon = started(bench, sim)
    sim.fault("intercom", "put", "slow", value=2_000)
    sim.update(lead, Title="Unforgettable")
    daemon.ctl("sync")
    wait_until("the PUT is under way", lambda: daemon.json("queue"))
    check(daemon.json("forget", ADA, "--yes", seconds=60)["done"], "done")
    wait_until("nothing is left to send", lambda: daemon.json("queue") == [])
    equal(holds(daemon, ADA, NAME, "Unforgettable"), [], "what the files still hold")
