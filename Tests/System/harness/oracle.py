"""What each person should carry (S3, M2), computed from both sides without the daemon's code."""

ATTRIBUTES = ("STATUS", "TITLE", "OWNER_ID", "OWNER_NAME", "OWNER_EMAIL", "OWNER_ROLE", "ID",
              "OBJECT_TYPE")
NAMES = tuple("SALESFORCE_" + name for name in ATTRIBUTES)
UNITS = 255


def cut(text):
    """At most 255 UTF-16 units; made for texts in which every scalar is a grapheme."""
    if text is None or len(text.encode("utf-16-le")) // 2 <= UNITS:
        return text
    units, end = 0, 0
    for scalar in text:
        units += 2 if ord(scalar) > 0xFFFF else 1
        if units > UNITS:
            break
        end += 1
    return text[:end]


def key(email):
    """None for people without an address."""
    return email.strip().lower() or None if email else None


class Org:
    """The live records and their owners as the org itself shows them."""

    def __init__(self, sim):
        self.owners = {}
        for user in sim.query_all(
                "SELECT Id, Name, Email, Title, UserRole.Name FROM User"):
            role = (user.get("UserRole") or {}).get("Name") or user["Title"]
            self.owners[user["Id"]] = (user["Name"], user["Email"], role)
        for queue in sim.query_all("SELECT Id, Name, Email FROM Group WHERE Type = 'Queue'"):
            self.owners[queue["Id"]] = (queue["Name"], queue["Email"], None)
        self.by_email = {}
        self.count = 0
        fields = "Id, Email, Title, OwnerId, CreatedDate"
        for row in sim.query_all(
                f"SELECT {fields}, Status FROM Lead WHERE IsConverted = false"):
            self.take("Lead", row)
        for row in sim.query_all(f"SELECT {fields} FROM Contact"):
            self.take("Contact", row)

    def take(self, kind, row):
        self.count += 1
        if key(row["Email"]):
            self.by_email.setdefault(key(row["Email"]), []).append((kind, row))

    def candidates(self, email):
        return self.by_email.get(key(email), []) if key(email) else []

    def winner(self, email, prefer="contact"):
        """The preferred class, then the newest, then the lowest id; nobody is linked yet."""
        rows = self.candidates(email)
        if prefer == "none" and len(rows) > 1:
            return None
        rows = sorted(rows, key=lambda pair: pair[1]["Id"])
        rows.sort(key=lambda pair: pair[1]["CreatedDate"], reverse=prefer != "oldest")
        if prefer in ("contact", "lead"):
            rows.sort(key=lambda pair: pair[0].lower() != prefer)
        return rows[0] if rows else None

    def values(self, kind, row, cuts=None):
        """The eight attributes; `cuts` gives the cut form of texts with longer graphemes."""
        name, email, role = self.owners.get(row["OwnerId"], (None, None, None))

        def fit(text):
            return (cuts or {}).get(text) or cut(text) or None

        return dict(zip(NAMES, (
            fit(row["Status"]) if kind == "Lead" else None, fit(row["Title"]), row["OwnerId"],
            fit(name), fit(email), fit(role), row["Id"], kind)))

    def expected(self, people, prefer="contact", cuts=None):
        """The attributes of every person that has a record, by the person's id."""
        expected = {}
        for person in people:
            found = self.winner(person["email"], prefer)
            if found:
                expected[person["id"]] = self.values(*found, cuts=cuts)
        return expected
