"""The textfile collector's timer (I2)."""

from harness.cases import contains, equal, test

TIMER = "sfsyncd-metrics.timer"


@test("I2: the timer writes metrics for the node exporter, whole files only")
def timer(bench):
    service = bench.service(leads=5, people=5)
    machine = service.machine
    place = "/var/lib/prometheus/node-exporter"
    machine.shell(f"mkdir -p {place}")
    service.synced()
    machine.run("systemctl", "start", TIMER)
    equal(machine.state(TIMER), "active", "the timer")
    machine.run("systemctl", "start", "sfsyncd-metrics.service")
    files = machine.shell(f"ls {place}").split()
    equal(files, ["sfsyncd.prom"], "files")
    text = machine.read(f"{place}/sfsyncd.prom")
    contains(text, ["# TYPE sfsync", "# HELP sfsync"], "the metrics")
    equal(machine.run("stat", "-c", "%a", f"{place}/sfsyncd.prom").strip(), "644", "its mode")
    contains(text, ["\nsfsync_up 1\n"], "the metrics of a daemon that answers")
    service.systemctl("stop")
    machine.run("systemctl", "start", "sfsyncd-metrics.service")
    equal(machine.shell(f"ls {place}").split(), ["sfsyncd.prom"], "files")
    contains(machine.read(f"{place}/sfsyncd.prom"), ["\nsfsync_up 0\n"], "with the daemon stopped")
    service.stays_down()
    equal(machine.run("systemctl", "--failed", "--no-legend").strip(), "", "failed units")


@test("I2: with the socket given to another group, the figures need the manual's second drop-in")
def other_group(bench):
    service = bench.service(leads=5, people=5)
    machine = service.machine
    place = "/var/lib/prometheus/node-exporter"
    machine.shell(f"mkdir -p {place}")
    machine.write(f"/etc/systemd/system/{service.socket_unit}.d/override.conf",
                  "[Socket]\nSocketGroup=adm\n")
    machine.run("systemctl", "daemon-reload")
    service.synced()
    refused = machine.try_run("systemctl", "start", "sfsyncd-metrics.service")
    equal(refused.returncode, 1, "the service without the drop-in")
    machine.write("/etc/systemd/system/sfsyncd-metrics.service.d/override.conf",
                  "[Service]\nSupplementaryGroups=adm\n")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "start", "sfsyncd-metrics.service")
    contains(machine.read(f"{place}/sfsyncd.prom"), ["\nsfsync_up 1\n"], "the metrics")
