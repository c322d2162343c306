"""Intercom's own SDK (python-intercom), unchanged, against the simulated workspace."""
import time

from intercom import (
    ConversationsManageRequestBody_Assignment as Assign,
    ConversationsManageRequestBody_Close as Close, ConversationsManageRequestBody_Open as Open,
    CreateContactRequestWithEmail, CreateContactRequestWithRole, CreateDataAttributeRequestOne,
    CreateDataEventRequestWithId, Intercom, MultipleFilterSearchRequest, SingleFilterSearchRequest,
    StartingAfterPaging)
from intercom.core.api_error import ApiError
from intercom.errors import BadRequestError, UnauthorizedError

from checks import READY, check, control, edit, main, refused

BASE = f"http://127.0.0.1:{READY['intercom_port']}"
client = Intercom(token=READY["intercom_token"], base_url=BASE)


def one(email):
    return client.contacts.search(
        query=SingleFilterSearchRequest(field="email", operator="=", value=email),
        pagination=StartingAfterPaging(per_page=10))


def gone(person):
    # The description declares no 404 here, so the SDK has no class for it.
    assert refused(ApiError, client.contacts.find, person).status_code == 404


@check("me names the workspace, its zone and its region")
def me():
    admin = client.admins.identify()
    assert admin.app.id_code and admin.app.timezone == "America/Los_Angeles", admin
    assert admin.app.region == "US"


@check("a wrong token is an UnauthorizedError")
def unauthorized():
    stranger = Intercom(token="wrong", base_url=BASE)
    refused(UnauthorizedError, stranger.contacts.find, "0" * 24)
    assert refused(ApiError, stranger.admins.identify).status_code == 401


@check("the SDK's pager lists every person once")
def list_all():
    ids = [person.id for person in client.contacts.list(per_page=150)]
    total = control("GET", "/counters")["intercom"]["people"]
    assert len(ids) == len(set(ids)) == total, (len(ids), total)


@check("the pages of a search show everybody once")
def search_all():
    query = MultipleFilterSearchRequest(
        operator="AND",
        value=[SingleFilterSearchRequest(field="role", operator="=", value="lead")])
    ids, cursor = [], None
    while True:
        # The SDK's own pager repeats the first page for ever: it never passes the cursor on.
        page = client.contacts.search(
            query=query, pagination=StartingAfterPaging(per_page=150, starting_after=cursor))
        ids += [person.id for person in page.items]
        cursor = page.response.pages.next.starting_after if page.has_next else None
        if cursor is None:
            break
    assert len(ids) == len(set(ids)) == page.response.total_count > 100, len(ids)


@check("a user is made, found by e-mail, changed and deleted")
def lifecycle():
    made = client.contacts.create(
        request=CreateContactRequestWithEmail(email="Nina@Example.org", name="Nina"))
    assert made.role == "user" and made.name == "Nina"
    assert [person.id for person in one("nina@example.org")] == [made.id]
    changed = client.contacts.update(made.id, name="Nina & Co", phone="+49301")
    assert changed.name == "Nina &amp; Co", changed.name
    assert client.contacts.find(made.id).phone == "+49301"
    assert client.contacts.archive(made.id).archived is True
    gone(made.id)
    assert client.contacts.unarchive(made.id).archived is False
    assert client.contacts.delete(made.id).deleted is True
    gone(made.id)


@check("a second user with the same e-mail is a 409 that names the first")
def conflict():
    first = client.contacts.create(request=CreateContactRequestWithEmail(email="twin@example.org"))
    error = refused(
        ApiError, client.contacts.create,
        request=CreateContactRequestWithEmail(email="twin@example.org"))
    assert error.status_code == 409 and first.id in str(error.body), error


@check("an attribute has to exist before people can have it")
def attributes():
    edit("intercom", "create", email="attr@example.org")
    person = list(one("attr@example.org"))[0]
    wish = {"SDK_STATUS": "Open"}
    error = refused(ApiError, client.contacts.update, person.id, custom_attributes=wish)
    assert error.status_code == 400, error
    made = client.data_attributes.create(
        request=CreateDataAttributeRequestOne(
            name="SDK_STATUS", model="contact", data_type="string"))
    assert made.full_name == "custom_attributes.SDK_STATUS" and made.archived is False
    assert client.contacts.update(
        person.id, custom_attributes=wish).custom_attributes["SDK_STATUS"] == "Open"
    cleared = client.contacts.update(person.id, custom_attributes={"SDK_STATUS": None})
    assert cleared.custom_attributes["SDK_STATUS"] is None
    names = [row.name for row in client.data_attributes.list(model="contact").data]
    assert "SDK_STATUS" in names and "email" in names
    refused(
        BadRequestError, client.data_attributes.create,
        request=CreateDataAttributeRequestOne(
            name="SDK_STATUS", model="company", data_type="string"))


@check("an event is taken for a lead by id, and its repetition is dropped silently")
def events():
    lead = client.contacts.create(request=CreateContactRequestWithRole(role="lead"))
    event = CreateDataEventRequestWithId(
        id=lead.id, event_name="status-changed", created_at=int(time.time()),
        metadata={"from": "Open", "to": "Closed"})
    client.events.create(request=event)
    client.events.create(request=event)
    kept = control("GET", f"/events?contact={lead.id}")["events"]
    assert len(kept) == 1 and kept[0]["metadata"] == {"from": "Open", "to": "Closed"}, kept
    unknown = CreateDataEventRequestWithId(
        id="0" * 24, event_name="x", created_at=int(time.time()))
    refused(ApiError, client.events.create, request=unknown)


@check("a lead merges into a user and is gone")
def merge():
    lead = client.contacts.create(request=CreateContactRequestWithRole(role="lead"))
    user = client.contacts.create(request=CreateContactRequestWithEmail(email="into@example.org"))
    merged = client.contacts.merge_lead_in_user(lead_id=lead.id, contact_id=user.id)
    assert merged.id == user.id
    gone(lead.id)


@check("tags, admins and teams are listed")
def furniture():
    admins = client.admins.list().admins
    assert any(admin.name == "Operator" for admin in admins)
    assert client.teams.list().teams == []
    tag = edit("intercom", "add-tag", name="hot")["id"]
    assert [row.id for row in client.tags.list().data] == [tag]
    person = client.contacts.create(request=CreateContactRequestWithEmail(email="tag@example.org"))
    assert client.tags.tag_contact(person.id, tag_id=tag).name == "hot"
    assert [row.id for row in client.contacts.list_attached_tags(person.id).data] == [tag]


@check("a conversation is found with its parts")
def conversations():
    person = client.contacts.create(request=CreateContactRequestWithEmail(email="talk@example.org"))
    number = edit("intercom", "conversation", id=person.id, text="Hello <there>")["id"]
    edit("intercom", "part", id=number, text="More")
    found = client.conversations.find(number)
    assert found.source.body == "<p>Hello &lt;there&gt;</p>", found.source
    assert found.conversation_parts.conversation_parts[0].body == "<p>More</p>"
    assert found.admin_assignee_id is None
    listed = [row.id for row in client.conversations.list(per_page=20)]
    assert number in listed
    hits = client.conversations.search(
        query=SingleFilterSearchRequest(field="contact_ids", operator="=", value=person.id))
    assert [row.id for row in hits] == [number]


@check("T1: a conversation is tagged and untagged by a teammate")
def conversation_tags():
    person = client.contacts.create(request=CreateContactRequestWithEmail(email="ct@example.org"))
    number = edit("intercom", "conversation", id=person.id, text="Log me")["id"]
    tag = edit("intercom", "add-tag", name="salesforce-task")["id"]
    admin = client.admins.identify().id
    made = client.tags.tag_conversation(number, tag_id=tag, admin_id=admin)
    assert made.name == "salesforce-task"
    shown = client.conversations.find(number).tags.tags
    assert [row.id for row in shown] == [tag]
    hits = client.conversations.search(
        query=SingleFilterSearchRequest(field="tag_ids", operator="=", value=tag))
    assert [row.id for row in hits] == [number]
    client.tags.untag_conversation(number, tag, admin_id=admin)
    assert client.conversations.find(number).tags.tags == []


@check("T4: a tag on a message is on it; a redacted message keeps its place")
def messages():
    person = client.contacts.create(request=CreateContactRequestWithEmail(email="ms@example.org"))
    number = edit("intercom", "conversation", id=person.id, text="First")["id"]
    part = edit("intercom", "reply", id=number, text="Second")["id"]
    edit("intercom", "tag-conversation", id=number, part=int(part), tag="one-message")
    found = client.conversations.find(number)
    assert found.conversation_parts.conversation_parts[0].tags[0].name == "one-message"
    assert [row.name for row in found.tags.tags] == ["one-message"]
    edit("intercom", "redact", id=number, part=int(part))
    shown = client.conversations.find(number).conversation_parts.conversation_parts[0]
    assert shown.redacted is True and "Second" not in shown.body, shown


@check("A1: a conversation is assigned, closed, opened and snoozed")
def assignment():
    person = client.contacts.create(request=CreateContactRequestWithEmail(email="as@example.org"))
    number = edit("intercom", "conversation", id=person.id, text="Whose?", ai_agent=True)["id"]
    admin = client.admins.identify().id
    target = edit("intercom", "add-admin", name="Ola", email="ola@example.org")["id"]
    found = client.conversations.find(number)
    assert found.admin_assignee_id is None and found.ai_agent_participated is True, found
    done = client.conversations.manage(
        number, request=Assign(type="admin", admin_id=admin, assignee_id=target))
    assert done.admin_assignee_id == int(target), done
    last = done.conversation_parts.conversation_parts[-1]
    assert last.part_type == "assignment" and last.assigned_to.id == target, last
    closed = client.conversations.manage(
        number, request=Close(admin_id=admin))
    assert closed.state == "closed" and closed.open is False
    opened = client.conversations.manage(
        number, request=Open(admin_id=admin))
    assert opened.state == "open"
    edit("intercom", "set-admin", id=target, has_inbox_seat=False)
    error = refused(
        ApiError, client.conversations.manage, number,
        request=Assign(type="admin", admin_id=admin, assignee_id=target))
    assert error.status_code == 404, error
    path = control("GET", "/received")["rows"][-1]["path"]
    assert path == f"/conversations/{number}/parts", path


@check("Conversations are searched by updated_at, newest first, page after page")
def conversation_pages():
    person = client.contacts.create(request=CreateContactRequestWithEmail(email="pg@example.org"))
    made = [edit("intercom", "conversation", id=person.id, text=str(number))["id"]
            for number in range(7)]
    seen, cursor = [], None
    while True:
        page = client.conversations.search(
            query=SingleFilterSearchRequest(field="contact_ids", operator="=", value=person.id),
            pagination=StartingAfterPaging(per_page=3, starting_after=cursor))
        seen += [row.id for row in page.items]
        cursor = page.response.pages.next.starting_after if page.has_next else None
        if cursor is None:
            break
    assert sorted(seen) == sorted(made) and len(seen) == 7, seen


@check("Q1: a person's company is read with its attributes, and by the list and the scroll")
def companies():
    person = client.contacts.create(request=CreateContactRequestWithEmail(email="co@example.org"))
    company = edit("intercom", "company", id=person.id, name="Blue Sun",
                   fields={"size": 700, "industry": "Software", "plan": "Pro"},
                   attributes={"region": "EMEA"})["id"]
    assert client.contacts.find(person.id).companies.data[0].id == company
    found = client.companies.find(company)
    assert found.size == 700 and found.industry == "Software", found
    assert found.custom_attributes["region"] == "EMEA"
    assert company in [row.id for row in client.companies.list(per_page=15)]
    assert company in [row.id for row in client.companies.scroll()]
    edit("intercom", "set-company", id=company, fields={"size": 800})
    assert client.companies.find(company).size == 800


@check("A2: the owner of a person has to be a teammate")
def owner():
    person = client.contacts.create(request=CreateContactRequestWithEmail(email="ow@example.org"))
    admin = edit("intercom", "add-admin", name="Owner", email="owner@example.org")["id"]
    assert str(client.contacts.update(person.id, owner_id=int(admin)).owner_id) == admin
    error = refused(ApiError, client.contacts.update, person.id, owner_id=5)
    assert error.status_code == 400 and "not a member" in str(error.body), error


main()
