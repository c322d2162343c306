"""A little runner: every function marked as a check is run, its name is the fact."""
import json
import os
import traceback
import urllib.request

with open(os.environ["SFSYNC_READY"]) as file:
    READY = json.load(file)

CHECKS = []


def check(fact):
    def mark(function):
        CHECKS.append((fact, function))
        return function

    return mark


def control(method, path, body=None):
    """Calls the control interface of sfsync-sim."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{READY['control_port']}{path}", method=method,
        data=None if body is None else json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def edit(side, do, **more):
    return control("POST", "/edit", {"side": side, "do": do, **more})


def refused(kind, function, *arguments, **named):
    """The exception of that kind that the call ends with."""
    try:
        function(*arguments, **named)
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


def main():
    good = bad = 0
    for fact, function in CHECKS:
        try:
            function()
            good += 1
            print("ok  ", fact)
        except Exception:
            bad += 1
            print("FAIL", fact)
            traceback.print_exc()
    print("RESULT", good, bad)
