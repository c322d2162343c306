#!/usr/bin/env python3
"""Drives simple-salesforce, unchanged, against a served Salesforce simulator.

An independent client holds the simulator to the vendor's rules, so that it is not merely the
mirror of our own. Needs `pip install simple-salesforce`; the server speaks TLS, because this
client builds https URLs:

    salesforce.py --url https://127.0.0.1:8443 --ca CA.pem [--client-id ID --client-secret SECRET]

Prints one line a check and exits 1 at the first that fails.
"""

import argparse
import datetime
import sys
import time
import uuid
from urllib.parse import urlsplit

import requests
from simple_salesforce import Salesforce, SalesforceMalformedRequest, format_soql
from simple_salesforce.exceptions import SalesforceResourceNotFound


def check(name, holds, detail=""):
    print(("ok   " if holds else "FAIL ") + name, detail if not holds else "")
    if not holds:
        sys.exit(1)


def log_in(url, session, client_id, client_secret):
    """client_credentials; the library itself can only ask *.salesforce.com for a token."""
    answer = session.post(
        url + "/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(client_id, client_secret),
        timeout=30,
    )
    check("token", answer.status_code == 200, answer.text[:200])
    body = answer.json()
    check("token: issued_at is a string, expires_in is not there",
          isinstance(body["issued_at"], str) and "expires_in" not in body)
    return body["access_token"]


def check_records(sf, mark):
    lead = sf.Lead.create({"LastName": "O'Neil " + mark, "Company": "Client",
                           "Email": mark + "@example.com"})
    check("create", lead["success"] and len(lead["id"]) == 18, lead)
    row = sf.Lead.get(lead["id"])
    check("get", row["Name"] == "O'Neil " + mark and row["Title"] is None, row)
    status = sf.Lead.update(lead["id"], {"Title": "Höchste \U0001F600"})
    check("update", status == 204, status)
    query = format_soql("SELECT Id, Title, Owner.Name FROM Lead WHERE LastName = {}",
                        "O'Neil " + mark)
    found = sf.query(query)
    check("query with an escaped quote", found["totalSize"] == 1, found)
    check("query: text and relation",
          found["records"][0]["Title"] == "Höchste \U0001F600"
          and found["records"][0]["Owner"]["Name"], found)
    like = format_soql("SELECT Id FROM Lead WHERE Email LIKE '{:like}%'", mark)
    check("query LIKE", sf.query(like)["totalSize"] == 1)
    status = sf.Lead.delete(lead["id"])
    check("delete", status == 204, status)
    try:
        sf.Lead.get(lead["id"])
        check("a deleted record is not found", False)
    except SalesforceResourceNotFound as error:
        check("a deleted record is not found", error.status == 404)
    found = sf.query(f"SELECT Id, IsDeleted FROM Lead WHERE Id = '{lead['id']}'",
                     include_deleted=True)
    check("queryAll sees it", found["records"][0]["IsDeleted"] is True, found)
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=5)
    gone = sf.Lead.deleted(end - datetime.timedelta(hours=1), end)
    check("deleted", lead["id"] in [row["id"] for row in gone["deletedRecords"]])


def check_errors(sf):
    try:
        sf.Lead.create({"FirstName": "Nobody"})
        check("required fields", False)
    except SalesforceMalformedRequest as error:
        check("required fields", error.content[0]["errorCode"] == "REQUIRED_FIELD_MISSING"
              and error.content[0]["fields"] == ["LastName", "Company"], error.content)
    try:
        sf.query("SELECT Foo FROM Lead")
        check("unknown field", False)
    except SalesforceMalformedRequest as error:
        check("unknown field", error.content[0]["errorCode"] == "INVALID_FIELD", error.content)


def check_pages(sf, mark):
    rows = [{"attributes": {"type": "Lead"}, "LastName": f"{mark} {number}",
             "Company": "Pages"} for number in range(200)]
    for _ in range(11):
        answer = sf.restful("composite/sobjects", method="POST",
                            json={"allOrNone": False, "records": rows})
        check("200 rows in one call", all(row["success"] for row in answer), answer[:1])
    query = f"SELECT Id FROM Lead WHERE LastName LIKE '{mark}%'"
    first = sf.query(query)
    check("a first page", not first["done"] and len(first["records"]) <= 2000, first["totalSize"])
    second = sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    check("a second page", second["totalSize"] == 2200)
    everything = sf.query_all(query)
    ids = {row["Id"] for row in everything["records"]}
    check("query_all", len(ids) == 2200 == everything["totalSize"], len(ids))
    started = time.monotonic()
    lines = sum(page.count("\n") - 1 for page in sf.bulk2.Lead.query(query, max_records=1000))
    check("bulk2 query", lines == 2200, lines)
    print(f"     bulk took {time.monotonic() - started:.1f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--ca", required=True)
    parser.add_argument("--client-id", default="3MVG9.client")
    parser.add_argument("--client-secret", default="client-secret")
    parser.add_argument("--version", default="66.0")
    arguments = parser.parse_args()
    session = requests.Session()
    # Else REQUESTS_CA_BUNDLE of the environment wins over the CA that was asked for.
    session.trust_env = False
    session.verify = arguments.ca
    url = arguments.url.rstrip("/")
    token = log_in(url, session, arguments.client_id, arguments.client_secret)
    sf = Salesforce(instance=urlsplit(url).netloc, session_id=token, session=session,
                    version=arguments.version)
    mark = "c" + uuid.uuid4().hex[:12]
    check("is_sandbox", sf.is_sandbox() in (True, False))
    limits = sf.limits()
    check("limits", limits["DailyApiRequests"]["Remaining"] > 0, limits)
    usage = sf.api_usage["api-usage"]
    check("the meter is read", usage.used > 0 and usage.total > usage.used, usage)
    fields = {field["name"] for field in sf.Lead.describe()["fields"]}
    check("describe", {"Id", "LastName", "Company", "SystemModstamp"} <= fields)
    names = {item["name"] for item in sf.describe()["sobjects"]}
    check("describe global", {"Lead", "Contact", "User", "Group", "Task"} <= names, names)
    check("count", sf.query("SELECT count() FROM Lead")["records"] == [])
    check_records(sf, mark)
    check_errors(sf)
    check_pages(sf, mark)
    print("simple-salesforce is content")


if __name__ == "__main__":
    main()
