"""Secrets come from systemd: files of root's that the daemon itself may not open (C, E2)."""

import os

from harness.cases import check, contains, equal, test
from machine.service import SECRETS


def process_file(service, name):
    with open(f"/proc/{service.process}/{name}", "rb") as file:
        return file.read()


def values(service):
    return [service.sim.ready[key].encode() for key in SECRETS.values()]


@test("C: LoadCredential: root's own files, and no secret in arguments, environment or state")
def plain(bench):
    service = bench.service(leads=5, people=5)
    machine = service.machine
    machine.run("chown", "-R", "root:root", service.credentials)
    service.synced()
    for name in SECRETS:
        described = machine.run("stat", "-c", "%U %a", f"{service.credentials}/{name}").strip()
        equal(described, "root 600", f"the file {name}")
        result = machine.try_run("cat", f"{service.credentials}/{name}", user="sfsyncd")
        check(result.returncode != 0, f"the daemon's user cannot read {name}")
    for place in ("environ", "cmdline"):
        content = process_file(service, place)
        for value in values(service):
            check(value not in content, f"a secret stands in /proc/PID/{place}")
    limits = process_file(service, "limits").decode()
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    equal(core.split()[4:6], ["0", "0"], "the limit of a memory image")
    # A process that is not dumpable belongs to root in /proc: its own user cannot look into it.
    equal(os.stat(f"/proc/{service.process}/mem").st_uid, 0, "the owner of /proc/PID/mem")
    machine.shell("useradd eve")
    for user in ("eve", "nobody"):
        result = machine.try_run("ls", f"/run/credentials/{service.unit}", user=user)
        check(result.returncode != 0, f"{user} cannot look into systemd's copies")
    for value in values(service):
        found = machine.try_run("grep", "--recursive", "--text", "--fixed-strings", "-l",
                                value.decode(), service.state, service.runtime)
        equal(found.stdout, "", "files of the daemon's that hold a secret")


@test("C: LoadCredentialEncrypted by a drop-in: secrets encrypted to the machine's own key")
def encrypted(bench):
    service = bench.service(leads=5, people=5)
    machine = service.machine
    lines = ["[Service]"]
    for name, key in SECRETS.items():
        os.remove(machine.path(f"{service.credentials}/{name}"))
        machine.write("/run/plain", service.sim.ready[key] + "\n", 0o600)
        machine.shell(f"mkdir -p /etc/sfsyncd/encrypted && systemd-creds encrypt --with-key=host "
                      f"--name={name} /run/plain /etc/sfsyncd/encrypted/{name}; rm /run/plain")
        lines.append(f"LoadCredentialEncrypted={name}:/etc/sfsyncd/encrypted/{name}")
    service.drop_in("\n".join(lines) + "\n")
    service.synced()
    equal(service.status()["errors"]["open"], 0, "open errors")
    for name in SECRETS:
        with open(machine.path(f"/etc/sfsyncd/encrypted/{name}"), "rb") as file:
            content = file.read()
        check(not any(value in content for value in values(service)), f"{name} is encrypted")


@test("C: only the secrets of the flow in use are wanted, and a missing one is named by its file")
def missing(bench):
    service = bench.service(leads=5, people=5)
    machine = service.machine
    equal(sorted(os.listdir(machine.path(service.credentials))), sorted(SECRETS), "the secrets")
    service.synced()
    service.systemctl("stop")
    os.remove(machine.path(f"{service.credentials}/intercom-access-token"))
    place = machine.now()
    service.systemctl("start", expect=1)
    equal(service.show("ExecMainStatus"), "66", "its exit code")
    said = " ".join(entry["MESSAGE"] for entry in service.journal(after=place))
    contains(said, [f"{service.credentials}/intercom-access-token"], "the journal names the file")


@test("E2: an exchanged token is taken up by a restart")
def exchanged(bench):
    service = bench.service(leads=5, people=5)
    right = service.sim.ready["intercom_token"]
    service.secret("intercom-access-token", "wrong-token")
    service.start()
    service.wait_event("credential.refused")
    equal(service.machine.state(service.unit), "active", "it stays up")
    check(not service.machine.try_run("journalctl", "--grep", "wrong-token").stdout.strip()
          .replace("-- No entries --", ""), "no token in the journal")
    service.secret("intercom-access-token", right)
    service.systemctl("restart")
    service.ctl("sync", "--wait", seconds=60)
    equal(service.status()["errors"]["open"], 0, "open errors")
