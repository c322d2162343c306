"""A Salesforce org and an Intercom workspace over HTTP, with the hand of whoever changes them."""

import http.client
import json
import select
import subprocess
import urllib.parse

from .cases import Failed


class Connection:
    """JSON over one kept connection to a port of ours."""

    def __init__(self, port):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def call(self, method, path, body=None, headers=None, expect=range(200, 300)):
        data = None if body is None else body
        if isinstance(body, dict):
            data = json.dumps(body)
        self.http.request(method, path, data, headers or {})
        answer = self.http.getresponse()
        text = answer.read()
        if answer.status not in expect:
            raise Failed(f"{method} {path} {body!r}: {answer.status} {text[:300]!r}")
        return json.loads(text) if text else None


class Simulator:
    def __init__(self, bench, leads=0, contacts=0, people=0, seed=1, name="sim", **options):
        arguments = [bench.program("sfsync-sim"), "serve", "--until-stdin-closes"]
        numbers = {"leads": leads, "contacts": contacts, "people": people, "seed": seed}
        for key, value in {"seconds": 360, **numbers, **options}.items():
            # True is a flag's presence.
            arguments += ["--" + key.replace("_", "-")] + ([] if value is True else [str(value)])
        self.process = bench.start(
            arguments, bench.path(name + ".log"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if not select.select([self.process.stdout], [], [], bench.left(30))[0]:
            raise Failed("sfsync-sim does not listen")
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"sfsync-sim did not start: {self.process.wait(5)}")
        self.ready = json.loads(line)
        self.control = Connection(self.ready["control_port"])

    @property
    def salesforce_url(self):
        return f"http://127.0.0.1:{self.ready['salesforce_port']}"

    @property
    def intercom_url(self):
        return f"http://127.0.0.1:{self.ready['intercom_port']}"

    # Changing things

    def salesforce(self, do, **body):
        return self.control.call("POST", "/edit", {"side": "salesforce", "do": do, **body})["id"]

    def intercom(self, do, **body):
        return self.control.call("POST", "/edit", {"side": "intercom", "do": do, **body})["id"]

    def lead(self, email, **fields):
        fields = {"LastName": "Lead", "Company": "Company", "Status": "Open - Not Contacted",
                  "Email": email, **fields}
        return self.salesforce("create", object="Lead", fields=fields)

    def contact(self, email, **fields):
        fields = {"LastName": "Contact", "Email": email, **fields}
        return self.salesforce("create", object="Contact", fields=fields)

    def update(self, record, **fields):
        self.salesforce("update", id=record, fields=fields)

    def user(self, last, email, **more):
        return self.salesforce("create-user", last_name=last, email=email, **more)

    def person(self, email, **more):
        return self.intercom("create", email=email, **more)

    def talk(self, person, text, **more):
        """A conversation that the person begins; its id."""
        return self.intercom("conversation", id=person, text=text, **more)

    def admin(self, name, email, **more):
        """A teammate with an inbox seat; the id."""
        return int(self.intercom("add-admin", name=name, email=email, **more))

    def fault(self, side, kind, fault, **more):
        self.control.call("POST", "/fault", {"side": side, "kind": kind, "fault": fault, **more})

    # Looking

    def counters(self):
        return self.control.call("GET", "/counters")

    def reset(self):
        self.control.call("POST", "/reset-counters", {})

    def received(self, since=0):
        """Every write that arrived after the `since`-th, in order."""
        rows = []
        while True:
            page = self.control.call("GET", f"/received?since={since}")
            if not page["rows"]:
                return rows
            rows += page["rows"]
            since = page["last"]

    def last(self):
        """The number of the last write that arrived."""
        rows = self.received()
        return rows[-1]["sequence"] if rows else 0

    def events(self, contact=None):
        query = f"?contact={contact}" if contact else ""
        return self.control.call("GET", "/events" + query)["events"]

    def shown(self, person):
        return self.control.call("GET", f"/person/{person}")

    def attributes(self, person):
        """What Intercom holds of a person, by name."""
        return self.shown(person).get("custom_attributes", {})

    def time(self):
        """The simulated moment, in milliseconds."""
        return self.control.call("GET", "/time")["milliseconds"]

    def record(self, record, fields=None):
        query = f"?fields={fields}" if fields else ""
        return self.control.call("GET", f"/record/{record}{query}")

    def rows(self, kind, field, value, fields):
        """The live records of an object whose field has that value."""
        query = urllib.parse.urlencode(
            {"object": kind, "field": field, "value": value, "fields": fields})
        return self.control.call("GET", "/records?" + query)["rows"]

    def leads(self, email, fields="Email,LastName"):
        return self.rows("Lead", "Email", email, fields)

    def tasks(self, record):
        """The tasks of a record, oldest first."""
        return self.rows(
            "Task", "WhoId", record,
            "Subject,Description,OwnerId,Status,IsClosed,ActivityDate,WhoId")

    def talked(self, conversation):
        return self.control.call("GET", f"/conversation/{conversation}")

    def calls(self, kind=None, path=""):
        """Salesforce's calls, of a kind and an end of the path."""
        every = self.control.call("GET", "/calls?since=0")["calls"]
        return [call for call in every
                if (kind is None or call["kind"] == kind) and call["path"].endswith(path)]

    def writes(self):
        """What was written on both sides since the counters were reset."""
        counters = self.counters()
        return counters["salesforce"]["writes"] + counters["intercom"]["writes"]

    # As an API client of its own

    def query_all(self, soql):
        """Every row of a query, by the org's own REST API."""
        org = Connection(self.ready["salesforce_port"])
        form = urllib.parse.urlencode({
            "grant_type": "client_credentials",
            "client_id": self.ready["salesforce_client_id"],
            "client_secret": self.ready["salesforce_client_secret"]})
        token = org.call(
            "POST", "/services/oauth2/token", form,
            {"Content-Type": "application/x-www-form-urlencoded"})["access_token"]
        headers = {"Authorization": "Bearer " + token}
        path = "/services/data/v62.0/query?q=" + urllib.parse.quote(soql)
        rows = []
        while path:
            page = org.call("GET", path, headers=headers)
            rows += page["records"]
            path = page.get("nextRecordsUrl")
        return rows

    def list_people(self):
        """Every person that exists, by the workspace's own API."""
        workspace = Connection(self.ready["intercom_port"])
        headers = {"Authorization": "Bearer " + self.ready["intercom_token"],
                   "Intercom-Version": "2.15"}
        path, people = "/contacts?per_page=150", []
        while path:
            page = workspace.call("GET", path, headers=headers)
            people += page["data"]
            after = (page["pages"].get("next") or {}).get("starting_after")
            path = after and "/contacts?per_page=150&starting_after=" + urllib.parse.quote(after)
        return people
