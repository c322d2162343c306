#!/usr/bin/env python3
"""A real SMTP server (aiosmtpd) that keeps what it takes, run by a Python that has it.

    mailserver.py DIRECTORY [JSON]

Prints its port. Each mail goes to DIRECTORY as NUMBER.json with its envelope and text. The file
DIRECTORY/behaviour.json, read anew for every command, changes what it does:

    {"recipient": "550 5.1.1 no", "data": "451 later", "data_wait": 3, "sender": "...", "drop": true}

JSON gives port, cert, key (STARTTLS), tls (from the first byte), user and password (AUTH wanted).
"""

import asyncio
import json
import os
import ssl
import sys
import time

from aiosmtpd.smtp import SMTP, AuthResult


class Keeper:
    def __init__(self, directory):
        self.directory = directory
        self.count = 0

    def behaviour(self):
        try:
            with open(os.path.join(self.directory, "behaviour.json"), encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            return {}

    def note(self, what, **fields):
        with open(os.path.join(self.directory, "log"), "a", encoding="utf-8") as file:
            file.write(json.dumps({"what": what, "at": time.time(), **fields}) + "\n")

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        self.note("ehlo", tls=session.ssl is not None)
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        answer = self.behaviour().get("sender")
        if answer:
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.behaviour().get("recipient")
        self.note("rcpt", answer=answer)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        behaviour = self.behaviour()
        if "data" in behaviour:
            self.note("data", answer=behaviour["data"])
            return behaviour["data"]
        self.count += 1
        mail = {"from": envelope.mail_from, "to": envelope.rcpt_tos,
                "tls": session.ssl is not None, "login": bool(session.authenticated),
                "text": envelope.content.decode("utf-8", "surrogateescape")}
        path = os.path.join(self.directory, f"{os.getpid()}-{self.count:03}")
        with open(path + ".part", "w", encoding="utf-8", errors="surrogateescape") as file:
            json.dump(mail, file)
        os.rename(path + ".part", path + ".json")
        await asyncio.sleep(behaviour.get("data_wait", 0))
        return "250 taken"


def login(user, password):
    def authenticate(server, session, envelope, mechanism, data):
        found = (getattr(data, "login", b""), getattr(data, "password", b""))
        if found == (user.encode(), password.encode()):
            return AuthResult(success=True)
        # The rudest of servers: it says what it was told.
        return AuthResult(success=False, handled=False,
                          message=f"535 5.7.8 wrong password {found[1].decode()}")

    return authenticate


async def main(directory, options):
    keeper = Keeper(directory)
    context = None
    if options.get("cert"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options["cert"], options.get("key"))
    implicit = context if options.get("tls") else None
    more = {}
    if options.get("user"):
        more = {"authenticator": login(options["user"], options["password"]),
                "auth_required": True, "auth_require_tls": bool(context) and not implicit}

    def session():
        return SMTP(keeper, hostname="mail.test", enable_SMTPUTF8=False, timeout=60,
                    tls_context=None if implicit else context,
                    require_starttls=bool(options.get("require_starttls")), **more)

    server = await asyncio.get_running_loop().create_server(
        session, "127.0.0.1", options.get("port", 0), ssl=implicit)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}))
