"""O6: uninstall shows what it takes away, takes it away, and nothing happens after it."""

import os

from harness.cases import check, contains, equal, test, wait_until
from harness.daemon import Daemon, started
from harness.oracle import NAMES
from harness.simulator import Connection, Simulator

ADA = "ada.lovelace@example.com"
NOTICE = ("Uninstalled; run 'systemctl disable --now sfsyncd', or 'sfsyncctl resume' to begin "
          "anew.")


def attributes(sim):
    """Every custom attribute of people by its name: whether it is archived."""
    workspace = Connection(sim.ready["intercom_port"])
    headers = {"Authorization": "Bearer " + sim.ready["intercom_token"],
               "Intercom-Version": "2.15"}
    rows = workspace.call(
        "GET", "/data_attributes?model=contact&include_archived=true", headers=headers)["data"]
    return {row["name"]: row["archived"] for row in rows if row["custom"]}


def archived(sim):
    return sorted(name for name, is_archived in attributes(sim).items() if is_archived)


def revocations(sim):
    return sim.calls(path="/services/oauth2/revoke")


def is_silent(sim, daemon):
    """Nothing is written to either side, whatever changes there and whoever restarts."""
    sim.reset()
    person = sim.person("late@example.com")
    sim.lead("late@example.com")
    daemon.stop()
    daemon.start()
    equal(daemon.try_ctl("sync", "--wait").returncode, 1, "sync is refused")
    equal(sim.writes(), 0, "writes after the uninstall")
    equal(sim.counters()["salesforce"]["api_calls"], 0, "calls to Salesforce")
    equal(sim.attributes(person).get("SALESFORCE_ID"), None, "somebody new")
    status = daemon.status()
    equal((status["state"], status["links"]["people"], status["queue"]["pending"]),
          ("paused", 0, 0), "the state after a restart")
    return status


def world(bench, **settings):
    sim = Simulator(bench, leads=40, people=40)
    lead = sim.lead(ADA, LastName="Lovelaciana", Title="Countess")
    person = sim.person(ADA)
    sim.intercom("define-attribute", name="company_size", data_type="integer")
    return sim, started(bench, sim, **settings), lead, person


@test("O6: uninstall shows the attributes, what is thrown away and what stays, and does nothing")
def shown_first(bench):
    sim, daemon, lead, _ = world(bench)
    sim.fault("intercom", "put", "status", value=503, times=50)
    sim.update(lead, Title="U")
    daemon.ctl("sync")
    wait_until("something waits", lambda: daemon.status()["queue"]["pending"])
    before = sim.writes()
    text = daemon.ctl("uninstall")
    contains(text, [*NAMES, "would be archived", "token", "still waiting would be thrown away",
                    "keep their values", "reports, filters", "Leads, contacts, tasks", "--yes"],
             "what is shown")
    told = daemon.json("uninstall")
    equal((told["done"], sorted(a["name"] for a in told["attributes"])), (False, sorted(NAMES)),
          "by name")
    check(all(a["id"] and not a["archived"] for a in told["attributes"]), "with their ids")
    check(told["deliveries"] > 0 and told["people"] > 0, f"the counts: {told}")
    equal((sim.writes(), archived(sim), revocations(sim)), (before, [], []), "nothing was done")
    check(daemon.status()["state"] != "paused", "it goes on")


@test("O6, S4: uninstall --yes archives, revokes, empties; a restart stays paused; resume begins "
      "anew", limit=90)
def taken_away(bench):
    sim, daemon, lead, person = world(bench)
    with open(daemon.store + ".damaged-1", "w", encoding="utf-8") as file:
        file.write(ADA)
    told = daemon.json("uninstall", "--yes")
    equal((told["done"], told["revoked"], told["emptied"], told["left"]), (True, True, True, []),
          "the outcome")
    equal(archived(sim), sorted(NAMES), "archived; the customer's own attribute is not")
    equal([call["path"][-7:] for call in revocations(sim)], ["/revoke"], "the token is revoked")
    for name in os.listdir(daemon.directory):
        if name.startswith("sfsync.db"):
            with open(os.path.join(daemon.directory, name), "rb") as file:
                data = file.read()
            check(ADA.encode() not in data and lead.encode() not in data, f"{name} is empty")
    equal([name for name in os.listdir(daemon.directory)
           if "damaged" in name or "empty" in name or "plan" in name], [], "what lay beside it")
    equal(daemon.status()["notices"][0], NOTICE, "the notice")
    equal(is_silent(sim, daemon)["notices"][0], NOTICE, "the notice after a restart")
    for command in (["plan"], ["task", "create", "123"], ["explain", ADA]):
        equal(daemon.try_ctl(*command).returncode, 1, f"{command} has nothing to say")
    equal(sim.counters()["salesforce"]["api_calls"], 0, "nor calls to make")
    events = len(sim.events())
    daemon.ctl("resume")
    wait_until("an initial sync", lambda: daemon.status()["initial_sync"]["phase"] == "done",
               seconds=40)
    daemon.sync()
    equal(archived(sim), [], "the attributes are revived")
    equal(sim.attributes(person)["SALESFORCE_ID"], lead, "people are linked again")
    equal(len(sim.events()), events, "without events")
    check(NOTICE not in daemon.status()["notices"], "the notice is gone")
    equal(daemon.errors(), [], "errors")


@test("O6, E2: Intercom is away: nothing is thrown away, exit 1, and the same goes on later",
      limit=90)
def intercom_away(bench):
    sim, daemon, _, _ = world(bench)
    sim.fault("intercom", "me", "status", value=503, times=3)
    result = daemon.try_ctl("uninstall", "--yes")
    equal(result.returncode, 1, "exit code")
    contains(result.stdout, ["Left to do", "Could not", "not revoked", "not emptied", "again"],
             "what is left")
    equal(revocations(sim), [], "the token is still good")
    status = daemon.status()
    equal(status["state"], "paused", "nothing runs")
    check(status["links"]["people"] > 0, "the store is whole")
    contains(status["notices"][0], ["not finished", "uninstall --yes", "resume"], "the notice")
    daemon.stop()
    daemon.start()
    equal(daemon.status()["notices"][0], status["notices"][0], "the notice after a restart")
    told = daemon.json("uninstall", "--yes")
    check(told["done"], f"then it is done: {told}")
    equal(archived(sim), sorted(NAMES), "archived")


@test("O6: an uninstall that stopped half-way is taken back by resume")
def taken_back(bench):
    sim, daemon, lead, person = world(bench)
    sim.fault("salesforce", "any", "status", value=503, path="/services/oauth2/revoke")
    told = daemon.json("uninstall", "--yes", expect=1)
    equal((told["done"], told["revoked"], told["emptied"]), (False, False, False), "the outcome")
    contains(" ".join(told["left"]), ["revoke the token", "store is not emptied"], "what is left")
    equal(archived(sim), sorted(NAMES), "the attributes are archived already")
    sim.update(lead, Title="Back")
    events = len(sim.events())
    daemon.ctl("resume")
    wait_until("the title arrives",
               lambda: sim.attributes(person).get("SALESFORCE_TITLE") == "Back")
    equal(archived(sim), [], "the attributes are revived")
    wait_until("its event", lambda: len(sim.events()) == events + 1)
    equal(daemon.status()["initial_sync"]["phase"], "done", "without an initial sync")


@test("O6: an attribute that is in use stays, is named with its remedy, and holds up nothing else")
def in_use(bench):
    sim, daemon, _, _ = world(bench)
    sim.fault("intercom", "attributeWrite", "refusal", ordinal=5, value=422, code="data_invalid",
              message="The Data Attribute you are trying to archive has a dependant object")
    told = daemon.json("uninstall", "--yes", expect=1)
    kept = [a["name"] for a in told["attributes"] if not a["archived"]]
    equal((len(kept), told["revoked"], told["emptied"], told["done"]), (1, True, True, False),
          "the outcome")
    contains(" ".join(told["left"]), [kept[0], "uses this attribute", "uninstall --yes"],
             "what is left")
    equal(archived(sim), sorted(set(NAMES) - set(kept)), "all the others are archived")
    again = daemon.json("uninstall", "--yes")
    equal(([a["name"] for a in again["attributes"]], again["done"]), (kept, True), "asked again")
    equal(archived(sim), sorted(NAMES), "all")


@test("O6: killed in the middle of an uninstall nothing runs, and the same ends it", limit=120)
def killed(bench):
    sim, daemon, _, _ = world(bench)
    for gone in (2, 5):
        ordinal = gone + 1 - len(archived(sim))
        sim.fault("intercom", "attributeWrite", "slow", ordinal=ordinal, value=8_000)
        process = bench.start(
            [bench.program("sfsyncctl"), "--socket", daemon.socket, "uninstall", "--yes"],
            bench.path("ctl.log"), env=daemon.environment)
        wait_until("some are archived", lambda: len(archived(sim)) >= gone)
        contains(daemon.status()["notices"][0], ["not finished"], "the notice meanwhile")
        for command in (["resume"], ["reload"], ["plan"], ["uninstall", "--yes"]):
            equal(daemon.try_ctl(*command).returncode == 0, False, f"{command} meanwhile")
        daemon.kill()
        process.wait(10)
        daemon.start()
        status = daemon.status()
        equal(status["state"], "paused", "the state after the kill")
        contains(status["notices"][0], ["not finished"], "the notice")
    check(daemon.json("uninstall", "--yes")["done"], "then it is done")
    equal(archived(sim), sorted(NAMES), "all are archived")
    is_silent(sim, daemon)


@test("O6: with a refresh token that one is revoked, and the file of the rotated one is gone")
def refresh_token(bench):
    sim = Simulator(bench, leads=3, people=3)
    daemon = Daemon(bench, sim, salesforce={"flow": "refresh-token"})
    token = sim.ready["salesforce_refresh_token"]
    daemon.secret("salesforce-refresh-token", token)
    daemon.start()
    daemon.sync()
    rotated = os.path.join(daemon.directory, "salesforce-refresh-token")
    with open(rotated, "w", encoding="utf-8", opener=lambda *a: os.open(*a, 0o600)) as file:
        file.write(token + "\n")
    check(daemon.json("uninstall", "--yes")["done"], "done")
    equal(len(revocations(sim)), 1, "revoked")
    check(not os.path.exists(rotated), "the file is gone")
    daemon.ctl("resume")
    wait_until("the grant is known to be over",
               lambda: "SF-REFRESH-TOKEN" in [entry["code"] for entry in daemon.errors()])


@test("O6: uninstall ends a first sync of many people at once, and what is in flight")
def during_initial(bench):
    sim = Simulator(bench, leads=1500, people=1500)
    sim.fault("intercom", "put", "slow", value=200, times=5_000)
    daemon = Daemon(bench, sim).start()
    wait_until("people are being written",
               lambda: daemon.status()["initial_sync"]["phase"] == "deliver", seconds=30)
    told = daemon.json("uninstall", "--yes")
    check(told["done"] and told["deliveries"] > 0, f"done: {told}")
    is_silent(sim, daemon)


@test("O6: only who may change things may forget or uninstall; both refuse what they do not know")
def parameters(bench):
    sim, daemon, _, _ = world(bench)
    for message, part in (
            (b'{"method":"org.sfsync.control.Uninstall","parameters":{"yes":"x"}}\0', b'"yes"'),
            (b'{"method":"org.sfsync.control.Forget","parameters":{}}\0', b'"who"'),
            (b'{"method":"org.sfsync.control.Forget","parameters":{"who":"a","sure":true}}\0',
             b'"sure"')):
        answer = daemon.call(message)
        check(b"InvalidParameter" in answer and part in answer, f"{message}: {answer}")
    equal(daemon.try_ctl("forget").returncode, 64, "forget without WHO")
    daemon.is_well()
