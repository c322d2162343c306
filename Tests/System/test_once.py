"""L6, T4: each lead and each task once, whatever is killed and whatever answer is lost."""

import collections
import random
import time

from harness.cases import check, equal, test, wait_until
from harness.daemon import started
from harness.simulator import Simulator
from test_kills import KILLS, check_store, seed
from test_leads import BIG, qualify

EACH = 3  # New leads, and new tasks, by each kill.
# Twenty seconds pass in one: what Salesforce may commit late is waited for.
PACE = 20
FAULTS = [
    {"fault": "reset-before"}, {"fault": "reset-after"}, {"fault": "truncate"},
    {"fault": "status-after", "value": 500}, {"fault": "status-after", "value": 502},
    {"fault": "late-commit", "value": 100_000}, {"fault": "status", "value": 503},
    {"fault": "slow", "value": 400},
]
FIELD = "Intercom_ID__c"


class World:
    """People who become leads and conversations that become tasks, some by each kill."""

    def __init__(self, bench, field, number):
        options = {"external_id_field": field} if field else {}
        self.sim = sim = Simulator(bench, time_scale=PACE, seed=number % 1000, **options)
        self.chance = random.Random(number)
        sim.intercom("define-attribute", name="company_size", data_type="integer")
        count = KILLS * EACH
        self.people = [sim.person(f"new{n}@example.com", name=f"New {n}") for n in range(count)]
        self.records = [sim.lead(f"old{n}@example.com") for n in range(count)]
        linked = [sim.person(f"old{n}@example.com") for n in range(count)]
        ids = {"external_id_field": field} if field else {}
        self.daemon = started(bench, sim, leads={"rule": [BIG], **ids}, tasks=ids)
        self.talks = [sim.talk(person, f"Message {n}") for n, person in enumerate(linked)]
        self.daemon.kill()

    def change(self, kill):
        """What people do before a kill, and what goes wrong by it."""
        for n in range(kill * EACH, (kill + 1) * EACH):
            qualify(self.sim, self.people[n])
            self.sim.intercom("tag-conversation", id=self.talks[n], tag="salesforce-task")
        for path in ("/sobjects/Lead", "/composite/sobjects"):
            self.sim.fault("salesforce", "any", method="post", path=path,
                           **self.chance.choice(FAULTS))

    def missing(self):
        """What is not there yet, in words."""
        if pending := self.daemon.json("queue"):
            return f"{len(pending)} deliveries wait, such as {pending[0]}"
        carried = [self.sim.attributes(p).get("SALESFORCE_ID") for p in self.people]
        return "" if all(carried) else f"{carried.count(None)} people carry no record"

    def settle(self):
        """Asks again and again, as a person would, until everything is through."""
        deadline = time.monotonic() + 60
        while what := self.missing():
            check(time.monotonic() < deadline, what)
            self.daemon.ctl("sync")
            time.sleep(0.5)

    def check(self):
        lost = [call for path in ("/sobjects/Lead", "/composite/sobjects")
                for call in self.sim.calls(path=path)
                if call["method"] == "post" and call["status"] not in (200, 201)]
        check(len(lost) > 5, f"{len(lost)} writes went wrong: too few to prove anything")
        leads = self.sim.query_all("SELECT Id, Email FROM Lead")
        found = collections.Counter(row["Email"] for row in leads)
        equal({email: n for email, n in found.items() if n > 1}, {}, "leads made twice")
        equal(len(leads), len(self.people) + len(self.records), "leads")
        tasks = self.sim.query_all("SELECT Id, WhoId FROM Task")
        found = collections.Counter(row["WhoId"] for row in tasks)
        equal(found, collections.Counter(self.records), "tasks by record")
        ids = {row["Email"]: row["Id"] for row in leads}
        for n, person in enumerate(self.people):
            equal(self.sim.attributes(person)["SALESFORCE_ID"], ids[f"new{n}@example.com"],
                  "the record of the person")
        equal(self.daemon.errors(), [], "open errors")
        self.sim.reset()
        self.daemon.sync()
        self.daemon.sync("--full")
        equal(self.sim.writes(), 0, "writes of further cycles")


def killed(bench, field=None):
    number = seed()
    print(f"        kill -9 seed: SFSYNC_SEED={number}\n", end="", flush=True)
    world = World(bench, field, number)
    for kill in range(KILLS):
        world.change(kill)
        world.daemon.start()
        world.daemon.ctl("sync")
        time.sleep(world.chance.uniform(0, 0.6))
        world.daemon.kill()
    world.daemon.start()
    world.settle()
    world.check()
    world.daemon.stop()
    check_store(world.daemon)


@test("L6, T4: 20 kills and lost answers: each lead and task once, by looking it up", limit=150)
def by_look_up(bench):
    killed(bench)


@test("L6, T4: 20 kills and lost answers: each lead and task once, by external id", limit=150)
def by_external_id(bench):
    killed(bench, FIELD)
