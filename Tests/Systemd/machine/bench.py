"""One test's place, with the machines that it boots."""

from harness.bench import Bench
from harness.cases import Failed
from harness.simulator import Simulator

from .machine import Machine
from .service import Service


class MachineBench(Bench):
    """What all tests share is set once, before the first."""

    root = None
    package = None

    def __init__(self, binaries, limit):
        super().__init__(binaries, limit)
        self.machines = []

    def machine(self):
        """A booted machine that has not heard of the package."""
        machine = Machine(self, self.root)
        self.machines.append(machine)
        return machine

    def installed(self):
        """A machine with the package on it, as `apt install` leaves it, only quicker."""
        machine = self.machine()
        machine.run("dpkg", "--install", machine.bring(self.package.file), seconds=60)
        return machine

    def install(self, machine, package, *options):
        """As the manual says; all that it depends on is there, so that no network is asked."""
        return machine.run(
            "apt-get", "install", "--yes", "--no-install-recommends", *options,
            machine.bring(package.file), seconds=60)

    def service(self, **world):
        """A simulator, and on a machine of its own the configured service for it."""
        return Service(self.installed(), Simulator(self, **world)).configure()

    def evidence(self):
        text = super().evidence()
        for machine in self.machines:
            try:
                text += "\njournal:\n" + machine.try_run(
                    "journalctl", "--unit", "sfsync*", "--lines", "25", "--output", "short-precise",
                    seconds=10).stdout
            except (Failed, OSError) as reason:
                text += f"\njournal: {reason}"
        return text
