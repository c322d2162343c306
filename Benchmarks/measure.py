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

import yardsticks
from programs import Daemon, Simulator

PHASES = ("salesforce", "intercom", "match", "deliver", "done")
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
    """Watches the initial sync by asking for the status until it is done."""
    samples, answers = [], []
    deadline = began["at"] + 900
    while True:
        status, milliseconds = daemon.status()
        answers.append(milliseconds)
        progress = status["initial_sync"]
        samples.append((time.monotonic(), progress["phase"], daemon.cpu(), simulator.cpu(),
                        daemon.memory("VmHWM"), status["links"]["people"], progress["total"]))
        if progress["phase"] == "done":
            return samples, answers
        if time.monotonic() > deadline:
            raise SystemExit(f"the initial sync did not end: {json.dumps(status)}")
        # Often where a phase is short; a status counts rows, so seldom where it is long.
        time.sleep(0.02 if progress["phase"] in ("salesforce", "intercom") else 0.1)


def add_phases(table, samples, began, sizes):
    """One line a phase, from the samples at which one became the next."""
    last = (began["at"], began["cpu"], began["sim"])
    for phase, following in zip(PHASES, PHASES[1:]):
        end = next(s for s in samples if PHASES.index(s[1]) >= PHASES.index(following))
        table.add(f"first sync: {phase}", sizes[phase], end[0] - last[0], end[2] - last[1],
                  end[3] - last[2], max(s[4] for s in samples if s[0] <= end[0]))
        last = (end[0], end[2], end[3])


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
        began = time.monotonic()
        at = {"at": time.monotonic(), "cpu": 0.0, "sim": simulator.cpu()}
        daemon = Daemon(options.programs, folder, simulator)
        facts["start to READY, new store"] = f"{daemon.ready_seconds * 1000:.0f} ms"
        samples, answers = first_sync(daemon, simulator, at)
        end = samples[-1]
        calls = simulator.counters()
        sizes = {"salesforce": options.records, "intercom": (options.people + 149) // 150,
                 "match": options.people, "deliver": calls[2]}
        add_phases(table, samples, at, sizes)
        table.add("first sync: all", options.people, end[0] - at["at"], end[2], end[3] - at["sim"],
                  daemon.memory("VmHWM"), calls[:3], rate=False)
        facts["links"] = f"{end[5]:,}"
        answers.sort()
        facts["status during the first sync"] = (
            f"{len(answers)} answers: median {answers[len(answers) // 2]:.1f} ms, 99 % "
            f"{answers[len(answers) * 99 // 100]:.1f} ms, most {answers[-1]:.1f} ms")

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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="where the release programs are")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--idle", type=int, default=30, help="seconds of idling to measure")
    parser.add_argument("--keep", action="store_true", help="keep the working directory")
    options = parser.parse_args()
    print(f"{options.records:,} records, {options.people:,} people; {machine()}", flush=True)
    folder = tempfile.mkdtemp(prefix="sfsync-bench.")
    try:
        table, facts = measure(options, folder)
    finally:
        if options.keep:
            print(f"kept {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print()
    print(table.text())
    print()
    for name, value in facts.items():
        print(f"- {name}: {value}")


if __name__ == "__main__":
    main()
