"""The installed service on a machine, configured for one simulator."""

import json
import os
import re

from harness.cases import Failed, check, wait_until

SECRETS = {"salesforce-client-secret": "salesforce_client_secret",
           "intercom-access-token": "intercom_token"}


class Service:
    """`sfsyncd`, or with an instance `sfsyncd@INSTANCE` and files of its own."""

    def __init__(self, machine, sim, instance=None):
        self.machine = machine
        self.sim = sim
        stem = f"sfsyncd@{instance}" if instance else "sfsyncd"
        self.unit = stem + ".service"
        self.socket_unit = stem + ".socket"
        self.config = f"/etc/sfsyncd/{instance or 'sfsyncd'}.toml"
        self.credentials = "/etc/sfsyncd/credentials" + (f"-{instance}" if instance else "")
        place = f"sfsyncd-{instance}" if instance else "sfsyncd"
        self.state = f"/var/lib/{place}"
        self.runtime = f"/run/{place}"
        self.socket = f"{self.runtime}/control.sock"

    # Files

    def configure(self):
        """The sample with three lines edited, and the two secrets."""
        text = self.machine.read("/etc/sfsyncd/sfsyncd.toml")
        for old, new in ((r'login_url = .*', f'login_url = "{self.sim.salesforce_url}"'),
                         (r'client_id = .*',
                          f'client_id = "{self.sim.ready["salesforce_client_id"]}"'),
                         (r'#?api_url = .*', f'api_url = "{self.sim.intercom_url}"')):
            text, count = re.subn(f"(?m)^{old}$", new, text)
            check(count == 1, f"the sample has one line {old!r}: {count}")
        self.machine.write(self.config, text)
        for file, key in SECRETS.items():
            self.secret(file, self.sim.ready[key])
        return self

    def secret(self, name, value, mode=0o600):
        self.machine.write(f"{self.credentials}/{name}", value + "\n", mode)

    def add(self, text):
        """Puts settings at the end of the file."""
        self.machine.write(self.config, self.machine.read(self.config) + "\n" + text)

    def set(self, key, value):
        """Gives a key of the sample, commented out or not, that value (as TOML writes it)."""
        text, count = re.subn(
            rf"(?m)^#?{key} = .*$", f"{key} = {value}", self.machine.read(self.config))
        check(count == 1, f"the file has one line {key!r}: {count}")
        self.machine.write(self.config, text)

    def drop_in(self, text):
        """What an administrator adds to the unit."""
        self.machine.write(f"/etc/systemd/system/{self.unit}.d/test.conf", text)
        self.machine.run("systemctl", "daemon-reload")

    # The service

    def systemctl(self, verb, expect=0, seconds=40):
        result = self.machine.try_run("systemctl", verb, self.unit, seconds=seconds)
        if result.returncode != expect:
            raise Failed(f"systemctl {verb} {self.unit}: {result.returncode}, not {expect}: "
                         + result.stdout[-300:] + result.stderr[-500:])
        return result.stdout + result.stderr

    def start(self):
        self.systemctl("start")
        return self

    def synced(self):
        """Starts it and waits for the end of the initial sync and of what follows from it."""
        self.start()
        self.ctl("sync", "--wait", seconds=60)
        return self

    def show(self, name):
        return self.machine.show(self.unit, name)

    @property
    def process(self):
        return self.machine.main_process(self.unit)

    def signal(self, number):
        """Sends its process a signal from outside; the number of that process."""
        process = self.process
        if process <= 1:
            raise Failed(f"{self.unit} has no process: it is {self.machine.state(self.unit)}")
        os.kill(process, number)
        return process

    def wait_for(self, state, seconds=20):
        return self.machine.wait_for(self.unit, state, seconds)

    def wait_status(self, part, seconds=20):
        """Waits for a STATUS= line with that in it; the line."""
        def probe():
            line = self.show("StatusText")
            return part in line and line
        return wait_until(f"the status line has {part!r}", probe, seconds, 0.1)

    def stays_down(self, seconds=1):
        """Nothing starts it again, asking included."""
        starts = self.show("NRestarts"), self.show("ExecMainStartTimestampMonotonic")
        self.machine.pause(seconds)
        state = self.machine.state(self.unit)
        check(state in ("inactive", "failed"), f"{self.unit} is {state}")
        found = self.show("NRestarts"), self.show("ExecMainStartTimestampMonotonic")
        check(found == starts, f"{self.unit} was started again")

    def answers(self, seconds=20):
        """Waits until the service itself answers."""
        def probe():
            return self.try_ctl("status", "--json").returncode == 0
        wait_until(f"{self.unit} answers", probe, seconds, 0.1)

    # Its client

    def try_ctl(self, *arguments, user=None, seconds=40):
        return self.machine.try_run(
            "sfsyncctl", "--socket", self.socket, *arguments, user=user, seconds=seconds)

    def ctl(self, *arguments, user=None, expect=0, seconds=40):
        result = self.try_ctl(*arguments, user=user, seconds=seconds)
        if result.returncode != expect:
            raise Failed(f"sfsyncctl {' '.join(arguments)} as {user or 'root'}: "
                         f"{result.returncode}, not {expect}: "
                         + result.stdout[-500:] + result.stderr[-500:])
        return result.stdout

    def status(self, user=None):
        return json.loads(self.ctl("status", "--json", user=user))

    # Its journal

    def journal(self, *matches, after=0):
        """Its own entries since then, oldest first, as journalctl gives them to programs."""
        text = self.machine.run("journalctl", "--output", "json", "--unit", self.unit, *matches)
        entries = [json.loads(line) for line in text.splitlines()]
        return [entry for entry in entries if int(entry["__REALTIME_TIMESTAMP"]) > after]

    def events(self, name, after=0):
        return self.journal("SFSYNC_EVENT=" + name, after=after)

    def wait_event(self, name, after=0, seconds=20):
        return wait_until(f"the journal has {name}", lambda: self.events(name, after), seconds, 0.1)
