"""What other programs take for the same rows and pages, in the same run."""

import json
import os
import resource
import subprocess
import time
from http.client import HTTPConnection

COMMON = ("Id", "SystemModstamp", "CreatedDate", "Email", "Name", "Title", "OwnerId", "IsDeleted",
          "MasterRecordId")
FIELDS = {"Lead": (*COMMON, "Status", "IsConverted", "ConvertedContactId"), "Contact": COMMON}
PAGE_ROWS = 50_000


def timed(arguments, **more):
    """Wall and CPU seconds of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    subprocess.run(arguments, check=True, timeout=900, **more)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def bulk_urls(simulator, token):
    """The result pages of a job for each object: what sfsyncd reads, in the same pieces."""
    connection = HTTPConnection("127.0.0.1", simulator.facts["salesforce_port"], timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(method, path, body=None):
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return json.loads(answer.read())

    urls = {}
    for name, fields in FIELDS.items():
        job = ask("POST", "/services/data/v62.0/jobs/query", json.dumps(
            {"operation": "queryAll", "query": f"SELECT {', '.join(fields)} FROM {name}"}))
        path = f"/services/data/v62.0/jobs/query/{job['id']}"
        while (state := ask("GET", path))["state"] != "JobComplete":
            time.sleep(0.05)
        count = state["numberRecordsProcessed"]
        # The locator is the position in base64; asking for each page would fetch it twice.
        places = [""] + [f"&locator={locator(n)}" for n in range(PAGE_ROWS, count, PAGE_ROWS)]
        base = simulator.url("salesforce") + path + f"/results?maxRecords={PAGE_ROWS}"
        urls[name] = [base + place for place in places]
    return urls


def locator(position):
    import base64
    return base64.b64encode(str(position).encode()).decode().replace("=", "%3D")


def fetch_bulk(simulator, token, urls, folder=None):
    """curl for the same CSV, one page after the other on one connection."""
    arguments = ["curl", "-sS", "--fail", "-H", f"Authorization: Bearer {token}"]
    for name, pages in urls.items():
        for number, url in enumerate(pages):
            target = f"{folder}/{name}-{number}.csv" if folder else "/dev/null"
            arguments += ["-o", target, url]
    return timed(arguments)


def import_rows(folder, urls):
    """sqlite3's .import of the same rows into a table with the store's key and indexes."""
    base = f"{folder}/import.db"
    script = ["PRAGMA journal_mode = WAL;"]
    for name, fields in FIELDS.items():
        columns = ", ".join(f"{field} TEXT" for field in fields[1:])
        script += [
            f"CREATE TABLE {name}(Id TEXT PRIMARY KEY, {columns}) WITHOUT ROWID;",
            f"CREATE INDEX {name}_email ON {name}(Email) WHERE Email <> '';",
            f"CREATE INDEX {name}_owner ON {name}(OwnerId);"]
    subprocess.run(["sqlite3", base], input="\n".join(script), text=True, check=True,
                   timeout=60, stdout=subprocess.DEVNULL)
    lines = ["PRAGMA cache_size = -16384;"]
    for name, pages in urls.items():
        for number in range(len(pages)):
            lines.append(f".import --csv --skip 1 {folder}/{name}-{number}.csv {name}")
    result = timed(["sqlite3", base], input="\n".join(lines) + "\n", text=True,
                   stdout=subprocess.DEVNULL)
    rows = subprocess.run(
        ["sqlite3", base, " UNION ALL ".join(f"SELECT count(*) FROM {name}" for name in FIELDS)],
        check=True, capture_output=True, text=True, timeout=60).stdout.split()
    return result, sum(map(int, rows))


def page_urls(simulator):
    """The addresses of all list pages: each names the last person of the one before."""
    connection = HTTPConnection("127.0.0.1", simulator.facts["intercom_port"], timeout=60)
    base = "/contacts?per_page=150"
    urls, path = [], base
    while True:
        urls.append(simulator.url("intercom") + path)
        connection.request("GET", path, headers={
            "Authorization": f"Bearer {simulator.facts['intercom_token']}",
            "Intercom-Version": "2.15"})
        page = json.loads(connection.getresponse().read())
        following = (page.get("pages") or {}).get("next")
        if not following:
            return urls
        path = f"{base}&starting_after={following['starting_after']}"


def fetch_pages(simulator, urls, folder):
    """curl for the same pages, one after the other on one connection, thrown away."""
    config = f"{folder}/pages.curl"
    with open(config, "w") as file:
        file.write("silent\nshow-error\nfail\n")
        file.write(f'header = "Authorization: Bearer {simulator.facts["intercom_token"]}"\n')
        file.write('header = "Intercom-Version: 2.15"\n')
        for url in urls:
            file.write(f'url = "{url}"\noutput = "/dev/null"\n')
    os.chmod(config, 0o600)
    return timed(["curl", "-K", config])
