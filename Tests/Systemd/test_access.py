"""The control socket: who may look, who may change things, and what the others are told (C1)."""

from harness.cases import check, contains, equal, test


def people(machine):
    """ada administers, rob belongs to the readers, eve to nobody."""
    machine.shell("groupadd readers; useradd -G sfsync ada; useradd -G readers rob; useradd eve")


def refused(service, user, *arguments):
    result = service.try_ctl(*arguments, user=user)
    equal(result.returncode, 77, f"sfsyncctl {arguments[0]} as {user}: {result.stderr}")
    check("error" not in result.stderr.lower(), f"a plain sentence: {result.stderr}")
    return result.stderr


@test("C: root and members of sfsync look and change; others are told which group may")
def usual(bench):
    service = bench.service(leads=5, people=5)
    people(service.machine)
    service.synced()
    for user in (None, "ada", "sfsyncd"):
        equal(service.status(user)["state"], "idle", f"status as {user or 'root'}")
        service.ctl("pause", user=user)
        equal(service.status(user)["state"], "paused", f"status after {user or 'root'} paused")
        service.ctl("resume", user=user)
    for user in ("nobody", "eve"):
        contains(refused(service, user, "status"), [service.socket, "group"], "its words")
        refused(service, user, "pause")
    equal(service.status()["state"], "idle", "the state after those")


@test("C: a socket opened to others by a drop-in lets them look, not change")
def opened(bench):
    service = bench.service(leads=5, people=5)
    machine = service.machine
    people(machine)
    machine.write(f"/etc/systemd/system/{service.socket_unit}.d/readers.conf",
                  "[Socket]\nSocketMode=0666\n")
    machine.run("systemctl", "daemon-reload")
    service.synced()
    for user in ("rob", "nobody"):
        equal(service.status(user)["state"], "idle", f"status as {user}")
        contains(refused(service, user, "pause"), ["sfsync"], "its words")
    equal(service.status()["state"], "idle", "the state after those")
    service.ctl("pause", user="ada")


@test("C: another group of the socket by a drop-in: readers look, who is in both changes things")
def readers(bench):
    service = bench.service(leads=5, people=5)
    machine = service.machine
    people(machine)
    machine.shell("usermod -aG readers ada")
    machine.write(f"/etc/systemd/system/{service.socket_unit}.d/readers.conf",
                  "[Socket]\nSocketGroup=readers\n")
    machine.run("systemctl", "daemon-reload")
    service.synced()
    equal(service.status("rob")["state"], "idle", "status as rob")
    refused(service, "rob", "pause")
    refused(service, "eve", "status")
    service.ctl("pause", user="ada")
    service.ctl("resume", user="ada")
    service.systemctl("reload")


@test("C: a stopped daemon stays stopped: status ends with 69 and says what to do")
def stopped(bench):
    service = bench.service(leads=5, people=5).synced()
    machine = service.machine
    people(machine)
    service.systemctl("stop")
    for user in (None, "ada", "nobody"):
        result = service.try_ctl("status", user=user)
        equal(result.returncode, 69, f"sfsyncctl status as {user or 'root'}: {result.stderr}")
        contains(result.stderr, ["not running", "systemctl start sfsyncd"], "its words")
    equal(machine.state(service.socket_unit), "inactive", "the socket")
    check(not machine.exists(service.socket), "the socket's file is gone")
    service.stays_down()
    service.start()
    equal(service.status("ada")["initial_sync"]["phase"], "done", "after the next start")
    service.systemctl("restart")
    equal(service.status("ada")["initial_sync"]["phase"], "done", "after a restart")
