#!/usr/bin/env python3
"""Shows what sfsync does, on a simulated Salesforce org and a simulated Intercom workspace.

    Tests/Demo/demo.py DIRECTORY     where sfsyncd, sfsyncctl and sfsync-sim are

Ends with 0 when everything that it promises arrived, with 1 when something did not (and says
what), with 130 when interrupted. Leaves neither a process nor a file behind.
"""
import re
import signal
import sys
import textwrap
import time

from sides import Broken, Sides

WIDTH = 100
DEADLINE = 30
LEADS, CONTACTS, PEOPLE = 2000, 500, 3000
RATE = 2800  # Intercom calls in ten seconds: slow enough to watch the initial sync
PREFIX = "SALESFORCE_"
PLAIN = re.compile("[A-Za-z' -]+")


def say(text="", indent=0):
    """A paragraph, wrapped."""
    lead = " " * indent
    print(
        textwrap.fill(text, WIDTH, initial_indent=lead, subsequent_indent=lead,
                      break_on_hyphens=False), flush=True)


def row(label, text):
    """One line under a heading; what does not fit stands below its beginning."""
    lead = f"   {label:<15}"
    print(
        textwrap.fill(text, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead),
                      break_on_hyphens=False), flush=True)


def shown(value):
    return "(empty)" if value in (None, "") else str(value)


def hanging(text, columns):
    """Long lines of a two-column text, wrapped in their second column."""
    for line in text.splitlines():
        print(textwrap.fill(line, WIDTH, initial_indent="   ", break_on_hyphens=False,
                            subsequent_indent=" " * (3 + columns)))


class Demo:
    def __init__(self, sides):
        self.sides = sides
        self.missing = []
        self.times = []
        self.number = 0
        self.expected_events = 0
        self.told_metadata = False
        self.users = {}
        self.leads = self.candidates()

    # The initial sync

    def initial_sync(self):
        say("The initial sync: sfsyncd reads both sides whole, joins them by e-mail, and writes to "
            "each person what sales knows. Intercom lets it write about "
            f"{RATE * 8 // 100} people a second here.")
        print("\n$ sfsyncctl status     (every 2 seconds)")
        began = time.monotonic()
        while self.sides.status()["initial_sync"]["phase"] != "done":
            if time.monotonic() - began > 120:
                raise Broken("the initial sync did not end within 120 s")
            bar = re.findall(r"^Initial sync +(.*)\n +(.*)", self.sides.ctl("status"), re.M)
            if bar and "[" in bar[0][0]:
                print(f"   {bar[0][0]:<44} {bar[0][1]}", flush=True)
            time.sleep(2)
        seconds = time.monotonic() - began
        self.wait("the queue to run empty", lambda: not self.sides.status()["queue"]["pending"])
        print(f"\n$ sfsyncctl status     (after {seconds:.0f} s)")
        print(textwrap.indent(self.sides.ctl("status"), "   "), flush=True)

    def wait(self, what, condition):
        """The seconds until the condition holds; None, and a note, when it does not in time."""
        began = time.monotonic()
        deadline = self.deadline()
        while time.monotonic() - began < deadline:
            if condition():
                return time.monotonic() - began
            time.sleep(0.1)
        self.missing.append(what)
        return None

    def deadline(self):
        """Seconds; fewer once something is missing, so that a broken daemon is soon reported."""
        return 10 if self.missing else DEADLINE

    # The cast

    def cast(self):
        """A lead who is one person's only match, with a name that every terminal can show."""
        try:
            return next(self.leads)
        except StopIteration:
            raise Broken("the simulated org has nobody left for the story") from None

    def candidates(self):
        for record in self.sides.records("Lead", "Status", "Working - Contacted"):
            lead = self.sides.record(record)
            if not PLAIN.fullmatch(lead["Name"]) or not PLAIN.fullmatch(lead["Title"]):
                continue
            owner = self.user(lead["OwnerId"])
            if not owner or not PLAIN.fullmatch(owner["Name"]):
                continue
            person = self.sides.explain(lead["Email"])
            if person and [one["id"] for one in person["candidates"]] == [record]:
                yield {**lead, "person": person["contact"]["id"], "owner": owner}

    def user(self, identifier):
        """A user; None for a queue."""
        if identifier not in self.users and identifier.startswith("005"):
            self.users[identifier] = self.sides.record(identifier)
        return self.users.get(identifier)

    def other_user(self, user):
        for record in self.sides.records("User", "IsActive", "1"):
            other = self.user(record)
            if PLAIN.fullmatch(other["Name"]) and other["Name"] != user["Name"]:
                if other.get("UserRoleId"):
                    return other
        raise Broken("the simulated org has no other user")

    # One change and what it leads to

    def heading(self, text):
        self.number += 1
        print()
        say(f"{self.number}. {text}")

    def change(self, who, said, edit, attributes, events=(), side="Salesforce"):
        """Makes the edit, waits for what it has to lead to, and prints both.

        `attributes` maps names (without prefix) to what they have to become; `events` names
        what has to come, and nothing else may.
        """
        person = who["person"]
        before = self.sides.attributes(person)
        told = len(self.sides.events(person))
        row(f"in {side}", said)
        result = edit()
        wanted = {PREFIX + name: value for name, value in attributes(result).items()}
        self.expected_events += len(events)

        def arrived():
            now = self.sides.attributes(person)
            names = sorted(event["name"] for event in self.sides.events(person)[told:])
            return names == sorted(events) and all(
                (now.get(name) or None) == value for name, value in wanted.items())

        took = self.wait(f"{who['Name']}: {said}", arrived)
        self.print_arrival(before, self.sides.attributes(person), self.sides.events(person)[told:])
        self.print_time(took)

    def print_arrival(self, before, after, events):
        changed = {name for name in before.keys() | after.keys()
                   if before.get(name) != after.get(name)}
        emptied = sorted(name for name in changed if not after.get(name))
        lines = [f"{name}: {shown(before.get(name))} → {shown(after[name])}"
                 for name in sorted(changed.difference(emptied))]
        if len(emptied) == 1:
            lines.append(f"{emptied[0]}: {before[emptied[0]]} → (empty)")
        elif emptied:
            lines.append(f"{', '.join(emptied)}: → (empty)")
        lines += [self.event_text(event) for event in events]
        for number, line in enumerate(lines):
            row("" if number else "in Intercom", line)

    def event_text(self, event):
        """The first with all that it carries, the others with what differs."""
        data = event["metadata"]
        text = f"event {event['name']}: from {shown(data['from'])} to {shown(data['to'])}"
        if self.told_metadata:
            return text
        self.told_metadata = True
        link = data["record"]
        return (f"{text}; with salesforce_id {data['salesforce_id']}, object_type "
                f"{data['object_type']}, and record, the link {link['url']} ({link['value']})")

    def print_time(self, took):
        if took is None:
            row("MISSING", "not all of it arrived in time")
        else:
            self.times.append(took)
            row("took", f"{took:.1f} s from the edit")

    # The story

    def story(self):
        self.owner()
        self.status_and_title()
        self.renamed_user()
        self.conversion()
        self.merge()
        self.deletion()
        self.hand_edit()
        self.refusal()
        self.qualified()
        self.mapped()
        self.conversation()
        self.assignment()

    def owner(self):
        who = self.cast()
        new = self.other_user(who["owner"])
        role = self.sides.control(f"/record/{new['UserRoleId']}", fields="Name")["Name"]
        self.heading(f"{who['Name']} gets another owner.")
        self.change(
            who, f"Owner: {who['owner']['Name']} → {new['Name']}",
            lambda: self.update(who, OwnerId=new["Id"]),
            lambda _: {"OWNER_ID": new["Id"], "OWNER_NAME": new["Name"],
                       "OWNER_EMAIL": new["Email"], "OWNER_ROLE": role},
            ["salesforce-owner-updated"])

    def update(self, who, **fields):
        return self.sides.edit("salesforce", "update", id=who["Id"], fields=fields)

    def status_and_title(self):
        who = self.star = self.cast()
        status = "Qualified"
        self.heading(f"{who['Name']} gets a new title and a new status: one write, two events.")
        self.change(
            who, f"Status: {who['Status']} → {status}; Title: {who['Title']} → Chief of Staff",
            lambda: self.update(who, Status=status, Title="Chief of Staff"),
            lambda _: {"STATUS": status, "TITLE": "Chief of Staff"},
            ["salesforce-status-updated", "salesforce-title-updated"])

    def renamed_user(self):
        user = self.star["owner"]
        owned = self.people_owned_by(user["Id"])
        name = f"{user['FirstName']} Newname"
        since = self.last_sequence()
        self.heading(f"{user['Name']} is renamed. No record changed, but this user owns those of "
                     f"{len(owned)} people.")
        row("in Salesforce", f"User: {user['Name']} → {name}")
        self.sides.edit("salesforce", "rename-user", id=user["Id"], last_name="Newname",
                        first_name=user["FirstName"])
        told = set()

        def arrived():
            told.update(
                write["contact"] for write in self.received(since)
                if write["body"].get("custom_attributes", {}).get(PREFIX + "OWNER_NAME") == name)
            return told >= owned

        took = self.wait(f"the new name of {user['Name']} at {len(owned)} people", arrived)
        row("in Intercom", f"{len(told)} people: {PREFIX}OWNER_NAME: {user['Name']} → {name}; "
            "no event, since no owner changed")
        self.print_time(took)

    def received(self, since=0):
        """The writes that arrived in Intercom after the one of that number."""
        while rows := self.sides.control("/received", since=since)["rows"]:
            yield from rows
            since = rows[-1]["sequence"]

    def last_sequence(self):
        return max((write["sequence"] for write in self.received()), default=0)

    def people_owned_by(self, user):
        """From what Intercom was sent: whose last owner is that user."""
        owners = {}
        for write in self.received():
            attributes = write["body"].get("custom_attributes", {})
            if PREFIX + "OWNER_ID" in attributes:
                owners[write["contact"]] = attributes[PREFIX + "OWNER_ID"]
        return {person for person, owner in owners.items() if owner == user}

    def conversion(self):
        who = self.cast()
        self.heading(f"{who['Name']} is converted: the link follows the Lead to its Contact.")
        self.change(
            who, f"Lead {who['Id']} → Contact",
            lambda: self.sides.edit("salesforce", "convert", id=who["Id"]),
            lambda contact: {"ID": contact, "OBJECT_TYPE": "Contact", "STATUS": None},
            ["salesforce-lead-converted"])

    def merge(self):
        who, winner = self.cast(), self.cast()
        self.heading(
            f"The lead {who['Name']} is merged into {winner['Name']}: the link follows; no event.")
        self.change(
            who, f"Lead {who['Id']} is merged into {winner['Id']}",
            lambda: self.sides.edit(
                "salesforce", "merge", id=winner["Id"], **{"from": [who["Id"]]}),
            lambda _: {"ID": winner["Id"], "TITLE": winner["Title"], "STATUS": winner["Status"],
                       "OWNER_ID": winner["OwnerId"]})

    def deletion(self):
        who = self.cast()
        self.heading(f"The lead of {who['Name']} is deleted; no other record matches.")
        self.change(
            who, f"Lead {who['Id']} goes to the recycle bin",
            lambda: self.sides.edit("salesforce", "delete", id=who["Id"]),
            lambda _: {name: None for name in ("ID", "OBJECT_TYPE", "STATUS", "TITLE", "OWNER_ID",
                                               "OWNER_NAME", "OWNER_EMAIL", "OWNER_ROLE")})

    def hand_edit(self):
        who = self.cast()
        person, name = who["person"], PREFIX + "TITLE"
        since = self.last_sequence()
        self.heading(f"Somebody overwrites the title of {who['Name']} in Intercom: it is put back.")
        self.sides.edit("intercom", "set-attribute", id=person, name=name, value="Pirate")
        row("in Intercom", f"{name}: {who['Title']} → Pirate (by hand)")

        def arrived():
            written = any(write["contact"] == person for write in self.received(since))
            return written and self.sides.attributes(person)[name] == who["Title"]

        took = self.wait(f"the title of {who['Name']} as it was", arrived)
        row("", f"{name}: Pirate → {shown(self.sides.attributes(person)[name])} (by sfsyncd)")
        self.print_time(took)

    def refusal(self):
        who = self.cast()
        self.heading(f"Intercom refuses a write: the next one, of {who['Name']}, is answered 422.")
        self.sides.control("/fault", {
            "side": "intercom", "kind": "put", "fault": "status", "value": 422})
        row("in Salesforce", f"Title: {who['Title']} → Head of Everything")
        self.update(who, Title="Head of Everything")
        self.expected_events += 1
        if self.wait("an entry in the error register", self.sides.errors) is None:
            return
        print("\n$ sfsyncctl errors")
        print(textwrap.indent(self.sides.screen("errors", columns=WIDTH - 3), "   "))
        entry = self.sides.errors()[0]["id"]
        print(f"\n$ sfsyncctl errors show {entry}")
        hanging(self.sides.ctl("errors", "show", str(entry)), 12)
        print()
        say("Nobody else waits for it. It is tried again when the record changes:", 3)
        self.change(
            who, "Title: Head of Everything → Head of Nearly Everything",
            lambda: self.update(who, Title="Head of Nearly Everything"),
            lambda _: {"TITLE": "Head of Nearly Everything"}, ["salesforce-title-updated"])
        self.wait("the error entry to close by itself", lambda: not self.sides.errors())
        say(f"'sfsyncctl errors' now says: {self.sides.ctl('errors')}", 3)

    # And back

    def qualified(self):
        """A person whom no record matches, and a rule of the configuration that comes to hold."""
        name, email, company = "Hedy Lamarr", "hedy@hopping.example", "Frequency Hopping"
        # Read anew: somebody was renamed above.
        sales = self.sales = self.sides.record(self.cast()["owner"]["Id"])
        edit = self.sides.edit
        self.teammate = int(edit("intercom", "add-admin", name=sales["Name"], email=sales["Email"]))
        edit("intercom", "define-attribute", name="company_size", data_type="integer")
        edit("salesforce", "assignment-rule", owner=sales["Id"])
        self.heading(
            f"The way back. {name} writes to us, and no record matches. Then her company turns out "
            "to have 800 people, and the rule 'Companies over 500' makes a lead.")
        self.hedy = edit("intercom", "create", name=name, email=email, company=company)
        edit("intercom", "set-attribute", id=self.hedy, name="company_size", value=800)
        row("in Intercom", "company_size: (empty) → 800")

        def arrived():
            leads = self.sides.rows("Lead", "Email", email, "Id,OwnerId")
            return [lead["Id"] for lead in leads] == [
                self.sides.attributes(self.hedy).get(PREFIX + "ID")]

        took = self.wait(f"a lead of {name}, and its attributes in Intercom", arrived)
        if took is None:
            raise Broken(f"{name} did not become a lead" + self.sides.log("sfsyncd"))
        self.lead = self.sides.attributes(self.hedy)[PREFIX + "ID"]
        lead = self.sides.record(self.lead)
        owner = self.sides.record(lead["OwnerId"])["Name"]
        row("in Salesforce", f"the lead {lead['Name']} of {lead['Company']}, {self.lead}; the "
            f"org's assignment rule gives it to {owner}")
        self.print_arrival({}, self.sides.attributes(self.hedy), [])
        self.print_time(took)
        if owner != sales["Name"]:
            self.missing.append(f"{sales['Name']} as the owner of the new lead")

    def mapped(self):
        self.heading("An attribute that is mapped to a field changes in Intercom.")
        self.sides.edit(
            "intercom", "set-attribute", id=self.hedy, name="company_size", value=1200)
        row("in Intercom", "company_size: 800 → 1200")
        before = self.employees()
        took = self.wait("1200 in NumberOfEmployees", lambda: self.employees() == 1200)
        owner = self.sides.record(self.sides.record(self.lead)["OwnerId"])["Name"]
        row("in Salesforce",
            f"NumberOfEmployees: {before:.0f} → {self.employees():.0f}; the owner is still {owner}")
        self.print_time(took)

    def employees(self):
        return float(self.sides.record(self.lead).get("NumberOfEmployees") or 0)

    def conversation(self):
        text = "<p>Does it work <b>under water</b>?</p>"
        self.heading("A teammate tags her conversation 'salesforce-task'.")
        talk = self.sides.edit("intercom", "conversation", id=self.hedy, text=text)
        self.sides.edit(
            "intercom", "reply", id=talk, text="<p>It does.</p>", admin=self.teammate)
        self.sides.edit("intercom", "tag-conversation", id=talk, tag="salesforce-task")
        row("in Intercom", "the tag, on two messages")
        took = self.wait("one task on the lead", lambda: len(self.tasks()) == 1)
        for task in self.tasks():
            row("in Salesforce", f"{task['Subject']} ({task['Status']}, {task['ActivityDate']})")
            for line in filter(None, task["Description"].splitlines()):
                row("", line)
        self.print_time(took)

    def tasks(self):
        return self.sides.rows(
            "Task", "WhoId", self.lead, "Subject,Status,ActivityDate,Description")

    def assignment(self):
        self.heading(f"She writes again; nobody has the conversation. The lead is "
                     f"{self.sales['Name']}'s, who is a teammate in Intercom, too.")
        talk = self.sides.edit(
            "intercom", "conversation", id=self.hedy, text="<p>And in the air?</p>")
        row("in Intercom", "a new conversation, unassigned")

        def arrived():
            return self.sides.control(f"/conversation/{talk}")["admin_assignee_id"] == self.teammate

        took = self.wait(f"the conversation in {self.sales['Name']}'s inbox", arrived)
        if took is not None:
            row("", f"assigned to {self.sales['Name']}")
        self.print_time(took)
        print(f"\n$ sfsyncctl card {self.hedy}")
        print(textwrap.indent(self.sides.screen("card", self.hedy, columns=WIDTH - 3), "   "),
              flush=True)

    # The end

    def explain(self):
        print()
        say(f"Why does {self.star['Name']} show what is shown? The daemon says so at any moment:")
        print(f"$ sfsyncctl explain {self.star['Email']}")
        text = self.sides.screen("explain", self.star["Email"], columns=WIDTH - 3)
        print(textwrap.indent(text, "   "), flush=True)

    def quiet(self):
        """What polls cost in which nothing changed, by the simulators' own counters."""
        time.sleep(6)  # until nothing of the story is within the overlap
        self.sides.control("/reset-counters", {})
        first = self.sides.counters()
        begin = first["salesforce"]["calls"].get("composite", 0)
        polls = 4

        def polled():
            calls = self.sides.counters()["salesforce"]["calls"].get("composite", 0)
            return calls - begin >= polls and self.sides.status()["state"] == "idle"

        self.wait("polls of an unchanged org", polled)
        last = self.sides.counters()
        count = last["salesforce"]["calls"].get("composite", 0) - begin
        salesforce = last["salesforce"]["api_calls"] - first["salesforce"]["api_calls"]
        search = sum(last["intercom"]["calls"].values()) - sum(first["intercom"]["calls"].values())
        writes = last["intercom"]["writes"] - first["intercom"]["writes"]
        print()
        if not count:
            return
        say(f"And when nothing changes? {count} more polls cost {salesforce} Salesforce calls, "
            f"{search} Intercom calls and {writes} writes.")
        if salesforce > count or search > 3 * count or writes:
            self.missing.append("polls of at most 1 Salesforce and 3 Intercom calls, no writes")

    def end(self):
        counters = self.sides.counters()["intercom"]
        if (counters["events"], counters["duplicate_events"]) != (self.expected_events, 0):
            self.missing.append(
                f"exactly {self.expected_events} events; there came {counters['events']}, and "
                f"{counters['duplicate_events']} twice")
        code, seconds = self.sides.stop_daemon()
        if code != 0:
            self.missing.append(f"an orderly end of sfsyncd; it ended with {code}"
                                + self.sides.log("sfsyncd"))
        print()
        if self.missing:
            for what in self.missing:
                say(f"MISSING: {what}")
            return 1
        average = sum(self.times) / len(self.times)
        say(f"Everything arrived, each change once: on average {average:.1f} s after the edit, at "
            f"most {max(self.times):.1f} s; most of it is the wait for the next poll (every second "
            "here, every five minutes by default). On SIGTERM sfsyncd ended within "
            f"{max(seconds, 0.1):.1f} s; nothing is left behind.")
        return 0

    def run(self):
        say(f"A simulated Salesforce org ({LEADS:,} leads, {CONTACTS:,} contacts) and a simulated "
            f"Intercom workspace ({PEOPLE:,} people) are starting on this machine; nothing leaves "
            "it.")
        self.sides.start_simulators()
        self.sides.start_daemon()
        print()
        self.initial_sync()
        print()
        say("Now the org changes, and sfsyncd polls it every second.")
        self.story()
        self.explain()
        self.quiet()
        return self.end()


def interrupted(*_):
    raise KeyboardInterrupt


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    sides = Sides(sys.argv[1], LEADS, CONTACTS, PEOPLE, RATE)
    try:
        return Demo(sides).run()
    except KeyboardInterrupt:
        print("\nInterrupted; everything is being ended.")
        return 130
    except (Broken, OSError, KeyError) as error:
        print(f"\nThe demo broke off: {error}", file=sys.stderr)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        sides.end()


if __name__ == "__main__":
    sys.exit(main())
