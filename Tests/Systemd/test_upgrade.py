"""The life of the package: upgrade, removal, purge (O)."""

import os

from harness.cases import check, contains, equal, test
from harness.simulator import Simulator
from machine.service import Service


def later(bench):
    """The next version, whose sample configuration says something new."""
    def change(tree):
        path = os.path.join(tree, "etc/sfsyncd/sfsyncd.toml")
        with open(path, "a", encoding="utf-8") as file:
            file.write("\n# News of a later release.\n")
    return bench.package.later(bench.directory, change)


def keep_old(bench, machine, package):
    """As an unattended upgrade does: no question, changed files stay."""
    return bench.install(machine, package, "-o", "Dpkg::Options::=--force-confdef",
                         "-o", "Dpkg::Options::=--force-confold")


@test("O: an upgrade restarts what runs, and keeps store, configuration and secrets", limit=120)
def upgrade_running(bench):
    package = later(bench)
    service = bench.service(leads=20, people=20)
    machine, sim = service.machine, service.sim
    red = Service(machine, Simulator(bench, leads=5, people=5, name="red"), instance="red")
    red.configure().synced()
    service.synced()
    configuration = machine.read(service.config)
    process, other = service.process, red.process
    writes = sim.counters()["intercom"]["calls"]["put"]
    keep_old(bench, machine, package)
    equal(machine.run("dpkg-query", "--show", "--showformat", "${Version}", package.name),
          package.version, "the version")
    service.wait_for("active")
    service.answers()
    check(service.process not in (0, process), "it is another process")
    equal(machine.read(service.config), configuration, "the configuration")
    status = service.status()
    equal(status["initial_sync"]["phase"], "done", "the initial sync")
    service.ctl("sync", "--wait")
    equal(sim.counters()["intercom"]["calls"]["put"], writes, "nobody is written again")
    equal(service.show("NRestarts"), "0", "it started at once")
    red.wait_for("active")
    red.answers()
    check(red.process not in (0, other), "the instance is another process")


@test("O: an upgrade does not start what is stopped, nor enable what was disabled", limit=120)
def upgrade_stopped(bench):
    package = later(bench)
    service = bench.service(leads=5, people=5)
    machine = service.machine
    service.synced()
    service.systemctl("stop")
    machine.run("systemctl", "disable", service.unit)
    keep_old(bench, machine, package)
    service.stays_down()
    equal(machine.state(service.socket_unit), "inactive", "the socket")
    equal(machine.try_run("systemctl", "is-enabled", service.unit).stdout.strip(), "disabled",
          "is-enabled")
    check(machine.exists(service.state + "/sfsync.db"), "the store is kept")
    writes = service.sim.counters()["intercom"]["calls"]["put"]
    service.synced()
    equal(service.sim.counters()["intercom"]["calls"]["put"], writes, "nobody is written again")


def leftovers(machine):
    """What bears the name anywhere but in dpkg's own books and the journal."""
    found = machine.shell(
        "find / -xdev \\( -path /proc -o -path /sys -o -path /root -o -path /var/log -o "
        "-path /var/lib/dpkg -o -path /var/cache -o -path /run/log -o -path /var/lib/apt \\) "
        "-prune -o -name '*sfsync*' -print").split("\n")[:-1]
    run = machine.shell("find /run -path /run/log -prune -o -name '*sfsync*' -print")
    return found + run.split("\n")[:-1]


@test("O: removal stops it and keeps what is the owner's; purge leaves nothing", limit=120)
def removal(bench):
    service = bench.service(leads=5, people=5)
    machine = service.machine
    red = Service(machine, Simulator(bench, leads=5, people=5, name="red"), instance="red")
    red.configure().synced()
    machine.run("systemctl", "enable", red.unit)
    service.synced()
    machine.shell("touch /etc/default/sfsyncd /etc/default/sfsyncd-red")
    # The instance's store is on another disk, beside somebody else's files. (systemd does not
    # start it through a link, but people leave such links.)
    red.systemctl("stop")
    machine.shell(f"mkdir /srv/data && mv {red.state} /srv/data/red && "
                  f"ln -s ../../srv/data/red {red.state} && touch /srv/data/red/theirs")
    machine.run("apt-get", "remove", "--yes", bench.package.name, seconds=60)
    for one in (service, red):
        equal(machine.state(one.unit), "inactive", f"{one.unit} after the removal")
        for kept in (one.state + "/sfsync.db", one.config,
                     one.credentials + "/intercom-access-token"):
            check(machine.exists(kept), f"{kept} is kept")
        check(not machine.exists(one.socket), f"{one.socket} is gone")
    check(not machine.exists("/usr/sbin/sfsyncd"), "the programs are gone")
    said = machine.run("apt-get", "purge", "--yes", bench.package.name, seconds=60)
    check("not empty" not in said, f"dpkg removes every directory: {said}")
    equal(leftovers(machine), [], "files that are left")
    equal(machine.shell("ls -A /srv/data/red").split(), ["theirs"], "what is left behind the link")
    contains(said, ["/srv/data/red is left"], "apt-get purge")
    equal(machine.run("systemctl", "--failed", "--no-legend").strip(), "", "failed units")
    contains(machine.run("dpkg", "--audit") + "fine", ["fine"], "dpkg --audit")


@test("O: purged and installed again it is as new, with a store on another disk too", limit=120)
def again(bench):
    service = bench.service(leads=5, people=5)
    machine = service.machine
    machine.shell(f"mkdir -p /srv/disk {service.state} && mount --bind /srv/disk {service.state}")
    service.synced()
    check(machine.exists("/srv/disk/sfsync.db"), "the store is there")
    machine.run("apt-get", "purge", "--yes", bench.package.name, seconds=60)
    equal(machine.shell(f"ls -A {service.state}"), "", "what is left on the disk")
    machine.run("dpkg", "--install", "/root/" + os.path.basename(bench.package.file), seconds=60)
    check('login_url = ""' in machine.read(service.config), "the sample is back")
    service.configure().synced()
    equal(service.status()["initial_sync"]["phase"], "done", "the initial sync")
