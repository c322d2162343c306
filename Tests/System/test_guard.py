"""G1 and G2: cycles that would change too much, and accounts that are not the first ones."""

from harness.cases import Skip, check, contains, equal, test, wait_until
from harness.daemon import Daemon, started
from harness.simulator import Simulator


def guarded_world(bench, **settings):
    """Forty linked leads of one owner, and another owner."""
    sim = Simulator(bench)
    first = sim.user("First", "first@example.com")
    leads, people = [], []
    for number in range(40):
        leads.append(sim.lead(f"p{number}@example.com", OwnerId=first))
        people.append(sim.person(f"p{number}@example.com"))
    daemon = started(bench, sim, **settings)
    return sim, daemon, leads, people


def check_stopped(sim, daemon, since, deliveries):
    equal(daemon.status()["state"], "guarded", "the state")
    equal(sim.received(since), [], "writes")
    plan = daemon.json("plan")
    equal(len(plan), deliveries, "the plan shows what is held")
    equal(daemon.status()["queue"]["pending"], deliveries, "held in status")
    entry, = [e for e in daemon.errors() if e["code"] == "SYNC-GUARD"]
    contains(entry["remedy"], ["sync --yes", "plan"], "the remedy")
    daemon.sync(expect=1)
    equal(sim.received(since), [], "writes of another poll")


@test("G1: a mass change of owners is held, shown by plan, and let through by sync --yes")
def owners(bench):
    sim, daemon, leads, people = guarded_world(bench)
    other = sim.user("Other", "other@example.com")
    since = sim.last()
    for lead in leads[:30]:
        sim.update(lead, OwnerId=other)
    check(daemon.sync(expect=1)["guarded"], "sync says that the guard stopped it")
    check_stopped(sim, daemon, since, 60)
    daemon.stop()
    daemon.start()
    equal(daemon.status()["state"], "guarded", "the state after a restart")
    equal(sim.received(since), [], "writes after a restart")
    check(not daemon.sync("--yes")["guarded"], "sync --yes")
    kinds = [row["kind"] for row in sim.received(since)]
    equal((kinds.count("put"), kinds.count("event")), (30, 30), "let through")
    equal(sim.attributes(people[0])["SALESFORCE_OWNER_ID"], other, "the new owner")
    check(daemon.status()["state"] in ("idle", "delivering"), "the state afterwards")
    equal(daemon.errors(), [], "open errors afterwards")


@test("G1: a mass deletion is held, and undoing it in Salesforce ends the guard without a write")
def deletions(bench):
    sim, daemon, leads, people = guarded_world(bench)
    since = sim.last()
    for lead in leads[:35]:
        sim.salesforce("delete", id=lead)
    check(daemon.sync(expect=1)["guarded"], "sync says that the guard stopped it")
    check_stopped(sim, daemon, since, 35)
    for lead in leads[:35]:
        sim.salesforce("undelete", id=lead)
    daemon.sync()
    equal(sim.received(since), [], "nothing was written at all")
    check(daemon.status()["state"] in ("idle", "polling"), "the state afterwards")
    equal(daemon.errors(), [], "open errors afterwards")


@test("G1: a mass hard deletion found by sync --full is held as well")
def hard_deletions(bench):
    sim, daemon, leads, people = guarded_world(bench)
    since = sim.last()
    # A row that is no older than the read's start is left alone (M6).
    made = sim.time()
    wait_until("the org's clock went on", lambda: sim.time() > made + 1500)
    daemon.sync()
    for lead in leads[:35]:
        sim.salesforce("hard-delete", id=lead)
    check(daemon.sync("--full", expect=1)["guarded"], "sync says that the guard stopped it")
    equal(sim.received(since), [], "writes")
    daemon.sync("--full", "--yes")
    equal(len(sim.received(since)), 35, "cleared after --yes")


@test("G1: fewer than 25, a change of status, and first enrichment pass")
def small_changes(bench):
    sim, daemon, leads, people = guarded_world(bench)
    other = sim.user("Other", "other@example.com")
    for lead in leads[:24]:
        sim.update(lead, OwnerId=other)
    check(not daemon.sync()["guarded"], "24 changes of owner")
    for lead in leads:
        sim.update(lead, Status="Working - Contacted")
    check(not daemon.sync()["guarded"], "40 changes of status")
    for number in range(60):
        sim.lead(f"more{number}@example.com")
        sim.person(f"more{number}@example.com")
    check(not daemon.sync()["guarded"], "60 new people")
    equal(daemon.status()["links"]["people"], 100, "links")


@test("G1: guard.max_change raised and reloaded lets the cycle through")
def raised(bench):
    sim, daemon, leads, people = guarded_world(bench)
    for lead in leads:
        sim.salesforce("delete", id=lead)
    check(daemon.sync(expect=1)["guarded"], "held at first")
    daemon.configure(guard={"max_change": 1.0})
    daemon.ctl("reload")
    check(not daemon.sync()["guarded"], "let through")
    equal(daemon.status()["links"]["people"], 0, "links")


def check_stopped_start(daemon, sim, code, remedy):
    """An account that is not the right one ends the daemon with 78 (EX_CONFIG)."""
    since = sim.last()
    found, said = daemon.refuses_to_start()
    equal(found, 78, f"exit code, with {said}")
    contains(said, [code, remedy], "the log")
    equal(sim.received(since), [], "writes to that account")


@test("G2: another org's credentials write nothing, and the first org's go on")
def other_org(bench):
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com", Title="Mine")
    person = sim.person("ada@example.com")
    daemon = started(bench, sim)
    daemon.stop()
    other = Simulator(bench, seed=77, name="other")
    other.lead("ada@example.com", Title="Theirs")
    if org_id(sim) == org_id(other):
        # Not yet told apart by their seed: nothing can be said then.
        raise Skip("sfsync-sim gives every org the same id")
    daemon.configure(salesforce={"login_url": other.salesforce_url})
    check_stopped_start(daemon, other, "SF-OTHER-ORG", "Restore the credentials")
    daemon.configure(salesforce={"login_url": sim.salesforce_url})
    daemon.start()
    sim.update(lead, Title="Still mine")
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "Still mine", "the first org goes on")
    equal(daemon.errors(), [], "open errors")


def org_id(sim):
    return sim.query_all("SELECT Id FROM Organization")[0]["Id"]


@test("G2: a production org that is configured as a sandbox is refused, with the remedy")
def sandbox(bench):
    sim = Simulator(bench)
    sim.lead("ada@example.com")
    sim.person("ada@example.com")
    daemon = Daemon(bench, sim, salesforce={"environment": "sandbox"})
    check_stopped_start(daemon, sim, "SF-ENVIRONMENT", "Set salesforce.environment")
    daemon.configure(salesforce={"environment": "production"})
    daemon.start()
    daemon.sync()
    equal(daemon.errors(), [], "open errors once it is right")
    equal(len(sim.received()), 1, "enriched")


@test("G2: another workspace's token writes nothing, and the first workspace goes on")
def other_workspace(bench):
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com", Title="Mine")
    person = sim.person("ada@example.com")
    daemon = started(bench, sim)
    daemon.stop()
    other = Simulator(bench, workspace_id="another1", name="other")
    other.person("ada@example.com")
    daemon.configure(intercom={"api_url": other.intercom_url})
    check_stopped_start(daemon, other, "IC-OTHER-WORKSPACE", "Restore the token")
    daemon.configure(intercom={"api_url": sim.intercom_url})
    daemon.start()
    sim.update(lead, Title="Still mine")
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "Still mine", "the first one goes on")
    equal(daemon.errors(), [], "open errors")


@test("G2: a sandbox that is configured works, and is openly shown")
def shown_sandbox(bench):
    sim = Simulator(bench, sandbox=True)
    sim.lead("ada@example.com")
    sim.person("ada@example.com")
    daemon = Daemon(bench, sim)
    check_stopped_start(daemon, sim, "SF-ENVIRONMENT", "Set salesforce.environment")
    daemon.configure(salesforce={"environment": "sandbox"})
    daemon.start()
    daemon.sync()
    equal(len(sim.received()), 1, "enriched")
    equal(daemon.status()["environment"], "sandbox", "the environment in status")
    check("sandbox" in daemon.ctl("status").lower(), "people are told")


@test("E2: refused credentials leave the daemon up and degraded, and new ones are taken up")
def refused_credentials(bench):
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com")
    person = sim.person("ada@example.com")
    daemon = Daemon(bench, sim)
    daemon.secret("intercom-access-token", "wrong-token")
    daemon.start()
    check(daemon.sync(expect=1)["broken"] == ["intercom"], "sync says which side")
    equal(daemon.status()["state"], "degraded", "the state")
    entry, = daemon.errors()
    check("wrong-token" not in str(entry), "no secret in the entry")
    daemon.secret("intercom-access-token", sim.ready["intercom_token"])
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_ID"], lead, "the new token is taken up")
    equal(daemon.errors(), [], "open errors")
    daemon.stop()
    daemon.secret("salesforce-client-secret", "wrong-secret")
    daemon.start()
    check(daemon.sync(expect=1)["broken"] == ["salesforce"], "sync says which side")
    equal(daemon.status()["state"], "degraded", "the state")
    daemon.secret("salesforce-client-secret", sim.ready["salesforce_client_secret"])
    daemon.sync()
    sim.intercom("refuse-token", code="token_suspended")
    sim.update(lead, Title="Later")
    check(daemon.sync(expect=1)["broken"] == ["intercom"], "sync says which side")
    equal(len(daemon.errors()), 1, "one entry says so")
    sim.intercom("refuse-token")
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "Later", "nothing was lost meanwhile")
    check("wrong-secret" not in daemon.said(), "no secret in the log")
