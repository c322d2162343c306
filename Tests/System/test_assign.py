"""A1, A2: conversations and people go to the teammate who owns the record, and no further."""

from harness.cases import check, contains, equal, test, wait_until
from harness.daemon import started
from harness.simulator import Simulator

ADA = "ada@example.com"
UNASSIGNED = {"conversations": "unassigned"}


class World:
    """Ada's lead, owned by Grace, who is a teammate, too; and the daemon."""

    def __init__(self, bench, assign=UNASSIGNED, has_seat=True, **settings):
        # Intercom tells whole seconds: so that one has passed by each step, twenty pass in one.
        self.sim = sim = Simulator(bench, time_scale=20)
        self.grace = sim.user("Hopper", "grace@example.com", first_name="Grace")
        self.admin = sim.admin("Grace Hopper", "Grace@Example.com", has_inbox_seat=has_seat)
        self.other = sim.admin("Bo", "bo@x.example")
        self.lead = sim.lead(ADA, OwnerId=self.grace)
        self.person = sim.person(ADA, name="Ada Lovelace")
        self.early = sim.talk(self.person, "Before the first start")
        self.daemon = started(bench, sim, assign=assign, **settings)

    def assignee(self, talk):
        return self.sim.talked(talk)["admin_assignee_id"]

    def assignments(self):
        """Assignments that arrived, by hand or by us."""
        return self.sim.counters()["intercom"]["writes"]

    def is_silent(self):
        self.sim.reset()
        self.daemon.sync()
        self.daemon.sync("--full")
        equal(self.sim.writes(), 0, "writes of further cycles")


@test("A1: an unassigned conversation goes to the owner's teammate, once")
def unassigned(bench):
    world = World(bench)
    sim, daemon = world.sim, world.daemon
    talk = sim.talk(world.person, "Hello?")
    stranger = sim.talk(sim.person("nobody@example.com"), "Hello?")
    taken = sim.talk(world.person, "To Bo")
    sim.intercom("assign", id=taken, admin=world.other)
    team = sim.talk(world.person, "To a team")
    sim.intercom("assign", id=team, team=int(sim.intercom("add-team", name="Support") or 0) or 1)
    agent = sim.talk(world.person, "To the agent", ai_agent=True)
    shut = sim.talk(world.person, "Closed")
    sim.intercom("close", id=shut)
    daemon.sync()
    equal(world.assignee(talk), world.admin, "the unassigned one")
    equal([world.assignee(one) for one in (stranger, team, agent, shut, world.early)], [None] * 5,
          "a stranger's, a team's, the agent's, a closed one, an early one")
    equal(world.assignee(taken), world.other, "a taken one")
    for teammate in (world.other, 0):
        sim.intercom("assign", id=talk, admin=teammate, by=world.other)
        sim.intercom("reply", id=talk, text="Still here")
        daemon.sync()
        daemon.sync("--full")
        equal(world.assignee(talk) or 0, teammate, "after a person reassigned it")
    equal(daemon.errors(), [], "open errors")
    world.is_silent()


@test("A1: once the AI agent hands over, the conversation goes to the owner")
def handed_over(bench):
    world = World(bench)
    talk = world.sim.talk(world.person, "To the agent", ai_agent=True)
    world.daemon.sync()
    equal(world.assignee(talk), None, "in the agent's hands")
    world.sim.intercom("ai-agent", id=talk, resolution="escalated")
    world.daemon.sync()
    equal(world.assignee(talk), world.admin, "handed over")


@test("A1: an owner without an inbox seat is one entry, and it closes when there is one")
def no_seat(bench):
    world = World(bench, has_seat=False)
    sim, daemon = world.sim, world.daemon
    talks = [sim.talk(world.person, f"Hello {number}") for number in range(3)]
    daemon.sync(expect=None)
    daemon.sync(expect=None)
    equal([world.assignee(talk) for talk in talks], [None] * 3, "meanwhile")
    entry, = daemon.errors()
    contains(str(entry), ["seat"], "the entry")
    sim.intercom("set-admin", id=str(world.admin), has_inbox_seat=True)
    daemon.ctl("errors", "retry", "--all")
    wait_until("all are assigned", lambda: [world.assignee(t) for t in talks] == [world.admin] * 3)
    daemon.sync()
    equal(daemon.errors(), [], "the entry closed")


@test("A1: an owner who is no teammate is one entry an owner, not one a conversation")
def no_teammate(bench):
    world = World(bench)
    sim, daemon = world.sim, world.daemon
    for number in range(2):
        user = sim.user(f"User{number}", f"user{number}@example.com")
        for copy in range(2):
            email = f"p{number}-{copy}@example.com"
            sim.lead(email, OwnerId=user)
            sim.talk(sim.person(email), "Hello?")
    daemon.sync(expect=None)
    equal(len(daemon.errors()), 2, "entries for two owners and four conversations")
    mine = sim.talk(world.person, "Mine")
    daemon.sync(expect=None)
    equal(world.assignee(mine), world.admin, "nobody else is held back")


@test("A2: with contacts = true the person's owner is the record's, and follows it")
def contacts(bench):
    world = World(bench, assign={"contacts": True})
    sim, daemon = world.sim, world.daemon
    owner = lambda: sim.shown(world.person)["owner_id"]
    equal(owner(), world.admin, "the owner after the first start")
    bo = sim.user("Bo", "bo@x.example")
    sim.update(world.lead, OwnerId=bo)
    daemon.sync()
    equal(owner(), world.other, "after the record's owner changed")
    talk = sim.talk(world.person, "Hello?")
    daemon.sync()
    equal(world.assignee(talk), None, "conversations are left alone")
    equal(daemon.errors(), [], "open errors")
    world.is_silent()
