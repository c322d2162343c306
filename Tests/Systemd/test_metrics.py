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
