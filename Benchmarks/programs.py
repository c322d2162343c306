"""The programs under measurement: started, watched through /proc, ended by their own process id."""

import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import time
import urllib.parse
from http.client import HTTPConnection

TICK = os.sysconf("SC_CLK_TCK")


def die_with_parent():
    """PR_SET_PDEATHSIG: whatever becomes of the measurement, nothing is left running."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Program:
    """A child process and what the kernel says of it."""

    def __init__(self, arguments, log, environment=None):
        self.log = open(log, "ab")
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log,
            env={**os.environ, **(environment or {})}, preexec_fn=die_with_parent)
        self.pid = self.process.pid

    def cpu(self):
        """Seconds of user and system time, threads that ended included."""
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self, name):
        """MiB of VmHWM, RssAnon or their like."""
        with open(f"/proc/{self.pid}/status") as file:
            for line in file:
                if line.startswith(name + ":"):
                    return int(line.split()[1]) / 1024
        return 0.0

    def reset_peak(self):
        """VmHWM begins anew (proc(5), clear_refs)."""
        with open(f"/proc/{self.pid}/clear_refs", "w") as file:
            file.write("5")

    def switches(self):
        """How often each thread went to sleep of its own will."""
        counts = {}
        for thread in os.listdir(f"/proc/{self.pid}/task"):
            try:
                with open(f"/proc/{self.pid}/task/{thread}/status") as file:
                    for line in file:
                        if line.startswith("voluntary_ctxt_switches:"):
                            counts[thread] = int(line.split()[1])
            except FileNotFoundError:
                pass  # it ended between the two looks
        return counts

    def wakeups(self, seconds):
        """Switches in so many seconds; threads come and go, so it looks twice a second."""
        before, total = self.switches(), 0
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            time.sleep(0.5)
            now = self.switches()
            total += sum(count - before.get(thread, 0) for thread, count in now.items())
            before = now
        return total

    def end(self, number=signal.SIGTERM):
        """Seconds until it was gone."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
        self.log.close()
        return time.monotonic() - began


class Simulator(Program):
    """sfsync-sim with its control interface."""

    def __init__(self, programs, folder, leads, contacts, people):
        super().__init__(
            [f"{programs}/sfsync-sim", "serve", "--leads", str(leads), "--contacts", str(contacts),
             "--people", str(people), "--seed", "1", "--bulk-time", "0", "--daily-limit",
             "10000000", "--seconds", "1800"], f"{folder}/sim.log")
        ready, _, _ = select.select([self.process.stdout], [], [], 300)
        line = self.process.stdout.readline() if ready else b""
        if not line:
            raise SystemExit(f"sfsync-sim did not start: see {folder}/sim.log")
        self.facts = json.loads(line)
        self.connection = HTTPConnection("127.0.0.1", self.facts["control_port"], timeout=60)

    def url(self, side):
        return f"http://127.0.0.1:{self.facts[side + '_port']}"

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body)
        self.connection.request(method, path, data)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"sfsync-sim refused {path}: {text.decode()}")
        return json.loads(text)

    def counters(self):
        """Salesforce calls, Intercom calls, Intercom writes since the last reset."""
        both = self.ask("GET", "/counters")
        return (both["salesforce"]["api_calls"], sum(both["intercom"]["calls"].values()),
                both["intercom"]["writes"], both["intercom"]["calls"])

    def reset(self):
        self.ask("POST", "/reset-counters", {})

    def edit_record(self, record, fields):
        self.ask("POST", "/edit",
                 {"side": "salesforce", "do": "update", "id": record, "fields": fields})

    def touch_person(self):
        """Somebody is renamed in Intercom: the newest change is now a single one."""
        person = self.ask("GET", "/people?limit=1")["people"][0]
        self.ask("POST", "/edit", {"side": "intercom", "do": "update", "id": person,
                                   "field": "name", "value": "Bench"})

    def salesforce_token(self):
        form = urllib.parse.urlencode({
            "grant_type": "client_credentials", "client_id": self.facts["salesforce_client_id"],
            "client_secret": self.facts["salesforce_client_secret"]})
        connection = HTTPConnection("127.0.0.1", self.facts["salesforce_port"], timeout=60)
        connection.request("POST", "/services/oauth2/token", form,
                           {"Content-Type": "application/x-www-form-urlencoded"})
        return json.loads(connection.getresponse().read())["access_token"]


class Daemon(Program):
    """sfsyncd with a configuration of its own, and its control socket."""

    CONFIGURATION = """
[salesforce]
login_url = "{salesforce}"
client_id = "{client}"
daily_share = 1.0
[intercom]
api_url = "{intercom}"
app_url = "{intercom}"
[poll]
every = "{every}"
at_most = "{every}"
overlap = "1s"
reconcile = "off"
[store]
path = "{folder}/sfsync.db"
[control]
socket = "{folder}/control.sock"
"""

    def __init__(self, programs, folder, simulator, every="6h"):
        self.folder = folder
        self.programs = programs
        credentials = f"{folder}/credentials"
        os.makedirs(credentials, mode=0o700, exist_ok=True)
        for name, value in (("salesforce-client-secret", "salesforce_client_secret"),
                            ("intercom-access-token", "intercom_token")):
            with open(os.open(f"{credentials}/{name}", os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
                f.write(simulator.facts[value])
        with open(f"{folder}/sfsyncd.toml", "w") as file:
            file.write(self.CONFIGURATION.format(
                salesforce=simulator.url("salesforce"), intercom=simulator.url("intercom"),
                client=simulator.facts["salesforce_client_id"], folder=folder, every=every))
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = f"{folder}/notify.sock"
        if os.path.exists(path):
            os.unlink(path)
        notify.bind(path)
        notify.settimeout(60)
        began = time.monotonic()
        super().__init__(
            [f"{programs}/sfsyncd", "--config", f"{folder}/sfsyncd.toml", "--credentials",
             credentials], f"{folder}/daemon.log", {"NOTIFY_SOCKET": path})
        try:
            while b"READY=1" not in notify.recv(4096):
                pass
        except TimeoutError:
            raise SystemExit(f"sfsyncd did not start: see {folder}/daemon.log") from None
        self.ready_seconds = time.monotonic() - began
        notify.close()
        self.control = None

    def status(self):
        """The status, and the milliseconds that the answer took on an open connection."""
        began = time.monotonic()
        reply = self.call("Status", {})
        return reply, (time.monotonic() - began) * 1000

    def call(self, method, parameters):
        if self.control is None:
            self.control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.control.settimeout(60)
            self.control.connect(f"{self.folder}/control.sock")
        message = {"method": f"org.sfsync.control.{method}", "parameters": parameters}
        self.control.sendall(json.dumps(message).encode() + b"\0")
        text = b""
        while not text.endswith(b"\0"):
            piece = self.control.recv(65536)
            if not piece:
                raise SystemExit(f"sfsyncd closed the control socket: see {self.folder}/daemon.log")
            text += piece
        reply = json.loads(text[:-1])
        if "error" in reply:
            raise SystemExit(f"{method}: {reply}")
        return reply["parameters"]

    def sync(self, *options):
        """sfsyncctl sync --wait, and the seconds that it took."""
        began = time.monotonic()
        done = subprocess.run(
            [f"{self.programs}/sfsyncctl", "sync", "--wait", *options, "--socket",
             f"{self.folder}/control.sock"], capture_output=True, text=True, timeout=900)
        if done.returncode != 0:
            raise SystemExit(f"sfsyncctl sync: {done.returncode} {done.stdout}{done.stderr}")
        return time.monotonic() - began

    def command_milliseconds(self):
        """sfsyncctl status, process start included."""
        began = time.monotonic()
        subprocess.run([f"{self.programs}/sfsyncctl", "status", "--json", "--socket",
                        f"{self.folder}/control.sock"], check=True, timeout=60,
                       stdout=subprocess.DEVNULL)
        return (time.monotonic() - began) * 1000
