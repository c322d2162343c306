"""The tests by name, and how they are run."""

import concurrent.futures
import signal
import sys
import threading
import time
import traceback

from .bench import Bench

TESTS = []


class Skip(Exception):
    """This machine lacks what the test needs; the text says what."""


class Failed(Exception):
    """A check fell short."""


def test(name, limit=60):
    """Registers a function of one Bench that takes at most `limit` seconds."""

    def register(function):
        TESTS.append((name, function, limit))
        return function

    return register


def check(is_true, what):
    if not is_true:
        raise Failed(what)


def equal(found, expected, what):
    if found != expected:
        raise Failed(f"{what}:\n    found    {found!r}\n    expected {expected!r}")


def contains(text, parts, what):
    """Every one of `parts` stands in `text`."""
    for part in parts:
        if part not in text:
            raise Failed(f"{what}: {part!r} is not in {text!r}")


def skip_unless(is_true, what):
    if not is_true:
        raise Skip(what)


def wait_until(what, probe, seconds=20, pause=0.02):
    """Asks again until the answer is true; returns it."""
    deadline = time.monotonic() + seconds
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise Failed(f"not within {seconds} s: {what}")
        time.sleep(pause)


class Runner:
    def __init__(self, binaries, verbose=False, make_bench=Bench):
        self.binaries = binaries
        self.make_bench = make_bench
        self.verbose = verbose
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self.lock = threading.Lock()
        self.benches = set()

    def run(self, tests, jobs):
        signal.signal(signal.SIGTERM, lambda *_: self.abandon())
        # They share nothing; the longest first, so that no processor waits at the end.
        longest_first = sorted(tests, key=lambda entry: -entry[2])
        with concurrent.futures.ThreadPoolExecutor(max_workers=jobs) as pool:
            list(pool.map(self.one, longest_first))
        print(", ".join(f"{count} {word}" for word, count in self.counts.items()), flush=True)
        return self.counts["failed"] == 0

    def abandon(self):
        for bench in list(self.benches):
            bench.close()
        sys.exit(1)

    def one(self, entry):
        name, function, limit = entry
        began = time.monotonic()
        bench = self.make_bench(self.binaries, limit)
        self.benches.add(bench)
        word, detail = "passed", ""
        try:
            function(bench)
        except Skip as reason:
            word, detail = "skipped", str(reason)
        except Failed as reason:
            word, detail = "failed", self.place(reason) + str(reason)
        except Exception:  # A test that breaks has failed, and the others go on.
            word, detail = "failed", traceback.format_exc()
        if word == "failed":
            detail += bench.evidence()
        bench.close(keep=word == "failed" and self.verbose)
        self.benches.discard(bench)
        self.tell(word, name, time.monotonic() - began, detail)

    @staticmethod
    def place(error):
        frames = traceback.extract_tb(error.__traceback__)
        tests = [frame for frame in frames if "/test_" in frame.filename]
        return f"line {tests[-1].lineno}: " if tests else ""

    def tell(self, word, name, seconds, detail):
        with self.lock:
            self.counts[word] += 1
            print(f"{word:7} {seconds:6.2f} s  {name}", flush=True)
            if detail:
                print("    " + detail.rstrip().replace("\n", "\n    "), flush=True)
