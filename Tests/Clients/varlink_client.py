#!/usr/bin/env python3
"""Drives sfsyncd's control socket with the `varlink` package (31.0.0), which is not ours.

    varlink_client.py SOCKET

Changes nothing. Ends with 0 and "all checks passed", or with the check that failed.
"""

import sys

import varlink

INTERFACE = "org.sfsync.control"
METHODS = {
    "Status", "Errors", "RetryErrors", "DismissErrors", "Sync", "Plan", "Queue", "Explain",
    "Card", "History", "Matches", "Link", "Unlink", "CreateLead", "CreateTask",
    "AssignConversation", "Pause", "Resume", "Reload", "Metrics",
}


def check(what, is_true):
    if not is_true:
        sys.exit(f"failed: {what}")
    print(f"ok: {what}")


def check_service(address):
    """GetInfo, and an interface description that a foreign parser reads."""
    with varlink.Client(address=address) as client:
        with client.open("org.varlink.service") as service:
            info = service.GetInfo()
            names = (info["vendor"], info["product"])
            check("GetInfo names vendor and product", names == ("sfsync", "sfsyncd"))
            check("GetInfo lists the interface", INTERFACE in info["interfaces"])
            text = service.GetInterfaceDescription(INTERFACE)["description"]
        interface = varlink.Interface(text)
        check("the description is that of the interface", interface.name == INTERFACE)
        names = {name for name in METHODS if interface.get_method(name)}
        check("every method is declared", names == METHODS)


def check_status(address):
    with varlink.Client(address=address) as client, client.open(INTERFACE) as control:
        status = control.Status()
        # The package leaves null members out, so those that may be null are not asked for.
        for key in ("state", "version", "uptime_s", "initial_sync", "links", "queue", "budget",
                    "errors"):
            check(f"Status has {key}", key in status)
        pages = list(control.Queue(_more=True))
        check("Queue can be streamed", pages[-1].get("next") is None)


def check_card(address):
    """The card and the timeline of somebody whom nobody knows."""
    for method in ("Card", "History"):
        with varlink.Client(address=address) as client, client.open(INTERFACE) as control:
            try:
                getattr(control, method)("nobody@example.com")
                check(f"{method} of an unknown person is NotFound", False)
            except varlink.VarlinkError as error:
                name = INTERFACE + ".NotFound"
                check(f"{method} of an unknown person is NotFound", error.error() == name)


def check_errors(address):
    """An unknown person, and a method that only the client believes in."""
    with varlink.Client(address=address) as client:
        with client.open(INTERFACE) as control:
            try:
                control.Explain("nobody@example.com")
                check("an unknown person is NotFound", False)
            except varlink.VarlinkError as error:
                check("an unknown person is NotFound", error.error() == INTERFACE + ".NotFound")
                check("NotFound says who", error.parameters()["who"] == "nobody@example.com")
    with varlink.Client(address=address) as client:
        text = f"interface {INTERFACE}\n\nmethod Bogus() -> ()\n"
        client.add_interface(varlink.Interface(text))
        with client.open(INTERFACE) as control:
            try:
                control.Bogus()
                check("an unknown method is MethodNotFound", False)
            except varlink.VarlinkError as error:
                name = "org.varlink.service.MethodNotFound"
                check("an unknown method is MethodNotFound", error.error() == name)
                named = error.parameters()["method"]
                check("MethodNotFound names the method", named == INTERFACE + ".Bogus")


def main():
    address = "unix:" + sys.argv[1]
    check_service(address)
    check_status(address)
    check_card(address)
    check_errors(address)
    print("all checks passed")


if __name__ == "__main__":
    main()
