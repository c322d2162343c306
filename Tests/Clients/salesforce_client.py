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


def rows(kind, *records):
    return {"allOrNone": False,
            "records": [{"attributes": {"type": kind}, **record} for record in records]}


def collection(method, kind, *records, **headers):
    return client.restful("composite/sobjects", method=method, json=rows(kind, *records),
                          headers={**client.headers, **headers})


@check("L6: a second lead with the external id is DUPLICATE_VALUE and names the first")
def duplicate_value():
    first = client.Lead.create(
        {"LastName": "One", "Company": "Acme", "Intercom_Id__c": "person-1"})["id"]
    error = refused(
        SalesforceMalformedRequest, client.Lead.create,
        {"LastName": "Two", "Company": "Acme", "Intercom_Id__c": "person-1"})
    assert error.content[0]["errorCode"] == "DUPLICATE_VALUE", error.content
    assert first[:15] in error.content[0]["message"], error.content


@check("L7: a duplicate rule refuses with the record that it found, and an alert can be passed")
def duplicates():
    edit("salesforce", "duplicate-rule", mode="alert")
    wish = {"LastName": "Dup", "Company": "Acme", "Email": "dup@example.org"}
    first = client.Lead.create(wish)["id"]
    error = refused(SalesforceMalformedRequest, client.Lead.create, wish)
    found = error.content[0]["duplicateResult"]["matchResults"][0]["matchRecords"][0]
    assert found["record"]["Id"] == first, error.content
    made = client.Lead.create(wish, headers={"Sforce-Duplicate-Rule-Header": "allowSave=true"})
    assert made["success"]
    edit("salesforce", "duplicate-rule", mode="off")


@check("L5: the assignment rule gives a new lead away, and an update only without FALSE")
def assignment():
    queue = edit("salesforce", "create-queue", name="Inbound")["id"]
    edit("salesforce", "assignment-rule", owner=queue)
    made = client.Lead.create({"LastName": "Rule", "Company": "Acme"})["id"]
    assert client.Lead.get(made)["OwnerId"] == queue
    user = client.query("SELECT Id FROM User WHERE IsActive = true LIMIT 1")["records"][0]["Id"]
    edit("salesforce", "update", id=made, fields={"OwnerId": user})
    collection("PATCH", "Lead", {"id": made, "Title": "x"}, **{"Sforce-Auto-Assign": "FALSE"})
    assert client.Lead.get(made)["OwnerId"] == user
    collection("PATCH", "Lead", {"id": made, "Title": "y"})
    assert client.Lead.get(made)["OwnerId"] == queue
    edit("salesforce", "assignment-rule")


@check("Q4: leads are changed 200 in a call, bad rows fail alone")
def patch_many():
    ids = [row["Id"] for row in client.query(
        "SELECT Id FROM Lead WHERE IsConverted = false LIMIT 200")["records"]]
    wishes = [{"id": id, "Title": f"Title {number}"} for number, id in enumerate(ids)]
    wishes[7]["Email"] = "nonsense"
    answer = collection("PATCH", "Lead", *wishes)
    assert [row["success"] for row in answer] == [number != 7 for number in range(200)]
    assert answer[7]["errors"][0]["statusCode"] == "INVALID_EMAIL_ADDRESS", answer[7]
    read = client.restful(
        "composite/sobjects/Lead", method="POST",
        json={"ids": ids[:2] + ["00Q000000000001AAA"], "fields": ["Id", "Title"]})
    assert [row and row["Title"] for row in read] == ["Title 0", "Title 1", None], read
    error = refused(SalesforceMalformedRequest, collection, "PATCH", "Lead", *(wishes * 2))
    assert error.content[0]["errorCode"] == "EXCEEDED_ID_LIMIT", error.content


@check("T2: tasks of leads and contacts in one call; a converted lead's row is refused")
def tasks():
    lead = client.Lead.create({"LastName": "Task", "Company": "Acme"})["id"]
    contact = client.query("SELECT Id FROM Contact LIMIT 1")["records"][0]["Id"]
    other = client.Lead.create({"LastName": "Gone", "Company": "Acme"})["id"]
    edit("salesforce", "convert", id=other)
    closed = client.query(
        "SELECT ApiName FROM TaskStatus WHERE IsClosed = true ORDER BY SortOrder LIMIT 1"
    )["records"][0]["ApiName"]
    answer = collection("POST", "Task", *(
        {"WhoId": who, "Subject": "Intercom: Hi", "Status": closed, "ActivityDate": "2026-11-20",
         "Description": "x" * 32000, "Intercom_Id__c": f"1/{who}"}
        for who in (lead, contact, other)))
    assert [row["success"] for row in answer] == [True, True, False], answer
    assert answer[2]["errors"][0]["statusCode"] == "CANNOT_UPDATE_CONVERTED_LEAD"
    found = client.query_all(
        f"SELECT Id, WhoId, IsClosed FROM Task WHERE Intercom_Id__c = '1/{lead}'",
        include_deleted=True)["records"]
    assert [row["WhoId"] for row in found] == [lead] and found[0]["IsClosed"], found
    edit("salesforce", "archive-task", id=found[0]["Id"])
    assert client.query(f"SELECT Id FROM Task WHERE WhoId = '{lead}'")["totalSize"] == 0
    shown = control("GET", f"/records?object=Task&field=WhoId&value={lead}&fields=Subject")
    assert shown["rows"][0]["Subject"] == "Intercom: Hi", shown
    again = collection("POST", "Task", {"Subject": "x", "Intercom_Id__c": f"1/{lead}"})
    assert again[0]["errors"][0]["statusCode"] == "DUPLICATE_VALUE", again


@check("T3: a task for somebody who left is refused; users have a type")
def inactive():
    user = edit("salesforce", "create-user", last_name="Left", email="left@example.org",
                active=False, user_type="CsnOnly")["id"]
    assert client.User.get(user)["UserType"] == "CsnOnly"
    error = refused(
        SalesforceMalformedRequest, client.Task.create, {"Subject": "S", "OwnerId": user})
    assert error.content[0]["errorCode"] == "INACTIVE_OWNER_OR_USER", error.content


@check("Q2: fields that an administrator makes and hides are described, taken and refused")
def set_up():
    edit("salesforce", "define-field", object="Lead", name="Seats__c", type="double", precision=5,
         scale=1)
    edit("salesforce", "define-field", object="Lead", name="Level__c", type="picklist",
         values=["A", "B"], restricted=True)
    fields = {field["name"]: field for field in client.Lead.describe()["fields"]}
    assert fields["Seats__c"]["precision"] == 5 and fields["Level__c"]["restrictedPicklist"]
    assert [value["value"] for value in fields["Level__c"]["picklistValues"]] == ["A", "B"]
    wish = {"LastName": "Set", "Company": "Acme", "Seats__c": 3.5, "Level__c": "A"}
    made = client.Lead.create(wish)["id"]
    assert client.Lead.get(made)["Seats__c"] == 3.5
    error = refused(SalesforceMalformedRequest, client.Lead.create, {**wish, "Level__c": "C"})
    assert error.content[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    edit("salesforce", "hide-field", object="Lead", field="Seats__c")
    assert "Seats__c" not in {field["name"] for field in client.Lead.describe()["fields"]}
    error = refused(SalesforceMalformedRequest, client.Lead.create, wish)
    assert error.content[0]["errorCode"] == "INVALID_FIELD", error.content
    edit("salesforce", "validation-rule", object="Lead", field="Title", value="Boss",
         message="Nobody is a boss")
    error = refused(SalesforceMalformedRequest, client.Lead.update, made, {"Title": "Boss"})
    assert error.content[0]["errorCode"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION", error.content
    edit("salesforce", "validation-rule")


@check("L6: an answer that is lost after the write leaves the lead there")
def lost():
    control("POST", "/fault", {
        "side": "salesforce", "kind": "record", "fault": "reset-after", "method": "post",
        "path": "/sobjects/Lead/"[:-1]})
    wish = {"LastName": "Lost", "Company": "Acme", "Email": "lost@example.org"}
    refused(requests.exceptions.ConnectionError, client.Lead.create, wish)
    find = "SELECT Id FROM Lead WHERE Email = 'lost@example.org'"
    assert client.query(find)["totalSize"] == 1
    control("POST", "/fault", {
        "side": "salesforce", "kind": "record", "fault": "late-commit", "value": 600000})
    refused(requests.exceptions.ConnectionError, client.Lead.create, wish)
    assert client.query(find)["totalSize"] == 1
    assert len(control("GET", "/records?field=Email&value=lost@example.org")["records"]) == 2


@check("C1: a contact shows its account's name and owner")
def account():
    row = client.query(
        "SELECT Id, Account.Name, Account.OwnerId FROM Contact WHERE AccountId != null LIMIT 1"
    )["records"][0]
    assert row["Account"]["Name"] and row["Account"]["OwnerId"].startswith("00"), row
    lone = edit("salesforce", "create", object="Contact", fields={"LastName": "Lone"})["id"]
    found = client.query(f"SELECT Account.Name FROM Contact WHERE Id = '{lone}'")["records"][0]
    assert found["Account"] is None, found


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
    assert lines == client.query("SELECT COUNT() FROM Contact")["totalSize"] >= 700, lines


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
