"""TLS: both sides behind stunnel with a throw-away certificate authority."""

import os
import shutil
import socket

from harness.cases import check, contains, equal, skip_unless, test, wait_until
from harness.daemon import Daemon
from harness.simulator import Simulator


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Authority:
    """A certificate authority for one test."""

    def __init__(self, bench):
        skip_unless(shutil.which("openssl"), "openssl is not here: apt install openssl")
        self.bench = bench
        self.file = bench.path("ca.pem")
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-keyout", bench.path("ca.key"), "-out", self.file, "-days", "2",
                     "-subj", "/CN=Throw-away CA", "-addext", "basicConstraints=critical,CA:TRUE")

    def openssl(self, *arguments):
        result = self.bench.run(["openssl", *arguments])
        equal(result.returncode, 0, f"openssl {arguments[0]}: {result.stderr}")

    def certificate(self, name, alternative, days="2"):
        """A certificate with its key, in one file for stunnel."""
        base = self.bench.path(name)
        with open(base + ".ext", "w", encoding="utf-8") as file:
            file.write(f"subjectAltName={alternative}\n")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                     "-keyout", base + ".key", "-out", base + ".csr", "-subj", f"/CN={name}")
        self.openssl("x509", "-req", "-in", base + ".csr", "-CA", self.file, "-CAkey",
                     self.bench.path("ca.key"), "-CAcreateserial", "-days", days, "-out",
                     base + ".crt", "-extfile", base + ".ext")
        with open(base + ".pem", "w", encoding="utf-8") as file:
            for part in (".key", ".crt"):
                with open(base + part, encoding="utf-8") as source:
                    file.write(source.read())
        os.chmod(base + ".pem", 0o600)
        return base + ".pem"


def tunnels(bench, services):
    """stunnel before each (port, port behind it, certificate)."""
    program = shutil.which("stunnel4") or shutil.which("stunnel")
    skip_unless(program, "stunnel is not here: apt install stunnel4")
    ports, lines = [], ["foreground = yes", "pid =", "socket = l:TCP_NODELAY=1"]
    for port, behind, certificate in services:
        ports.append(port)
        lines += [f"[port{port}]", f"accept = 127.0.0.1:{port}", f"connect = 127.0.0.1:{behind}",
                  f"cert = {certificate}"]
    with open(bench.path("stunnel.conf"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    bench.start([program, bench.path("stunnel.conf")], bench.path("sim-stunnel.log"))

    def listen():
        try:
            for port in ports:
                socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False

    wait_until("stunnel listens", listen)


def tls_world(bench, alternative="IP:127.0.0.1"):
    """A simulator whose Intercom is also behind TLS; that URL and the CA's file."""
    authority = Authority(bench)
    certificate = authority.certificate("server", alternative)
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com")
    person = sim.person("ada@example.com")
    port = free_port()
    tunnels(bench, [(port, sim.ready["intercom_port"], certificate)])
    return sim, lead, person, f"https://127.0.0.1:{port}", authority.file


@test("TLS: Intercom over TLS works with tls.ca_file")
def trusted(bench):
    sim, lead, person, url, ca = tls_world(bench)
    daemon = Daemon(bench, sim, intercom={"api_url": url}, tls={"ca_file": ca}).start()
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_ID"], lead, "enriched over TLS")


@test("TLS: Salesforce over TLS, with an instance_url on the same host and port, works")
def salesforce(bench):
    authority = Authority(bench)
    certificate = authority.certificate("server", "IP:127.0.0.1")
    behind, front = free_port(), free_port()
    sim = Simulator(bench, salesforce_port=behind, instance_url=f"https://127.0.0.1:{front}")
    lead = sim.lead("ada@example.com")
    person = sim.person("ada@example.com")
    tunnels(bench, [(front, behind, certificate)])
    daemon = Daemon(bench, sim, salesforce={"login_url": f"https://127.0.0.1:{front}"},
                    tls={"ca_file": authority.file}).start()
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_ID"], lead, "read over TLS")
    sim.update(lead, Title="Again")
    daemon.sync()
    equal(sim.attributes(person)["SALESFORCE_TITLE"], "Again", "polled over TLS")


def refused(bench, alternative, words, trusts):
    sim, lead, person, url, ca = tls_world(bench, alternative)
    more = {"tls": {"ca_file": ca}} if trusts else {}
    daemon = Daemon(bench, sim, name="refused", intercom={"api_url": url}, **more).start()
    result = daemon.sync(expect=1)
    contains(" ".join(result["failures"]), ["certificate is refused"] + words, "what sync says")
    contains(daemon.said(), ["certificate is refused"] + words, "the log")
    equal(sim.counters()["intercom"]["calls"], {}, "no call, no token, got through")
    daemon.is_well()
    daemon.stop()


@test("TLS: without tls.ca_file the unknown authority is refused, and no token is sent")
def untrusted(bench):
    refused(bench, "IP:127.0.0.1", ["unknown authority"], trusts=False)


@test("TLS: a certificate for another name is refused, and no token is sent")
def wrong_name(bench):
    refused(bench, "DNS:elsewhere.example", ["another name"], trusts=True)


@test("TLS: a tls.ca_file that is not there stops the start by name")
def missing_authority(bench):
    sim = Simulator(bench)
    daemon = Daemon(bench, sim, tls={"ca_file": bench.path("none.pem")})
    code, said = daemon.refuses_to_start()
    check(code in (66, 78), f"exit code {code}: {said}")
    contains(said, ["none.pem"], "the message")


@test("TLS: an instance_url on another host is refused, and says why")
def foreign_instance(bench):
    sim = Simulator(bench, instance_url="https://evil.example")
    sim.lead("ada@example.com")
    sim.person("ada@example.com")
    daemon = Daemon(bench, sim).start()
    result = daemon.sync(expect=1)
    check(result["broken"] or result["failures"], f"sync says so: {result}")
    contains(str(daemon.errors()) + daemon.said(), ["evil.example"], "what is said")
    equal(sim.received(), [], "writes")
