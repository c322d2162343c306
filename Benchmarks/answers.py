"""How long the control socket takes to answer, while the daemon is at its busiest."""

import collections
import os
import signal
import sqlite3
import subprocess
import sys
import time

from programs import Daemon, Simulator, die_with_parent

ASKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "asker.py")
HEAD = ("during", "asked", "answers", "median ms", "99 % ms", "most ms")
CHANGED = 10_000


class Askers:
    """The asking processes and the yardstick, beside a daemon in `folder`."""

    def __init__(self, folder, programs, people):
        self.folder, self.children = folder, []
        with open(f"{folder}/people", "w") as file:
            file.write("\n".join(people))
        self.start("echo", f"{folder}/echo.sock")
        while not os.path.exists(f"{folder}/echo.sock"):
            time.sleep(0.01)
        self.start("ask", folder, f"{folder}/echo.sock", f"{folder}/people", f"{folder}/answers")
        self.start("run", f"{folder}/starts", f"{programs}/sfsyncctl", "status", "--json",
                   "--socket", f"{folder}/control.sock")

    def start(self, *arguments):
        self.children.append(subprocess.Popen(
            [sys.executable, "-B", ASKER, *arguments], preexec_fn=die_with_parent))

    def end(self):
        for child in self.children:
            child.send_signal(signal.SIGTERM)
        for child in self.children:
            child.wait(10)

    def rows(self):
        """Moment of asking, what, milliseconds, phase; the last line may be half written."""
        for name in ("answers", "starts"):
            with open(f"{self.folder}/{name}") as file:
                for line in file.read().split("\n")[:-1]:
                    moment, what, milliseconds, phase = line.split()
                    took = float(milliseconds)
                    yield float(moment) - took / 1000, what, took, phase


def edit_leads(simulator, folder):
    """Status and title of linked leads: ten thousand changes for one poll."""
    store = sqlite3.connect(f"file:{folder}/sfsync.db?mode=ro", uri=True)
    records = [row[0] for row in store.execute(
        "SELECT DISTINCT record_id FROM link WHERE record_id LIKE '00Q%' LIMIT ?", (CHANGED,))]
    store.close()
    for number, record in enumerate(records):
        simulator.edit_record(record, {"Status": "Working - Contacted" if number % 2 else "Bench",
                                       "Title": f"Changed {number}"})


def measure(options, folder):
    """A new world and a new store: an initial sync, a full comparison, a poll with many changes."""
    leads = options.records * 4 // 5
    simulator = Simulator(options.programs, folder, leads, options.records - leads, options.people)
    people = simulator.ask("GET", "/people?limit=200")["people"]
    daemon = askers = None
    steps = []

    def begin(step):
        steps.append((time.monotonic(), step))

    try:
        daemon = Daemon(options.programs, folder, simulator)
        begin("initial")
        askers = Askers(folder, options.programs, people)
        while daemon.status()[0]["initial_sync"]["phase"] != "done":
            if time.monotonic() - steps[0][0] > 900:
                raise SystemExit("the initial sync did not end")
            time.sleep(0.5)
        begin(None)
        daemon.sync()
        begin("full sync")
        daemon.sync("--full")
        begin(None)
        edit_leads(simulator, folder)
        time.sleep(0.1)
        begin(f"poll, {CHANGED:,} leads changed")
        daemon.sync()
        begin(None)
    finally:
        if askers:
            askers.end()
        if daemon:
            daemon.end()
        simulator.end()
    return table(askers.rows(), steps)


def table(rows, steps):
    """Lines of HEAD, in the order of the steps; the yardsticks stand beside what they measure."""
    found = collections.defaultdict(list)
    for moment, what, milliseconds, phase in rows:
        reached = [step for began, step in steps if began <= moment]
        if not reached or reached[-1] is None:
            continue
        # A process that is started does not tell the phase.
        is_known = reached[-1] == "initial" and phase != "-"
        during = f"initial sync, {phase}" if is_known else reached[-1]
        found[during, what].append(milliseconds)
    lines = []
    for (during, what), values in found.items():
        values.sort()
        lines.append((during, what, f"{len(values):,}", f"{values[len(values) // 2]:.1f}",
                      f"{values[len(values) * 99 // 100]:.1f}", f"{values[-1]:.1f}"))
    return lines


def text(lines):
    marks = ("---", "---", "---:", "---:", "---:", "---:")
    return "\n".join("| " + " | ".join(line) + " |" for line in [HEAD, marks, *lines])
