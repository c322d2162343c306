"""The two simulated sides and the daemon between them, in a directory that goes away again."""
import fcntl
import html
import json
import os
import pathlib
import pty
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time
import urllib.error
import urllib.parse
import urllib.request

CONFIGURATION = """\
[salesforce]
login_url = "http://127.0.0.1:{salesforce_port}"
client_id = "{salesforce_client_id}"

[intercom]
api_url = "http://127.0.0.1:{intercom_port}"

[poll]
every = "1s"       # a real one keeps the default, 5 minutes
at_most = "2s"
overlap = "5s"     # nothing is late here

[[leads.rule]]
name = "Companies over 500"
when = [ {{ attribute = "company_size", is = ">", value = 500 }} ]

[mapping]
"custom_attributes.company_size" = "NumberOfEmployees"

[assign]
conversations = "unassigned"

[store]
path = "{directory}/sfsync.db"

[control]
socket = "{directory}/control.sock"
"""


class Broken(Exception):
    """What the demo cannot go on without, in one sentence."""


class Sides:
    """Starts `sfsync-sim` and `sfsyncd`; edits the one, asks the other, ends both."""

    def __init__(self, programs, leads, contacts, people, rate):
        self.programs = pathlib.Path(programs)
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="sfsync-demo-"))
        self.size = {"leads": leads, "contacts": contacts, "people": people, "rate": rate}
        self.processes = []
        self.ready = {}
        self.daemon = None

    # Starting and ending

    def start_simulators(self):
        options = [f"--{name}={value}" for name, value in self.size.items()]
        simulator = self._start(
            "sfsync-sim", "serve", *options, "--seconds=600", "--until-stdin-closes",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = simulator.stdout.readline()
        if not line:
            raise Broken("sfsync-sim ended before it listened" + self.log("sfsync-sim"))
        self.ready = json.loads(line)

    def start_daemon(self):
        credentials = self.directory / "credentials"
        credentials.mkdir(mode=0o700)
        for name, secret in (("salesforce-client-secret", "salesforce_client_secret"),
                             ("intercom-access-token", "intercom_token")):
            self._secret(credentials / name, self.ready[secret])
        file = self.directory / "sfsyncd.toml"
        file.write_text(CONFIGURATION.format(directory=self.directory, **self.ready))
        self.daemon = self._start("sfsyncd", "--config", file, "--credentials", credentials)
        deadline = time.monotonic() + 20
        while not (self.directory / "control.sock").exists():
            if self.daemon.poll() is not None:
                raise Broken(f"sfsyncd ended with {self.daemon.returncode}" + self.log("sfsyncd"))
            if time.monotonic() > deadline:
                raise Broken("sfsyncd made no control socket in 20 s" + self.log("sfsyncd"))
            time.sleep(0.05)

    @staticmethod
    def _secret(path, text):
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)

    def _start(self, program, *arguments, **streams):
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, **streams}
        with open(self.directory / f"{program}.log", "wb") as log:
            # A session of its own: Ctrl-C reaches this script only, which then ends them in order.
            process = subprocess.Popen(
                [self.programs / program, *arguments], stderr=log, start_new_session=True,
                **streams)
        self.processes.append(process)
        return process

    def log(self, program):
        text = (self.directory / f"{program}.log").read_text(errors="replace")
        return "; it said:\n" + "\n".join(text.splitlines()[-8:]) if text.strip() else ""

    def stop_daemon(self):
        """SIGTERM, as systemd does; the exit code and the seconds it took."""
        began = time.monotonic()
        self.daemon.send_signal(signal.SIGTERM)
        return self.daemon.wait(15), time.monotonic() - began

    def end(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(12)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for stream in (process.stdin, process.stdout):
                if stream:
                    stream.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    # Asking the daemon

    def ctl(self, *arguments):
        """What `sfsyncctl` prints."""
        if self.daemon.poll() is not None:
            raise Broken(f"sfsyncd ended with {self.daemon.returncode}" + self.log("sfsyncd"))
        command = f"sfsyncctl {' '.join(arguments)}"
        try:
            done = subprocess.run(
                [self.programs / "sfsyncctl", *arguments], capture_output=True, text=True,
                timeout=30, env=self._environment())
        except subprocess.TimeoutExpired:
            raise Broken(f"'{command}' had no answer in 30 s" + self.log("sfsyncd")) from None
        if done.returncode not in (0, 1):
            raise Broken(f"'{command}' failed: {done.stderr.strip()}")
        return done.stdout.rstrip()

    def screen(self, *arguments, columns=96):
        """What `sfsyncctl` prints on a terminal of that width, where it fits its tables in."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        process = subprocess.Popen(
            [self.programs / "sfsyncctl", *arguments], stdin=subprocess.DEVNULL, stdout=theirs,
            stderr=subprocess.DEVNULL, env=self._environment(), start_new_session=True)
        os.close(theirs)
        pieces = []
        try:
            while piece := os.read(ours, 65536):
                pieces.append(piece)
        except OSError:
            pass  # Linux's word for "the other end was closed"
        os.close(ours)
        process.wait(30)
        return b"".join(pieces).decode().replace("\r", "").rstrip()

    def _environment(self):
        return {**os.environ, "SFSYNC_SOCKET": str(self.directory / "control.sock")}

    def status(self):
        return json.loads(self.ctl("status", "--json"))

    def errors(self):
        return json.loads(self.ctl("errors", "--json"))

    def explain(self, who):
        """The one person whom `who` names; None where there is not exactly one."""
        text = self.ctl("explain", who, "--json")
        answer = json.loads(text) if text else None
        return answer if isinstance(answer, dict) and answer["contact"] else None

    # Both sides by hand, past the daemon

    def control(self, path, body=None, **query):
        url = f"http://127.0.0.1:{self.ready['control_port']}{path}"
        if query:
            url += "?" + urllib.parse.urlencode(query)
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Broken(f"the simulator refused {path}: {error.read().decode()}") from error

    def edit(self, side, do, **more):
        return self.control("/edit", {"side": side, "do": do, **more})["id"]

    def records(self, kind, field, value):
        return self.control("/records", object=kind, field=field, value=value)["records"]

    def record(self, record):
        return self.control(f"/record/{record}")

    def rows(self, kind, field, value, fields):
        return self.control(
            "/records", object=kind, field=field, value=value, fields=fields)["rows"]

    def attributes(self, person):
        """The person's Salesforce attributes; Intercom hands text back with HTML escapes."""
        every = self.control(f"/person/{person}")["custom_attributes"]
        return {
            name: html.unescape(value) if isinstance(value, str) else value
            for name, value in every.items() if name.startswith("SALESFORCE_")
        }

    def events(self, person):
        return self.control("/events", contact=person)["events"]

    def counters(self):
        return self.control("/counters")
