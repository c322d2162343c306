"""simple-salesforce, unchanged and over TLS, against the simulated org."""
import os

import requests
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession, SalesforceMalformedRequest, SalesforceResourceNotFound)

from checks import READY, check, control, edit, main, refused

BASE = f"https://localhost:{os.environ['SFSYNC_TLS_PORT']}"


def token():
    answer = requests.post(
        BASE + "/services/oauth2/token",
        data={
            "grant_type": "client_credentials", "client_id": READY["salesforce_client_id"],
            "client_secret": READY["salesforce_client_secret"]}, timeout=20)
    answer.raise_for_status()
    return answer.json()["access_token"]


client = Salesforce(instance_url=BASE, session_id=token(), version="60.0")


@check("a count and a small query")
def query():
    assert client.query("SELECT COUNT() FROM Lead")["totalSize"] == 3000
    rows = client.query("SELECT Id, Email, Owner.Name FROM Lead ORDER BY Id LIMIT 3")["records"]
    assert len(rows) == 3 and rows[0]["attributes"]["type"] == "Lead", rows
    assert rows[0]["Owner"]["Name"]


@check("query_all follows the locators to the end")
def query_all():
    rows = client.query_all("SELECT Id, Email, SystemModstamp FROM Lead")["records"]
    assert len({row["Id"] for row in rows}) == 3000, len(rows)


@check("a lead is created, read, changed and deleted")
def crud():
    made = client.Lead.create(
        {"LastName": "O'Hara", "Company": "Acme & Co", "Email": "new@example.org"})
    assert made["success"], made
    lead = client.Lead.get(made["id"])
    assert lead["LastName"] == "O'Hara" and lead["Company"] == "Acme & Co"
    assert client.Lead.update(made["id"], {"Title": "CTO"}) == 204
    assert client.Lead.get(made["id"])["Title"] == "CTO"
    assert client.Lead.delete(made["id"]) == 204
    refused(SalesforceResourceNotFound, client.Lead.get, made["id"])
    rows = client.query_all(
        f"SELECT Id, IsDeleted FROM Lead WHERE Id = '{made['id']}'", include_deleted=True)
    assert rows["records"][0]["IsDeleted"] is True, rows


@check("a lead without company is refused in the vendor's words")
def required():
    error = refused(SalesforceMalformedRequest, client.Lead.create, {"LastName": "x"})
    assert error.content[0]["errorCode"] == "REQUIRED_FIELD_MISSING", error.content


@check("a bad query is refused in the vendor's words")
def malformed():
    error = refused(SalesforceMalformedRequest, client.query, "SELECT Nope FROM Lead")
    assert error.content[0]["errorCode"] == "INVALID_FIELD", error.content


@check("the external id field finds and upserts")
def upsert():
    assert client.Lead.upsert(
        "Intercom_Id__c/abc", {"LastName": "Ext", "Company": "Acme"}) in (200, 201)
    assert client.Lead.get_by_custom_id("Intercom_Id__c", "abc")["LastName"] == "Ext"


@check("describe knows the fields, limits the calls")
def describe():
    names = [field["name"] for field in client.Lead.describe()["fields"]]
    assert {"Id", "Email", "OwnerId", "SystemModstamp", "IsConverted"} <= set(names)
    limits = client.limits()
    assert limits["DailyApiRequests"]["Max"] == 1000000, limits["DailyApiRequests"]
    assert "api-usage" in client.api_usage, client.api_usage


@check("Bulk API 2.0 brings every contact")
def bulk():
    pages = list(client.bulk2.Contact.query("SELECT Id, Email FROM Contact"))
    lines = sum(len(page.strip().splitlines()) - 1 for page in pages)
    assert lines == 700, lines


@check("a conversion by hand shows in the lead")
def convert():
    lead = client.query("SELECT Id FROM Lead WHERE IsConverted = false LIMIT 1")["records"][0]["Id"]
    contact = edit("salesforce", "convert", id=lead)["id"]
    row = client.Lead.get(lead)
    assert row["IsConverted"] is True and row["ConvertedContactId"] == contact, row


@check("an ended session is a SalesforceExpiredSession")
def expired():
    edit("salesforce", "expire-sessions")
    refused(SalesforceExpiredSession, client.query, "SELECT Id FROM Lead LIMIT 1")
    assert control("GET", "/counters")["salesforce"]["calls"]["query"] > 0


main()
