"""Metrics: what 'sfsyncctl metrics' prints, its textfile, and that rules, dashboard and manual
name just that."""

import json
import os
import re
import shutil
import subprocess

from harness.cases import check, contains, equal, skip_unless, test
from harness.daemon import started
from harness.simulator import Simulator

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
RULES = os.path.join(ROOT, "etc", "prometheus", "sfsyncd.rules.yml")
DASHBOARD = os.path.join(ROOT, "etc", "grafana", "sfsyncd.json")
MANUAL = os.path.join(ROOT, "docs", "METRICS.md")
SAMPLE = re.compile(r'(\w+)(?:\{((?:\w+="(?:[^"\\]|\\.)*",?)+)\})? (\S+)')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def parsed(text):
    """Samples by name and labels, as a reader of the text that is not ours would see them."""
    samples = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        match = SAMPLE.fullmatch(line)
        check(match, f"a line that is no sample: {line!r}")
        labels = frozenset(LABEL.findall(match[2] or ""))
        check((match[1], labels) not in samples, f"one sample twice: {line!r}")
        samples[match[1], labels] = float(match[3])
    return samples


class Figures:
    def __init__(self, text):
        self.text = text
        self.samples = parsed(text)

    def __call__(self, name, **labels):
        """The sum of the samples that have these labels."""
        found = [value for (sample, its), value in self.samples.items()
                 if sample == name and set(labels.items()) <= its]
        check(found, f"no {name} {labels}")
        return sum(found)

    @property
    def families(self):
        return set(re.findall(r"^# HELP (\w+) ", self.text, re.M))


def figures(daemon):
    return Figures(daemon.ctl("metrics"))


def promtool(bench, *arguments, stdin=None):
    """promtool has nothing to complain of."""
    skip_unless(shutil.which("promtool"), "promtool is not here: apt install prometheus")
    result = subprocess.run(
        ["promtool", *arguments], input=stdin or "", stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, timeout=bench.left(30), encoding="utf-8")
    said = result.stdout + result.stderr
    equal(result.returncode, 0, f"promtool {' '.join(arguments)}: {said[-1500:]}")
    return said


def busy(bench, **settings):
    """A daemon with some of everything: links, two candidates, a parked write and its error."""
    sim = Simulator(bench)
    lead = sim.lead("ada@example.com", Title="T")
    sim.person("ada@example.com")
    sim.contact("bob@example.com", Title="T")
    sim.person("bob@example.com")
    sim.lead("two@example.com", Title="T")
    sim.lead("two@example.com", Title="T")
    sim.person("two@example.com")
    daemon = started(bench, sim, **settings)
    sim.fault("intercom", "put", "status", value=400)
    sim.update(lead, Title="U")
    daemon.sync(expect=1)
    return sim, daemon, lead


@test("O: metrics is text that OpenMetrics' and Prometheus' own readers accept")
def accepted(bench):
    _, daemon, _ = busy(bench)
    text = daemon.ctl("metrics")
    check(text.endswith("\n# EOF\n") and text.count("# EOF") == 1, "the end mark")
    families = re.findall(r"^# HELP (\w+) ", text, re.M)
    equal(len(families), len(set(families)), "families")
    for family in families:
        check(family.startswith("sfsync_"), f"a name that another exporter may have: {family}")
        check(family.endswith("_total") != (f"# TYPE {family} " in text), f"the type of {family}")
    equal(json.loads(daemon.ctl("metrics", "--json"))["text"].count("# EOF"), 1, "--json")
    try:
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
    except ImportError:
        text_string_to_metric_families = None
    if text_string_to_metric_families:
        names = {family.name for family in text_string_to_metric_families(text)}
        equal(names, set(families), "what the Python client reads")
    promtool(bench, "check", "metrics", stdin=text)
    skip_unless(text_string_to_metric_families,
                "promtool accepts it; the Python package 'prometheus-client' is not here")


@test("O: metrics says what status says")
def agrees(bench):
    sim, daemon, lead = busy(bench)
    status, found = daemon.status(), figures(daemon)
    equal(found("sfsync_up"), 1, "up")
    equal(found("sfsync_build_info", version=status["version"], environment="production"), 1,
          "build")
    equal(found("sfsync_state"), 1, "one state at a time")
    equal(found("sfsync_state", state=status["state"]), 1, "the state")
    equal(found("sfsync_initial_sync_phase", phase="done"), 1, "the phase")
    equal(found("sfsync_initial_sync_ratio"), 1, "the initial sync")
    equal((found("sfsync_links", object="lead"), found("sfsync_links", object="contact")),
          (status["links"]["leads"], status["links"]["contacts"]), "links")
    equal(found("sfsync_ambiguous_people"), status["links"]["ambiguous"], "ambiguous")
    equal(found("sfsync_queue_pending") + found("sfsync_queue_held"),
          status["queue"]["pending"], "pending")
    equal(found("sfsync_queue_parked"), status["queue"]["parked"], "parked")
    equal(status["queue"]["parked"], 1, "something is parked")
    equal(found("sfsync_errors_open"), status["errors"]["open"], "errors")
    entry, = daemon.errors()
    equal(found("sfsync_error_entries", code=entry["code"], kind=entry["kind"], state="open"), 1,
          "the entry")
    budget = status["budget"]
    equal([found(f"sfsync_salesforce_calls_{x}") for x in ("used", "limit", "ours")],
          [budget["salesforce"][x] for x in ("used", "limit", "ours")], "Salesforce's budget")
    equal(found("sfsync_salesforce_share_ratio"), budget["salesforce"]["share"], "our share")
    equal(found("sfsync_intercom_window_calls_limit"), budget["intercom"]["limit"], "Intercom's")
    equal(found("sfsync_last_poll_duration_seconds"), status["last_poll"]["seconds"], "the poll")
    equal(found("sfsync_poll_interval_max_seconds"), 1200, "poll.at_most")
    equal((found("sfsync_side_broken"), found("sfsync_guard_stopped")), (0, 0), "nothing broken")
    equal(found("sfsync_store_bytes"), os.path.getsize(daemon.store), "the store")
    check(found("sfsync_process_resident_memory_bytes") > 1e6, "memory")
    check(3 < found("sfsync_process_open_fds") < 100, "descriptors")
    now = found("sfsync_collected_timestamp_seconds")
    check(0 <= now - found("sfsync_start_time_seconds") < 60, "the start")
    check(0 <= now - found("sfsync_last_poll_timestamp_seconds") < 60, "the last poll")
    for line in found.text.splitlines():
        check(lead not in line and "@" not in line, f"about somebody: {line}")


@test("O: counters count what happened, over a reload too")
def counted(bench):
    sim, daemon, lead = busy(bench)
    before = figures(daemon)
    calls = sim.counters()
    equal(before("sfsync_deliveries_total", result="parked"), 1, "parked")
    equal(before("sfsync_full_reads_total"), 1, "the initial sync")
    daemon.configure(attributes={"url": "SALESFORCE_URL"})
    daemon.ctl("reload")
    # The new attribute has everybody compared; what changes after that is a poll's to find.
    daemon.sync()
    sim.update(lead, Title="V")
    daemon.sync()
    after = figures(daemon)

    def more(name, **labels):
        return after(name, **labels) - before(name, **labels)

    check(more("sfsync_polls_total") >= 1, "polls")
    check(more("sfsync_changed_rows_total") >= 1, "the changed row")
    check(more("sfsync_deliveries_total", kind="event", result="settled") >= 1, "the event")
    found = sim.counters()
    puts = found["intercom"]["calls"]["put"] - calls["intercom"]["calls"]["put"]
    equal(more("sfsync_deliveries_total", kind="attributes", result="settled"), puts, "the writes")
    for side in ("salesforce", "intercom"):
        every = sum(found[side]["calls"].values()) - sum(calls[side]["calls"].values())
        equal(more("sfsync_http_requests_total", side=side), every, f"requests to {side}")
        equal(after("sfsync_http_request_duration_seconds_count", side=side),
              after("sfsync_http_requests_total", side=side), f"timed requests to {side}")
    equal(before("sfsync_http_requests_total", side="intercom", status="4xx"), 1, "the refusal")
    sim.fault("salesforce", "any", "status", value=503)
    daemon.sync(expect=None)
    failed = figures(daemon)
    equal(failed("sfsync_read_failures_total", side="salesforce"), 1, "the failed poll")


@test("O: the textfile is replaced whole, and says when nobody answers")
def textfile(bench):
    _, daemon, _ = busy(bench)
    path = bench.path("sfsyncd.prom")
    daemon.ctl("metrics", "--output", path, "--name", "acme")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    equal(os.stat(path).st_mode & 0o777, 0o644, "who may read it")
    promtool(bench, "check", "metrics", stdin=text)
    check("# EOF" not in text and "# TYPE sfsync_polls_total counter" in text, "the older format")
    found = Figures(text)
    equal(found("sfsync_up", sync="acme"), 1, "up")
    check(all(("sync", "acme") in labels for _, labels in found.samples), "the label")
    daemon.stop()
    result = daemon.try_ctl("metrics", "--output", path)
    equal(result.returncode, 69, "nobody answers")
    contains(result.stderr, ["not running", "systemctl start"], "what to do")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found = Figures(text)
    equal(found("sfsync_up"), 0, "up")
    equal(found.families, {"sfsync_up", "sfsync_collected_timestamp_seconds"}, "nothing stale")
    equal(sorted(os.listdir(os.path.dirname(path))).count("sfsyncd.prom"), 1, "the file")
    check(not [x for x in os.listdir(bench.directory) if x.startswith("sfsyncd.prom.")],
          "nothing is left beside it")
    result = daemon.try_ctl("metrics", "--output", bench.path("nowhere", "x.prom"))
    equal(result.returncode, 74, "a directory that is not there")
    contains(result.stderr, ["could not be written", "No such file"], "its message")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def known(bench):
    """Every figure that a daemon with some of everything prints, by family and by sample."""
    _, daemon, _ = busy(bench)
    return figures(daemon)


def check_names(found, expressions, where):
    """Queries use only samples, label names and values of labels that the daemon prints."""
    labels = {}
    for name, its in found.samples:
        for label, value in its:
            labels.setdefault(name, {}).setdefault(label, set()).add(value)
    names = {name for name, _ in found.samples}
    for expression in expressions:
        for name in re.findall(r"\bsfsync_\w+", expression):
            check(name in names, f"{where} asks for {name}, which nobody prints: {expression}")
        for name, matchers in re.findall(r"\b(sfsync_\w+)\{([^}]*)\}", expression):
            for label, values in re.findall(r'(\w+)=~?"([^"]*)"', matchers):
                if label == "instance":
                    continue
                check(label in labels.get(name, {}), f"{where}: {name} has no label {label}")
                for value in values.split("|"):
                    check(value in labels[name][label], f"{where}: {name} has no {label}={value}")
        for name, by in re.findall(r"by \(([^)]*)\)\s*\((?:rate\()?(sfsync_\w+)", expression):
            missing = {x.strip() for x in name.split(",")} - set(labels.get(by, {}))
            check(not missing, f"{where}: {by} has no label {missing}")


@test("O: the manual explains every figure, with its type, and no other")
def manual(bench):
    _, daemon, _ = busy(bench)
    path = bench.path("figures.prom")
    daemon.ctl("metrics", "--output", path)
    printed = dict(re.findall(r"^# TYPE (\w+) (\w+)$", read(path), re.M))
    told = re.findall(r"^\| `(sfsync_\w+)` \| (\w+) \| [^|]+ \| [^|]+ \|$", read(MANUAL), re.M)
    equal(len(told), len(dict(told)), "figures told twice")
    equal(dict(told), printed, "docs/METRICS.md and what is printed")


@test("O: the alerts use figures that there are, and each says what to run")
def alerts(bench):
    text = read(RULES)
    expressions = re.findall(r"^        expr:\s*(?:>-\n((?:          .*\n)+)|(.*)\n)", text, re.M)
    expressions = [folded or line for folded, line in expressions]
    parts = text.split("- alert: ")[1:]
    equal(len(expressions), len(parts), "expressions")
    check_names(known(bench), expressions, "alerts")
    names = [part.split("\n")[0] for part in parts]
    equal(len(names), len(set(names)), "names of alerts")
    for name, part in zip(names, parts):
        check(re.search(r"severity: (critical|warning|info)\n", part), f"{name}: severity")
        check("summary: " in part and "description: " in part, f"{name}: its texts")
        check(re.search(r"Run\s+'(sfsyncctl|systemctl|df) ", part), f"{name}: what to run")
    tested = read(os.path.join(ROOT, "Tests", "Metrics", "alerts.yml"))
    equal({name for name in names if f'alertname="{name}"' not in tested}, set(), "without a test")
    promtool(bench, "check", "rules", RULES)
    promtool(bench, "test", "rules", os.path.join(ROOT, "Tests", "Metrics", "alerts.yml"))


@test("O: the dashboard shows figures that there are, each panel in a place of its own")
def dashboard(bench):
    board = json.loads(read(DASHBOARD))
    panels = board["panels"]
    equal(len({panel["id"] for panel in panels}), len(panels), "numbers of panels")
    taken = set()
    for panel in panels:
        place = panel["gridPos"]
        check(place["x"] + place["w"] <= 24, f"{panel['title']} is too wide")
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                 for y in range(place["y"], place["y"] + place["h"])}
        check(not taken & cells, f"{panel['title']} lies on another panel")
        taken |= cells
        check(panel["type"] == "row" or panel["targets"], f"{panel['title']} shows nothing")
    variables = {entry["name"] for entry in board["templating"]["list"]}
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(board))) - {"__rate_interval"}
    equal(used, variables, "variables")
    queries = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    queries += [x["query"]["query"] for x in board["templating"]["list"] if x["type"] == "query"]
    check_names(known(bench), queries, "dashboard")
