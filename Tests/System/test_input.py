"""Bad input: each a message that a person can act on, and nothing is lost."""

import os
import select
import socket
import stat

from harness.cases import check, contains, equal, test, wait_until
from harness.daemon import Daemon, started
from harness.simulator import Simulator


def refused(bench, code, words, change):
    """Starts a daemon that has to refuse; the message has the words and no secret."""
    sim = Simulator(bench)
    daemon = Daemon(bench, sim, name=f"daemon{len(bench.processes)}")
    change(daemon)
    found, said = daemon.refuses_to_start()
    equal(found, code, f"exit code, with {said!r}")
    contains(said, words, "the message")
    check(sim.ready["intercom_token"] not in said, "no secret in the message")
    check(not os.path.exists(daemon.socket), "no socket is left")
    return said


def add(text):
    def change(daemon):
        with open(daemon.config, "a", encoding="utf-8") as file:
            file.write(text)
    return change


@test("78: an unknown key names file, line, key and the nearest known key")
def unknown_key(bench):
    said = refused(bench, 78, ["sfsyncd.toml:", "poll.evry", "every"],
                   lambda d: d.configure(poll={"evry": "5m"}))
    check(said.count("\n") <= 2, f"one message: {said}")


@test("78: an unknown table, a wrong type, a value out of range, broken TOML, a missing key")
def wrong_values(bench):
    refused(bench, 78, ["sfsyncd.toml:", "pol", "poll"], add('[pol]\nevery = "5m"\n'))
    refused(bench, 78, ["sfsyncd.toml:", "bulk_above", "many"],
            lambda d: d.configure(poll={"bulk_above": "many"}))
    refused(bench, 78, ["sfsyncd.toml:", "guard.max_change", "7.5"],
            lambda d: d.configure(guard={"max_change": 7.5}))
    refused(bench, 78, ["sfsyncd.toml:", "poll.every"],
            lambda d: d.configure(poll={"every": "10ms"}))
    refused(bench, 78, ["sfsyncd.toml:"], add("[match\n"))
    refused(bench, 78, ["match.prefer", "newest"],
            lambda d: d.configure(match={"prefer": "newset"}))

    def no_client(daemon):
        del daemon.settings["salesforce"]["client_id"]
        daemon.configure()

    refused(bench, 78, ["sfsyncd.toml", "client_id"], no_client)


@test("78: http to a host that is not loopback is refused")
def plain_http(bench):
    refused(bench, 78, ["sfsyncd.toml:", "login_url", "https"],
            lambda d: d.configure(salesforce={"login_url": "http://example.my.salesforce.com"}))
    refused(bench, 78, ["sfsyncd.toml:", "api_url", "https"],
            lambda d: d.configure(intercom={"api_url": "http://api.intercom.io"}))


@test("66: a missing configuration, and a missing credential, by name")
def missing_files(bench):
    refused(bench, 66, ["sfsyncd.toml"], lambda d: os.remove(d.config))
    refused(bench, 66, ["intercom-access-token"],
            lambda d: os.remove(os.path.join(d.credentials, "intercom-access-token")))
    refused(bench, 66, ["salesforce-client-secret"],
            lambda d: os.remove(os.path.join(d.credentials, "salesforce-client-secret")))


@test("77: a credential that others can read is refused, with the chmod that mends it")
def readable_credential(bench):
    path = "intercom-access-token"
    for mode in (0o640, 0o604):
        refused(bench, 77, [path, "chmod"],
                lambda d: os.chmod(os.path.join(d.credentials, path), mode))


@test("64: an unknown option and an unknown command are usage errors")
def usage(bench):
    for arguments in (["sfsyncd", "--bogus"], ["sfsyncctl", "bogus"], ["sfsyncctl", "link"],
                      ["sfsyncctl", "status", "--bogus"]):
        result = bench.run([bench.program(arguments[0]), *arguments[1:]])
        equal(result.returncode, 64, f"exit code of {' '.join(arguments)}")
        check(result.stderr.strip(), "a message")


@test("69: without a daemon every command says that it cannot be reached, and how to start it")
def no_daemon(bench):
    sim = Simulator(bench)
    daemon = Daemon(bench, sim)
    for command in (["status"], ["sync", "--wait"], ["explain", "x"], ["queue", "--json"]):
        result = daemon.try_ctl(*command)
        equal(result.returncode, 69, f"exit code of {command}")
        contains(result.stderr, [daemon.socket], "the message")
        check(len(result.stderr.strip().splitlines()) <= 2, f"one sentence: {result.stderr}")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(daemon.socket)
    equal(daemon.try_ctl("status").returncode, 69, "a socket without a daemon behind it")
    daemon.start()
    daemon.status()
    equal(stat.S_IMODE(os.stat(daemon.socket).st_mode), 0o660, "the socket's mode")


@test("O3: a second daemon on the same store does not start, and the first goes on")
def second_daemon(bench):
    sim = Simulator(bench)
    daemon = started(bench, sim)
    code, said = daemon.refuses_to_start()
    check(code not in (0, None), f"exit code {code}")
    contains(said, [daemon.store], "the message names the store")
    daemon.is_well()
    daemon.kill()
    daemon.start()
    daemon.sync()


@test("1, 64: an unknown person, record and error id")
def unknown_person(bench):
    sim = Simulator(bench)
    person = sim.person("ada@example.com")
    daemon = started(bench, sim)
    for command in (["explain", "nobody@example.com"], ["explain", "00Q000000000000AAA"],
                    ["unlink", "nobody@example.com"], ["link", person, "00Q000000000000AAA"],
                    ["link", person, "rubbish"], ["errors", "show", "999"]):
        result = daemon.try_ctl(*command)
        equal(result.returncode, 1, f"exit code of {command}: {result.stderr}")
        contains(result.stderr, [command[-1]], "the message")
    equal(daemon.try_ctl("errors", "show", "x").returncode, 64, "an id that is no number")
    daemon.is_well()


def wrong_message(daemon, message, word):
    answer = daemon.call(message)
    check(answer.endswith(b"\0") and word.encode() in answer, f"{message[:60]!r}: {answer[:200]!r}")


@test("Control: 2 MiB, bad JSON, half a message and unknown methods never take the daemon down")
def bad_messages(bench):
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com")
    person = sim.person("ada@example.com")
    daemon = started(bench, sim)
    answer = daemon.call(b'{"method":"' + b"x" * (2 << 20) + b'"}\0')
    check(not answer or b"error" in answer, f"2 MiB: {answer[:200]!r}")
    for message in (b"\0", b"rubbish\0", b"[]\0", b"{\0", b"{}\0", b"\xff\xfe\0", b'{"method":1}\0',
                    b"[" * 100_000 + b"\0"):
        wrong_message(daemon, message, "error")
    own = b'{"method":"org.sfsync.control.'
    wrong_message(daemon, own + b'Bogus"}\0', "MethodNotFound")
    wrong_message(daemon, own + b'Status","parameters":{"bogus":1}}\0', "InvalidParameter")
    wrong_message(daemon, own + b'Explain","parameters":{}}\0', "InvalidParameter")
    wrong_message(daemon, own + b'Queue","parameters":{"after":"x"}}\0', "InvalidParameter")
    wrong_message(daemon, b'{"method":"org.other.Thing"}\0', "InterfaceNotFound")
    halves = [socket.socket(socket.AF_UNIX) for _ in range(20)]
    for half in halves:
        half.connect(daemon.socket)
        half.sendall(own)
    daemon.is_well()
    for half in halves:
        half.close()
    too_many_connections(daemon)
    sim.update(lead, Title="Afterwards")
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "Afterwards", "it goes on")


def too_many_connections(daemon):
    """The 65th is told so, and there is room again afterwards."""
    many = [socket.socket(socket.AF_UNIX) for _ in range(80)]
    for one in many:
        one.connect(daemon.socket)
    told, _, _ = select.select(many, [], [], 5)
    check(told, "somebody is told that there are too many")
    contains(told[0].recv(65536).decode(), ["error", "64"], "what is said")
    for one in many:
        one.close()
    wait_until("there is room again", lambda: daemon.try_ctl("status").returncode == 0)


FAULTS = (("html", {}), ("truncate", {}), ("status", {"value": 500}), ("status", {"value": 503}),
          ("reset-before", {}), ("reset-after", {}), ("status-after", {"value": 500}),
          ("status", {"value": 429}))


@test("O4, E2: HTML, truncation, 5xx, resets from Salesforce: nothing is lost", limit=90)
def salesforce_faults(bench):
    fault_after_fault(bench, "salesforce", "composite")


@test("O4, E2: HTML, truncation, 5xx, resets from Intercom's search: nothing is lost", limit=90)
def search_faults(bench):
    fault_after_fault(bench, "intercom", "search")


@test("O4, E2: HTML, truncation, 5xx, resets at eight PUTs: all arrive, no event twice", limit=90)
def put_faults(bench):
    faults_at_once(bench, "put")


@test("O4, S7: HTML, truncation, 5xx, resets at eight events: each arrives once", limit=90)
def event_faults(bench):
    faults_at_once(bench, "event")


def faults_at_once(bench, kind):
    """One cycle in which each of the first calls of that kind goes wrong in another way."""
    sim = Simulator(bench)
    numbers = range(len(FAULTS))
    leads = [sim.lead(f"p{n}@example.com", Title="T") for n in numbers]
    people = [sim.person(f"p{n}@example.com") for n in numbers]
    daemon = started(bench, sim)
    for number, (fault, more) in enumerate(FAULTS):
        sim.fault("intercom", kind, fault, ordinal=number + 1, **more)
        sim.update(leads[number], Title=f"U{number}")
    daemon.ctl("sync")
    wait_until("all has arrived", lambda: len(sim.events()) == len(FAULTS)
               and daemon.json("queue") == [], seconds=60)
    for number in numbers:
        equal(sim.attributes(people[number])["SALESFORCE_TITLE"], f"U{number}", "the title")
        event, = sim.events(people[number])
        equal((event["metadata"]["from"], event["metadata"]["to"]), ("T", f"U{number}"), "event")
    wait_until("every entry closed by itself (E1)", lambda: daemon.errors() == [])
    daemon.sync()
    equal(daemon.status()["state"], "idle", "the state at the end")


def fault_after_fault(bench, side, kind):
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com", Title="T")
    person = sim.person("ada@example.com")
    daemon = started(bench, sim)
    titles = ["T"]
    for number, (fault, more) in enumerate(FAULTS):
        sim.fault(side, kind, fault, **more)
        titles.append(f"{fault} {number}")
        sim.update(lead, Title=titles[-1])
        daemon.ctl("sync", "--wait", expect=None)
        wait_until(f"{fault} is got over", lambda: settled(daemon, sim, person, titles[-1]))
    events = [e["metadata"] for e in sim.events(person)]
    equal([(e["from"], e["to"]) for e in events], list(zip(titles, titles[1:])), "the events")
    equal(daemon.errors(), [], "open errors at the end")
    check(daemon.status()["state"] in ("idle", "polling"), "the state at the end")


def settled(daemon, sim, person, title):
    """Asks again, as a person would, until the title is there and the queue is empty."""
    if sim.attributes(person)["SALESFORCE_TITLE"] == title and daemon.json("queue") == []:
        return True
    daemon.ctl("errors", "retry", "--all")
    daemon.ctl("sync", "--wait", expect=None)
    return False


@test("O4: a side that cannot be reached degrades, and all of it arrives when it is back")
def outage(bench):
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com", Title="T")
    person = sim.person("ada@example.com")
    daemon = started(bench, sim)
    for kind in ("put", "search"):
        sim.fault("intercom", kind, "status", value=503, times=3)
    sim.update(lead, Title="Through")
    daemon.ctl("sync", "--wait", expect=None)
    daemon.is_well()
    wait_until("it has arrived", lambda: settled(daemon, sim, person, "Through"), seconds=40)
    equal(daemon.errors(), [], "open errors")
