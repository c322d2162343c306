"""The measurements of `make bench`, in the order in which they are printed."""

import argparse
import json
import os
import platform
import shutil
import signal
import sqlite3
import sys
import tempfile
import time

import answers
import yardsticks
from programs import Daemon, Simulator

PHASES = ("salesforce", "intercom", "match", "deliver")
CHANGED = 1000


class Table:
    """Lines of what, amount, wall, rate, CPU of both, memory, calls and writes."""

    HEAD = ("what", "amount", "wall s", "per s", "sfsyncd CPU s", "sim CPU s", "peak MB",
            "SF calls", "IC calls", "IC writes")

    def __init__(self):
        self.lines = []

    def add(self, what, amount="", wall=None, cpu=None, sim=None, peak=None, calls=None,
            rate=True):
        def number(value, digits):
            return "" if value is None else f"{value:,.{digits}f}"

        per = amount / wall if rate and wall and isinstance(amount, int) else None
        line = (what, f"{amount:,}" if isinstance(amount, int) else amount, number(wall, 2),
                number(per, 0), number(cpu, 2), number(sim, 2), number(peak, 1),
                *([f"{count:,}" for count in calls] if calls else ("", "", "")))
        self.lines.append(line)
        print("  " + "  ".join(part for part in line if part), file=sys.stderr, flush=True)

    def text(self):
        lines = [self.HEAD, tuple("---" + (":" if n else "") for n in range(len(self.HEAD)))]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines + self.lines)


class Span:
    """Wall, CPU of both programs, peak memory and calls between its begin and its end."""

    def __init__(self, daemon, simulator):
        self.daemon, self.simulator = daemon, simulator
        simulator.reset()
        daemon.reset_peak()
        self.cpu, self.sim = daemon.cpu(), simulator.cpu()
        self.began = time.monotonic()

    def end(self, wall=None):
        return {"wall": wall if wall is not None else time.monotonic() - self.began,
                "cpu": self.daemon.cpu() - self.cpu, "sim": self.simulator.cpu() - self.sim,
                "peak": self.daemon.memory("VmHWM"), "calls": self.simulator.counters()[:3]}


def first_sync(daemon, simulator, began):
    """Watches the initial sync until it is done: a mark at the end of each phase.

    Where a phase ends is seen at the simulator's counters, since asking the daemon often would
    be part of what is measured; it is asked four times a second.
    """
    marks, waits = {}, []
    deadline = began["at"] + 900
    asked, status = 0.0, None

    def mark(phase):
        marks.setdefault(phase, (time.monotonic(), daemon.cpu(), simulator.cpu(),
                                 daemon.memory("VmHWM")))

    while True:
        calls = simulator.counters()[3]
        if calls.get("list", 0) > 0:
            mark("salesforce")
        if calls.get("put", 0) > 0:
            mark("match")
        if time.monotonic() - asked > 0.25:
            asked = time.monotonic()
            status, milliseconds = daemon.status()
            waits.append(milliseconds)
            phase = status["initial_sync"]["phase"]
            if phase not in ("salesforce", "intercom"):
                mark("intercom")
            if phase == "done":
                mark("deliver")
                return marks, status, waits
        if calls.get("list", 0) >= began["pages"]:
            mark("intercom")
        if time.monotonic() > deadline:
            raise SystemExit(f"the initial sync did not end: {json.dumps(status)}")
        time.sleep(0.1 if "match" in marks else 0.005)


def add_phases(table, marks, began, sizes):
    """One line a phase."""
    last = (began["at"], 0.0, began["sim"])
    for phase in PHASES:
        now = marks[phase]
        table.add(f"first sync: {phase}", sizes[phase], now[0] - last[0], now[1] - last[1],
                  now[2] - last[2], now[3])
        last = now


def changes(daemon, simulator, folder, table):
    """A thousand edited leads: from the last edit to the last arrival in Intercom."""
    store = sqlite3.connect(f"file:{folder}/sfsync.db?mode=ro", uri=True)
    records = [row[0] for row in store.execute(
        "SELECT DISTINCT record_id FROM link WHERE record_id LIKE '00Q%' LIMIT ?", (CHANGED,))]
    store.close()
    for number, record in enumerate(records):
        simulator.edit_record(record, {"Status": "Working - Contacted" if number % 2 else "Bench",
                                       "Title": f"Changed {number}"})
    sequence = len(records)
    time.sleep(0.1)
    span = Span(daemon, simulator)
    first = simulator.ask("GET", "/time")["milliseconds"]
    daemon.sync()
    made = span.end()
    writes = made["calls"][2]
    rows = []
    since = 0
    while True:
        piece = simulator.ask("GET", f"/received?since={since}")
        if not piece["rows"]:
            break
        rows += piece["rows"]
        since = piece["last"]
    made["wall"] = (rows[-1]["at"] - first) / 1000
    table.add(f"poll, {sequence:,} leads changed: to the last arrival", writes, **made)
    return rows[-1]["at"] - first


def idle(daemon, seconds):
    """Wake-ups a minute and anonymous memory of a daemon that has nothing to do."""
    cpu = daemon.cpu()
    wakeups = daemon.wakeups(seconds)
    return (wakeups * 60 / seconds, daemon.cpu() - cpu, daemon.memory("RssAnon"),
            daemon.memory("VmRSS"))


def measure(options, folder):
    table, facts = Table(), {}
    leads = options.records * 4 // 5
    began = time.monotonic()
    simulator = Simulator(options.programs, folder, leads, options.records - leads, options.people)
    facts["simulator built its world"] = f"{time.monotonic() - began:.1f} s"
    daemon = None
    try:
        pages = (options.people + 149) // 150
        daemon = Daemon(options.programs, folder, simulator)
        began = {"at": time.monotonic(), "sim": simulator.cpu(), "pages": pages}
        facts["start to READY, new store"] = f"{daemon.ready_seconds * 1000:.0f} ms"
        marks, status, waits = first_sync(daemon, simulator, began)
        calls = simulator.counters()
        add_phases(table, marks, began, {
            "salesforce": options.records, "intercom": pages, "match": options.people,
            "deliver": calls[2]})
        end = marks["deliver"]
        table.add("first sync: all", options.people, end[0] - began["at"], end[1],
                  end[2] - began["sim"], end[3], calls[:3], rate=False)
        facts["links"] = f"{status['links']['people']:,}"
        waits.sort()
        facts["status during the first sync"] = (
            f"{len(waits)} answers: median {waits[len(waits) // 2]:.1f} ms, 99 % "
            f"{waits[len(waits) * 99 // 100]:.1f} ms, most {waits[-1]:.1f} ms")

        # Every person that was written to has a new stamp: the first poll reads them all back.
        span = Span(daemon, simulator)
        daemon.sync()
        table.add("poll after it: everybody re-stamped", calls[2], **span.end())
        # As in a workspace that is in use: the overlap holds one change, not the backfill's last.
        time.sleep(2.5)
        simulator.touch_person()
        daemon.sync()
        span = Span(daemon, simulator)
        daemon.sync()
        wall = daemon.status()[0]["last_poll"]["seconds"]
        table.add("poll without a change", "", **span.end(wall))
        span = Span(daemon, simulator)
        daemon.sync("--full")
        table.add("full sync without a change", options.records + options.people, **span.end())
        changes(daemon, simulator, folder, table)
        time.sleep(2.5)

        commands = sorted(daemon.command_milliseconds() for _ in range(10))
        facts["sfsyncctl status, process and all"] = f"median {commands[5]:.0f} ms"
        facts["end on SIGTERM"] = f"{daemon.end() * 1000:.0f} ms"
        facts["store"] = f"{os.path.getsize(folder + '/sfsync.db') / 1e6:.0f} MB"
        for what, number in (("a clean stop", signal.SIGKILL), ("kill -9", None)):
            daemon = Daemon(options.programs, folder, simulator)
            facts[f"start to READY after {what}"] = f"{daemon.ready_seconds * 1000:.0f} ms"
            if number:
                daemon.end(number)
        time.sleep(5)
        wakeups, cpu, anonymous, resident = idle(daemon, options.idle)
        facts["idle"] = (f"{wakeups:.0f} wake-ups a minute, {cpu * 60 / options.idle:.2f} s CPU a "
                         f"minute, {anonymous:.1f} MB anonymous of {resident:.1f} MB resident")
        daemon.end()
        daemon = None
        compare(table, simulator, folder, options)
    finally:
        if daemon:
            daemon.end()
        simulator.end()
    return table, facts


def compare(table, simulator, folder, options):
    """The yardsticks, while nothing else of ours runs."""
    token = simulator.salesforce_token()
    urls = yardsticks.bulk_urls(simulator, token)
    for target, what in ((folder, "curl: Bulk CSV to files"), (None, "curl: Bulk CSV thrown away")):
        sim = simulator.cpu()
        wall, cpu = yardsticks.fetch_bulk(simulator, token, urls, target)
        table.add(what, options.records, wall, cpu, simulator.cpu() - sim)
    (wall, cpu), rows = yardsticks.import_rows(folder, urls)
    table.add("sqlite3 .import of that CSV", rows, wall, cpu)
    pages = yardsticks.page_urls(simulator)
    sim = simulator.cpu()
    wall, cpu = yardsticks.fetch_pages(simulator, pages, folder)
    table.add("curl: Intercom pages thrown away", len(pages), wall, cpu, simulator.cpu() - sim)


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if "model name" in line), "?")
    load = os.getloadavg()
    return (f"{os.cpu_count()} x {model}, Linux {platform.release()}, load before "
            f"{load[0]:.1f}, {time.strftime('%Y-%m-%d %H:%M')}")


def within(options, body):
    """What `body` returns, in a directory of its own."""
    folder = tempfile.mkdtemp(prefix="sfsync-bench.")
    try:
        return body(options, folder)
    finally:
        if options.keep:
            print(f"kept {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="where the release programs are")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--idle", type=int, default=30, help="seconds of idling to measure")
    parser.add_argument("--keep", action="store_true", help="keep the working directory")
    options = parser.parse_args()
    print(f"{options.records:,} records, {options.people:,} people; {machine()}", flush=True)
    table, facts = within(options, measure)
    lines = within(options, answers.measure)
    print()
    print(table.text())
    print()
    for name, value in facts.items():
        print(f"- {name}: {value}")
    print()
    print(answers.text(lines))


if __name__ == "__main__":
    main()
