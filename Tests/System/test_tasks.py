"""T1 to T4: conversations, messages and notes become completed tasks, each once."""

import datetime
import os
import zoneinfo

from harness.cases import check, contains, equal, test, wait_until
from harness.daemon import started
from harness.simulator import Simulator

TAG = "salesforce-task"
ADA = "ada@example.com"
INTEGRATION = "integration@example.com"


# Intercom tells whole seconds, and what is older than the first start is the base: so that a
# second has passed by each step, twenty pass in one.
PACE = {"time_scale": 20}


def met(bench, **settings):
    """Ada with a lead, a daemon that knows her, and a conversation that she began."""
    sim = Simulator(bench, **PACE)
    lead = sim.lead(ADA)
    person = sim.person(ADA, name="Ada Lovelace")
    daemon = started(bench, sim, **settings)
    talk = sim.talk(person, "<p>Does it <b>compute</b>?</p><p>See <a href=\"https://example.com/n"
                    "otes\">my notes</a></p>")
    return sim, daemon, lead, talk


def user(sim, email):
    return sim.query_all(f"SELECT Id FROM User WHERE Email = '{email}'")[0]["Id"]


def day(sim):
    zone, = sim.query_all("SELECT TimeZoneSidKey FROM Organization")
    moment = datetime.datetime.fromtimestamp(
        sim.time() / 1000, zoneinfo.ZoneInfo(zone["TimeZoneSidKey"]))
    return moment.date().isoformat()


def tag(sim, talk, part=None, name=TAG):
    more = {"part": part} if part else {}
    sim.intercom("tag-conversation", id=talk, tag=name, **more)


def is_silent(sim, daemon):
    sim.reset()
    daemon.sync()
    daemon.sync("--full")
    equal(sim.writes(), 0, "writes of further cycles")


@test("T1, T2, T3: a tagged conversation is one completed task on every record that matches")
def tagged(bench):
    sim, daemon, lead, talk = met(bench)
    contact = sim.contact("Ada@Example.com")
    sim.lead("else@example.com")
    grace = sim.user("Hopper", "grace@example.com", first_name="Grace")
    admin = sim.admin("Grace Hopper", "grace@example.com")
    sim.intercom("reply", id=talk, text="<p>It does.</p><ul><li>one</li><li>two</li></ul>",
                 admin=admin)
    sim.intercom("assign", id=talk, admin=admin)
    daemon.sync()
    equal(sim.query_all("SELECT Id FROM Task"), [], "tasks before the tag")
    tag(sim, talk)
    daemon.sync()
    for record in (lead, contact):
        task, = sim.tasks(record)
        equal((task["Subject"], task["OwnerId"], task["Status"], task["IsClosed"],
               task["ActivityDate"]),
              ("Intercom: Does it compute? See my notes (https://example.com/notes)", grace,
               "Completed", "1", day(sim)), "the task")
        contains(task["Description"], [
            "Ada Lovelace", "Does it compute?", "https://example.com/notes", "Grace Hopper",
            "It does.", "one", "two", f"/conversation/{talk}"], "its description")
        check("<" not in task["Description"], "no markup is left")
    equal(len(sim.query_all("SELECT Id FROM Task")), 2, "tasks")
    is_silent(sim, daemon)
    sim.intercom("reply", id=talk, text="And now?")
    daemon.sync()
    equal(len(sim.query_all("SELECT Id FROM Task")), 2, "an answer alone logs nothing")
    equal(daemon.errors(), [], "open errors")


@test("T1, T4: a tagged message logs that message, then the conversation what is left; notes, too")
def parts(bench):
    sim, daemon, lead, talk = met(bench)
    bo = sim.admin("Bo", "bo@x.example")
    answer = sim.intercom("reply", id=talk, text="The answer", admin=bo)
    note = sim.intercom("conversation-note", id=talk, text="Call her on Monday")
    secret = sim.intercom("reply", id=talk, text="My card is 4111")
    last = sim.intercom("reply", id=talk, text="Thank you")
    sim.intercom("redact", id=talk, part=secret)
    tag(sim, talk, answer)
    daemon.sync()
    task, = sim.tasks(lead)
    contains(task["Description"], ["The answer"], "the tagged message")
    check("compute" not in task["Description"] and "Monday" not in task["Description"],
          "nothing but the message")
    made = daemon.json("task", "create", talk, "--part", note)
    equal((made["result"], len(made["ids"]), made["error"]), ("created", 1, None), "task create")
    equal([task["Subject"] for task in sim.tasks(lead)],
          ["Intercom: The answer", "Intercom: Call her on Monday"], "the note")
    rest = daemon.json("task", "create", talk)
    equal((rest["result"], len(rest["ids"])), ("created", 1), "what is left")
    task = sim.record(rest["ids"][0])
    contains(task["Description"], ["Does it compute?", "Thank you"], "what was not logged yet")
    for text in ("The answer", "Monday", "4111"):
        check(text not in task["Description"], f"{text!r} is not logged again, or at all")
    again = daemon.json("task", "create", talk)
    equal((again["result"], again["error"]), ("exists", None), "asked again")
    contains(daemon.ctl("task", "create", talk, "--part", last), ["already"], "in words")
    equal(len(sim.tasks(lead)), 3, "tasks")
    unknown = daemon.try_ctl("task", "create", "999")
    equal(unknown.returncode, 1, "exit code of an unknown conversation")
    is_silent(sim, daemon)


@test("T1: with tasks.on_close every closed conversation of a matched person is logged")
def closed(bench):
    sim, daemon, lead, talk = met(bench, tasks={"on_close": True, "tag": ""})
    other = sim.talk(sim.person("nobody@example.com"), "Nobody's")
    daemon.sync()
    equal(sim.tasks(lead), [], "an open conversation")
    sim.intercom("close", id=talk)
    sim.intercom("close", id=other)
    daemon.sync()
    equal(len(sim.tasks(lead)), 1, "once it is closed")
    sim.intercom("open", id=talk)
    sim.intercom("reply", id=talk, text="One more thing")
    sim.intercom("close", id=talk)
    daemon.sync()
    first, second = sim.tasks(lead)
    contains(second["Description"], ["One more thing"], "closed again")
    check("compute" not in second["Description"], "only what was not logged")
    equal(len(sim.query_all("SELECT Id FROM Task")), 2, "tasks in all")
    is_silent(sim, daemon)


@test("T2, T3: the first closed status by SortOrder; without a user the integration user owns it")
def facts(bench):
    sim, daemon, lead, talk = met(bench)
    sim.salesforce("task-statuses", statuses=[
        {"name": "New", "default": True}, {"name": "Archived & Done", "closed": True},
        {"name": "Completed", "closed": True}])
    sim.intercom("assign", id=talk, admin=sim.admin("Nobody", "nobody@example.com"))
    tag(sim, talk)
    daemon.sync()
    task, = sim.tasks(lead)
    equal((task["Status"], task["OwnerId"]), ("Archived & Done", user(sim, INTEGRATION)),
          "status and owner")
    # A long text is cut with a note, and keeps link and marker.
    long = sim.talk(sim.list_people()[0]["id"], "<p>" + "word " * 9000 + "</p>")
    tag(sim, long)
    daemon.sync()
    task = sim.tasks(lead)[-1]
    check(len(task["Subject"]) <= 255 and len(task["Description"]) <= 32000, "the lengths")
    contains(task["Description"], [f"/conversation/{long}", "cut"], "a long text")


@test("T4: a converted lead's task goes to its contact; a deleted record's ends without an error")
def converted(bench):
    sim, daemon, lead, talk = met(bench)
    gone = sim.lead("bob@example.com")
    bob = sim.person("bob@example.com")
    daemon.sync()
    tag(sim, sim.talk(bob, "Bob's"))
    tag(sim, talk)
    # Both happen after the daemon last looked.
    contact = sim.salesforce("convert", id=lead)
    sim.salesforce("delete", id=gone)
    daemon.sync()
    equal(len(sim.tasks(contact)), 1, "the contact's task")
    equal(len(sim.query_all("SELECT Id FROM Task")), 1, "tasks")
    equal(daemon.errors(), [], "open errors")
    is_silent(sim, daemon)


@test("T4, S8: 100 tagged conversations are one or two calls that write")
def hundred(bench):
    sim = Simulator(bench, **PACE)
    talks = []
    people = []
    for number in range(100):
        sim.lead(f"p{number}@example.com")
        people.append(sim.person(f"p{number}@example.com"))
    daemon = started(bench, sim)
    for number, person in enumerate(people):
        talks.append(sim.talk(person, f"Message {number}"))
        tag(sim, talks[-1])
    before = len(sim.calls())
    daemon.sync()
    tasks = sim.query_all("SELECT Id, Subject, WhoId FROM Task")
    equal(len({row["WhoId"] for row in tasks}), 100, "records with a task")
    equal(sorted(row["Subject"] for row in tasks),
          sorted(f"Intercom: Message {n}" for n in range(100)), "the tasks")
    posts = [c for c in sim.calls()[before:]
             if c["method"] == "post" and c["path"].endswith("/composite/sobjects")]
    check(1 <= len(posts) <= 2, f"{len(posts)} calls that write")


@test("T3, E2: a refused task is registered, holds nobody back, and closes once it is mended")
def refused(bench):
    sim, daemon, lead, talk = met(bench)
    sim.lead("bob@example.com")
    other = sim.talk(sim.person("bob@example.com"), "Fine")
    daemon.sync()
    sim.salesforce("validation-rule", object="Task", field="WhoId", value=lead,
                   message="No tasks on this lead")
    tag(sim, talk)
    tag(sim, other)
    daemon.sync(expect=1)
    entry = daemon.error("SF-VALIDATION", lead, "No tasks on this lead")
    equal(len(sim.query_all("SELECT Id FROM Task")), 1, "the other one is made")
    asked = daemon.json("task", "create", talk, expect=1)
    equal((asked["result"], asked["error"]["code"]), ("refused", "SF-VALIDATION"), "asked again")
    sim.salesforce("validation-rule")
    daemon.ctl("errors", "retry", str(entry["id"]))
    wait_until("the task is made", lambda: len(sim.tasks(lead)) == 1)
    wait_until("the entry closes", lambda: daemon.errors() == [])
    is_silent(sim, daemon)


@test("T3: an owner who is inactive since the look-up does not lose the task")
def inactive(bench):
    sim, daemon, lead, talk = met(bench)
    grace = sim.user("Hopper", "grace@example.com")
    admin = sim.admin("Grace", "grace@example.com")
    sim.intercom("assign", id=talk, admin=admin)
    tag(sim, talk)
    daemon.sync()
    equal(sim.tasks(lead)[0]["OwnerId"], grace, "the owner while she is active")
    sim.salesforce("deactivate-user", id=grace)
    sim.intercom("reply", id=talk, text="One more")
    made = daemon.json("task", "create", talk)
    equal(made["result"], "created", "task create")
    equal(sim.record(made["ids"][0])["OwnerId"], user(sim, INTEGRATION), "the owner afterwards")


@test("O2, T1, A1: plan lists the task, the assignment and the field that a cycle would write")
def planned(bench):
    sim = Simulator(bench, **PACE)
    sim.intercom("define-attribute", name="company_size", data_type="integer")
    grace = sim.user("Hopper", "grace@example.com")
    sim.admin("Grace", "grace@example.com")
    lead = sim.lead(ADA, OwnerId=grace)
    person = sim.person(ADA)
    daemon = started(bench, sim, assign={"conversations": "unassigned"},
                     mapping={"company_size": "NumberOfEmployees"})
    daemon.ctl("pause")
    talk = sim.talk(person, "Hello")
    tag(sim, talk)
    sim.intercom("set-attribute", id=person, name="company_size", value=5)
    sim.reset()
    rows = daemon.json("plan")
    equal(sorted((row["to"], row["kind"], row["contact"]) for row in rows),
          [("intercom", "assign", person), ("salesforce", "fields", person),
           ("salesforce", "task", person)], "the plan")
    equal({row["record"] for row in rows}, {lead}, "the records of the plan")
    equal(sim.writes(), 0, "writes of a plan")
    daemon.ctl("resume")
    wait_until("the task", lambda: len(sim.tasks(lead)) == 1)
    wait_until("the rest", lambda: daemon.json("queue") == [])
    equal(sim.record(lead)["NumberOfEmployees"], "5", "the field")
    check(sim.talked(talk)["admin_assignee_id"], "the assignment")
    is_silent(sim, daemon)


@test("O4: a store that was lost repeats no lead, task or assignment, and overwrites no field")
def lost_store(bench):
    sim = Simulator(bench, **PACE)
    sim.intercom("define-attribute", name="company_size", data_type="integer")
    grace = sim.user("Hopper", "grace@example.com")
    admin = sim.admin("Grace", "grace@example.com")
    sim.salesforce("assignment-rule", owner=grace)
    person = sim.person(ADA)
    rule = {"name": "Big", "when": [{"attribute": "company_size", "is": ">", "value": 500}]}
    daemon = started(bench, sim, leads={"rule": [rule]}, assign={"conversations": "unassigned"},
                     mapping={"company_size": "NumberOfEmployees"})
    sim.intercom("set-attribute", id=person, name="company_size", value=501)
    daemon.sync()
    wait_until("the lead", lambda: sim.attributes(person).get("SALESFORCE_ID"))
    lead = sim.attributes(person)["SALESFORCE_ID"]
    talk = sim.talk(person, "Hello")
    tag(sim, talk)
    daemon.sync()
    equal((len(sim.tasks(lead)), sim.talked(talk)["admin_assignee_id"]), (1, admin), "both made")
    sim.update(lead, NumberOfEmployees=7)
    sim.intercom("assign", id=talk, admin=0, by=admin)
    daemon.stop()
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(daemon.store + suffix):
            os.remove(daemon.store + suffix)
    sim.reset()
    daemon.start()
    daemon.sync()
    sim.intercom("reply", id=talk, text="One more")
    daemon.sync()
    daemon.sync("--full")
    equal(len(sim.query_all("SELECT Id FROM Lead")), 1, "leads")
    equal(len(sim.tasks(lead)), 1, "tasks")
    check(not sim.talked(talk)["admin_assignee_id"], "the assignment is left as people left it")
    equal(sim.record(lead)["NumberOfEmployees"], "7", "the field that sales edited")
    asked = daemon.json("task", "create", talk)
    equal(asked["result"], "created", "what is new is logged when asked for")
    check("Hello" not in sim.record(asked["ids"][0])["Description"], "what is logged is not again")
    equal(daemon.errors(), [], "open errors")
