"""M2 to M8: which record supplies a person, and what happens to links."""

from harness.cases import check, equal, test
from harness.daemon import started
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
