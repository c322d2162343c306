"""I2, O5: mail on the first sync done, on broken and on recovered; each once, whatever happens."""

import os
import re
import time

from harness.cases import check, contains, equal, test, wait_until
from harness.daemon import Daemon
from harness.mail import Mailbox
from harness.simulator import Simulator
from test_tls import Authority

PASSWORD = "correct-horse-battery"


def world(bench, people=3):
    sim = Simulator(bench)
    for number in range(people):
        sim.lead(f"p{number}@example.com", Title="T")
        sim.person(f"p{number}@example.com")
    return sim


def error_codes(daemon):
    return sorted(entry["code"] for entry in daemon.errors())


def quiet(mailbox, occasions, seconds=2):
    """A while in which nothing more comes."""
    time.sleep(seconds)
    equal(mailbox.occasions(), occasions, "the mails")


def check_form(mail, raw, daemon, sim):
    """RFC 5322, and nothing about a customer."""
    for name in ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type"):
        equal(len(mail.get_all(name, [])), 1, f"fields {name}")
    equal(mail["Auto-Submitted"], "auto-generated", "Auto-Submitted")
    equal(mail["To"], "ops@example.com", "To")
    contains(mail["From"], ["sfsync@example.org"], "From")
    equal(mail.get_content_type(), "text/plain", "type")
    equal(mail.defects, [], "defects")
    check(mail["Date"].datetime is not None, "the date is one")
    check(re.fullmatch(r"<[^<>@ ]+@example\.org>", mail["Message-ID"]), mail["Message-ID"])
    text = raw["text"]
    check(all(len(line) <= 998 for line in text.split("\r\n")), "line lengths")
    check("\n" not in text.replace("\r\n", ""), "CRLF alone")
    for word in ("p0@example.com", "00Q", sim.ready["intercom_token"],
                 sim.ready["salesforce_client_secret"]):
        check(word not in text, f"{word!r} is not in the mail")


@test("I2, O5: the first sync done is mailed once, with its counts, and not at the next start")
def initial(bench):
    sim = world(bench)
    sim.contact("p1@example.com")
    mailbox = Mailbox(bench)
    daemon = Daemon(bench, sim, mail=mailbox.settings()).start()
    daemon.sync()
    mail, = mailbox.wait(["initial-sync"])
    check_form(mail, mailbox.raw()[0], daemon, sim)
    contains(mail["Subject"], ["[sfsync]", "Initial sync done"], "the subject")
    body = mail.get_content()
    for words in (r"People linked: +3\n", r"to leads: +2\n", r"to contacts: +1\n",
                  r"With several matches: +1\n", r"Open errors: +0\n", r"It took \d+ second"):
        check(re.search(words, body) or "less than a second" in body, f"{words} in {body}")
    equal(mailbox.raw()[0]["from"], "sfsync@example.org", "the envelope's sender")
    equal(mailbox.raw()[0]["to"], ["ops@example.com"], "the envelope's recipient")
    daemon.sync("--full")
    daemon.stop()
    daemon.start()
    daemon.sync()
    quiet(mailbox, ["initial-sync"])
    check("is read but not acted on" not in daemon.said(), "no such warning any more")


def refused_token(bench, **options):
    """A daemon past its initial sync whose token is refused."""
    sim = world(bench)
    mailbox = Mailbox(bench, **options)
    daemon = Daemon(bench, sim, mail=mailbox.settings()).start()
    daemon.sync()
    mailbox.wait(["initial-sync"])
    daemon.secret("intercom-access-token", "wrong")
    daemon.stop()
    daemon.start()
    daemon.sync(expect=1)
    return sim, mailbox, daemon


@test("O5: broken and recovered are mailed once each, over restarts; the second answers the first",
      limit=90)
def broken(bench):
    sim, mailbox, daemon = refused_token(bench)
    mail = mailbox.wait(["initial-sync", "broken"])[1]
    check_form(mail, mailbox.raw()[1], daemon, sim)
    contains(mail["Subject"], ["Intercom is broken"], "the subject")
    entry = [entry for entry in daemon.errors() if entry["code"] == "IC-TOKEN"][0]
    text = " ".join(mail.get_content().split())
    contains(text, ["IC-TOKEN", entry["cause"], entry["remedy"], "Since:",
                    f"sfsyncctl errors show {entry['id']}"], "the body")
    for _ in range(2):
        daemon.sync(expect=1)
        daemon.kill()
        daemon.start()
    daemon.sync(expect=1)
    quiet(mailbox, ["initial-sync", "broken"])
    daemon.secret("intercom-access-token", sim.ready["intercom_token"])
    daemon.ctl("errors", "retry", "--all")
    daemon.sync()
    recovered = mailbox.wait(["initial-sync", "broken", "recovered"])[2]
    contains(recovered["Subject"], ["Intercom has recovered"], "the subject")
    equal(recovered["In-Reply-To"], mail["Message-ID"], "it answers the mail about the trouble")
    daemon.stop()
    daemon.start()
    daemon.sync()
    quiet(mailbox, ["initial-sync", "broken", "recovered"])


@test("O5: a side that flaps makes one pair of mails an hour", limit=90)
def flapping(bench):
    sim, mailbox, daemon = refused_token(bench)
    for _ in range(3):
        daemon.secret("intercom-access-token", sim.ready["intercom_token"])
        daemon.sync()
        daemon.secret("intercom-access-token", "wrong")
        daemon.stop()
        daemon.start()
        daemon.sync(expect=1)
    mailbox.wait(["initial-sync", "broken", "recovered"])
    quiet(mailbox, ["initial-sync", "broken", "recovered"])


@test("O5: killed while the mail server is away, the mail goes after the restart; once", limit=90)
def killed_before(bench):
    sim = world(bench)
    mailbox = Mailbox(bench)
    mailbox.end()
    daemon = Daemon(bench, sim, mail=mailbox.settings()).start()
    daemon.sync()
    wait_until("the register says so",
               lambda: error_codes(daemon) == ["MAIL-UNREACHABLE"])
    daemon.kill()
    mailbox.begin()
    daemon.start()
    mailbox.wait(["initial-sync"])
    wait_until("the entry closes", lambda: daemon.errors() == [])
    daemon.kill()
    daemon.start()
    daemon.sync()
    quiet(mailbox, ["initial-sync"])


@test("O5: killed between the mail's end and the server's answer, it is not sent again", limit=90)
def killed_between(bench):
    sim = world(bench)
    mailbox = Mailbox(bench)
    mailbox.behave(data_wait=30)
    daemon = Daemon(bench, sim, mail=mailbox.settings()).start()
    daemon.sync()
    mailbox.wait(["initial-sync"])
    daemon.kill()
    mailbox.behave()
    daemon.start()
    daemon.sync()
    quiet(mailbox, ["initial-sync"])
    equal(error_codes(daemon), ["MAIL-UNSURE"], "the register")


@test("O5: kill -9 at many moments of an initial sync and its mail: one mail, or none and it is told",
      limit=150)
def killed_often(bench):
    sim = Simulator(bench, leads=200, contacts=50, people=250)
    mailbox = Mailbox(bench)
    # A way to the server's answer that the kills meet.
    mailbox.behave(recipient="451 4.7.1 greylisted")
    daemon = Daemon(bench, sim, mail=mailbox.settings())
    for number in range(12):
        daemon.start()
        time.sleep(0.05 + 0.09 * number)
        daemon.kill()
    daemon.start()
    daemon.sync(seconds=90)
    wait_until("the server was asked", lambda: mailbox.log("rcpt"))
    daemon.kill()
    mailbox.behave()
    for pause in (0.02, 0.05, 0.1, 0.2, 0.4):
        daemon.start()
        time.sleep(pause)
        daemon.kill()
    daemon.start()
    daemon.sync()
    # A kill between the mark and the server's answer may have been before the mail went.
    wait_until("the mail is there, or it is told that it may not be",
               lambda: mailbox.occasions() or "MAIL-UNSURE" in error_codes(daemon))
    if mailbox.occasions():
        quiet(mailbox, ["initial-sync"])
    else:
        quiet(mailbox, [])


@test("O5: a mail server that is away, or silent, holds up no sync and answers no slower")
def away(bench):
    sim = world(bench)
    mailbox = Mailbox(bench)
    # It takes the mail and says nothing for long: the loop has to go on.
    mailbox.behave(data_wait=40)
    daemon = Daemon(bench, sim, mail=mailbox.settings()).start()
    daemon.sync()
    mailbox.wait(["initial-sync"])
    worst = 0
    for number in range(10):
        began = time.monotonic()
        daemon.call(b'{"method":"org.sfsync.control.Status","parameters":{}}\0')
        worst = max(worst, time.monotonic() - began)
    check(worst < 0.5, f"an answer took {worst:.2f} s while a mail was under way")
    sim.update(sim.lead("p0@example.com"), Title="Again")
    daemon.sync()
    took = daemon.stop(seconds=12)
    check(took < 10, f"the stop took {took:.1f} s")


@test("O5: a mail server that is away and comes back gets the mail, tried again by itself", limit=90)
def back(bench):
    sim = world(bench)
    mailbox = Mailbox(bench)
    mailbox.end()
    daemon = Daemon(bench, sim, mail=mailbox.settings()).start()
    daemon.sync()
    wait_until("the register says so", lambda: error_codes(daemon) == ["MAIL-UNREACHABLE"])
    daemon.error("MAIL-UNREACHABLE", "mail.smtp_url")
    equal(daemon.status()["state"], "idle", "the sync is well")
    mailbox.begin()
    mailbox.wait(["initial-sync"], seconds=30)
    wait_until("the entry closes", lambda: daemon.errors() == [])


@test("O5: a refused recipient is one entry and no second try, until [mail] changes", limit=90)
def refused(bench):
    sim = world(bench)
    mailbox = Mailbox(bench)
    mailbox.behave(recipient="550 5.1.1 <ops@example.com>: no such user here")
    daemon = Daemon(bench, sim, mail=mailbox.settings()).start()
    daemon.sync()
    wait_until("the register says so", lambda: error_codes(daemon) == ["MAIL-REFUSED"])
    entry = daemon.error("MAIL-REFUSED", "550 5.1.1", "mail.to")
    daemon.stop()
    daemon.start()
    daemon.sync()
    time.sleep(1)
    equal(len(mailbox.log("rcpt")), 1, "the recipient was named once")
    equal(daemon.error("MAIL-REFUSED")["count"], entry["count"], "the entry's count")
    check("@example.com" not in daemon.said() + str(entry), "no address in log and register")
    mailbox.behave()
    daemon.configure(mail={"to": "others@example.com"})
    daemon.ctl("reload")
    mailbox.wait(["initial-sync"])
    equal(mailbox.raw()[0]["to"], ["others@example.com"], "the recipient")
    wait_until("the entry closes", lambda: daemon.errors() == [])


def encrypted(bench, alternative="IP:127.0.0.1", **options):
    authority = Authority(bench)
    authority.certificate("mail", alternative)
    mailbox = Mailbox(bench, cert=bench.path("mail.crt"), key=bench.path("mail.key"),
                      user="ops@example.com", password=PASSWORD, **options)
    return authority, mailbox


def secret_files(daemon):
    """Everything that the daemon wrote, as bytes."""
    found = b""
    for name in os.listdir(daemon.directory):
        path = os.path.join(daemon.directory, name)
        if os.path.isfile(path) and name.startswith("sfsync.db"):
            with open(path, "rb") as file:
                found += file.read()
    return found + daemon.said().encode()


@test("O5: STARTTLS and AUTH, with the password from its credential and tls.ca_file", limit=90)
def starttls(bench):
    sim = world(bench)
    authority, mailbox = encrypted(bench)
    daemon = Daemon(bench, sim, tls={"ca_file": authority.file},
                    mail=mailbox.settings(user="ops%40example.com"))
    daemon.secret("smtp-password", PASSWORD)
    daemon.start()
    daemon.sync()
    mailbox.wait(["initial-sync"])
    check(mailbox.raw()[0]["tls"], "encrypted")
    check(mailbox.raw()[0]["login"], "logged in")
    check(PASSWORD.encode() not in secret_files(daemon), "no password in log or store")


@test("O5: smtps:// is encrypted from the first byte", limit=90)
def smtps(bench):
    sim = world(bench)
    authority, mailbox = encrypted(bench, tls=True)
    daemon = Daemon(bench, sim, tls={"ca_file": authority.file},
                    mail=mailbox.settings(scheme="smtps", user="ops@example.com"))
    daemon.secret("smtp-password", PASSWORD)
    daemon.start()
    daemon.sync()
    mailbox.wait(["initial-sync"])
    check(mailbox.raw()[0]["login"], "logged in")


@test("O5: a wrong password is one entry that names no secret, and the right one mends it", limit=90)
def wrong_password(bench):
    sim = world(bench)
    authority, mailbox = encrypted(bench)
    daemon = Daemon(bench, sim, tls={"ca_file": authority.file},
                    mail=mailbox.settings(user="ops@example.com"))
    daemon.secret("smtp-password", "not-this-one")
    daemon.start()
    daemon.sync()
    wait_until("the register says so", lambda: error_codes(daemon) == ["MAIL-LOGIN"])
    daemon.error("MAIL-LOGIN", "535", "smtp-password")
    said = secret_files(daemon) + str(daemon.errors()).encode()
    check(b"not-this-one" not in said, "the password is nowhere, though the server repeats it")
    daemon.secret("smtp-password", PASSWORD)
    daemon.ctl("errors", "retry", "--all")
    mailbox.wait(["initial-sync"])
    wait_until("the entry closes", lambda: daemon.errors() == [])


@test("O5: a certificate of an unknown authority or another name gets no password", limit=90)
def certificate(bench):
    sim = world(bench)
    authority, mailbox = encrypted(bench, alternative="DNS:elsewhere.example")
    for name, tls, words in (("untrusted", {}, "unknown authority"),
                             ("misnamed", {"ca_file": authority.file}, "another name")):
        daemon = Daemon(bench, sim, name=name, tls=tls, mail=mailbox.settings(user="ops"))
        daemon.secret("smtp-password", PASSWORD)
        daemon.start()
        daemon.sync()
        wait_until("the register says so", lambda: error_codes(daemon) == ["MAIL-CERTIFICATE"])
        contains(daemon.said(), [words], "the log")
        daemon.stop()
    equal(mailbox.occasions(), [], "no mail")


@test("O5: a server on another host that offers no STARTTLS gets nothing")
def no_starttls(bench):
    sim = world(bench)
    mailbox = Mailbox(bench)
    # Another spelling of 127.0.0.1, which sfsync takes for a host like any other.
    daemon = Daemon(bench, sim, mail=mailbox.settings(host="127.1")).start()
    daemon.sync()
    wait_until("the register says so", lambda: error_codes(daemon) == ["MAIL-NO-STARTTLS"])
    equal(mailbox.log("rcpt"), [], "no recipient was named")


@test("O5: the password's file has to be there where a user is named, and never in the URL")
def credentials(bench):
    sim = world(bench)
    mailbox = Mailbox(bench)
    daemon = Daemon(bench, sim, mail=mailbox.settings(user="ops"))
    code, said = daemon.refuses_to_start()
    equal(code, 66, said)
    contains(said, ["smtp-password"], "the message")
    daemon.configure(mail=mailbox.settings(user=f"ops:{PASSWORD}"))
    code, said = daemon.refuses_to_start()
    equal(code, 78, said)
    contains(said, ["mail.smtp_url", "smtp-password"], "the message")
    check(PASSWORD not in said, "the password is not shown")


@test("O5: mail switched on, changed and off by reload", limit=90)
def reloaded(bench):
    sim = world(bench)
    mailbox = Mailbox(bench)
    daemon = Daemon(bench, sim).start()
    daemon.sync()
    daemon.configure(mail=mailbox.settings(on=["recovered"]))
    daemon.ctl("reload")
    daemon.sync()
    # What was over before anybody wanted mail is not told.
    quiet(mailbox, [], seconds=1)
    del daemon.settings["mail"]
    daemon.configure()
    contains(daemon.ctl("reload"), ["mail"], "what reload says")
    daemon.configure(mail=mailbox.settings(user="ops"))
    result = daemon.try_ctl("reload")
    check(result.returncode != 0 and "smtp-password" in result.stderr + result.stdout,
          f"a reload without its password is refused: {result.stderr}")
    daemon.is_well()


@test("O5: check tries the mail server up to the recipient, and sends nothing", limit=90)
def checked(bench):
    sim = world(bench)
    authority, mailbox = encrypted(bench)
    daemon = Daemon(bench, sim, tls={"ca_file": authority.file},
                    mail=mailbox.settings(user="ops@example.com"))

    def line():
        result = bench.run([bench.program("sfsyncd"), "check", *daemon.arguments[1:]], seconds=30,
                           env=daemon.environment)
        return result.returncode, result.stdout

    daemon.secret("smtp-password", PASSWORD)
    code, said = line()
    equal(code, 0, said)
    check(re.search(r"ok +mail ", said), said)
    equal(len(mailbox.log("rcpt")), 1, "the recipient was named")
    daemon.secret("smtp-password", "not-this-one")
    code, said = line()
    check(code != 0 and "MAIL-LOGIN" in said and "not-this-one" not in said, said)
    daemon.secret("smtp-password", PASSWORD)
    mailbox.behave(recipient="550 5.1.1 no such user")
    code, said = line()
    check(code != 0 and "MAIL-REFUSED" in said and "550 5.1.1" in said, said)
    mailbox.end()
    code, said = line()
    check(code != 0 and "MAIL-UNREACHABLE" in said, said)
    equal(mailbox.occasions(), [], "no mail")
