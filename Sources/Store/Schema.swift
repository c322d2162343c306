/// The tables, and how a file of an earlier release becomes one of this release.
enum Schema {
  /// "SFSY" in the file's header, so that another program's database is never written to.
  static let applicationID: Int64 = 0x5346_5359

  /// One script a schema version, in order; `user_version` counts how many have run.
  static let migrations = [version1, version2, version3]

  private static let version1 = """
    -- Single values: pinned org and workspace, phases, cursors of full reads.
    CREATE TABLE meta(
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- What Salesforce last said of a Lead (0) or Contact (1).
    CREATE TABLE record(
      id TEXT PRIMARY KEY,
      object INTEGER NOT NULL,
      modified_at INTEGER NOT NULL,
      fingerprint BLOB NOT NULL,
      email TEXT,
      match_key TEXT,
      name TEXT,
      status TEXT,
      title TEXT,
      owner_id TEXT,
      is_deleted INTEGER NOT NULL,
      is_converted INTEGER NOT NULL,
      converted_contact_id TEXT,
      master_record_id TEXT,
      created_at INTEGER NOT NULL,
      sweep INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX record_email ON record(email) WHERE email IS NOT NULL;
    CREATE INDEX record_match_key ON record(match_key) WHERE match_key IS NOT NULL;
    CREATE INDEX record_owner ON record(owner_id) WHERE owner_id IS NOT NULL;
    CREATE INDEX record_converted ON record(converted_contact_id)
      WHERE converted_contact_id IS NOT NULL;
    CREATE INDEX record_merged ON record(master_record_id) WHERE master_record_id IS NOT NULL;

    -- Users, queues and roles; told apart by the id's prefix.
    CREATE TABLE owner(
      id TEXT PRIMARY KEY,
      modified_at INTEGER NOT NULL,
      fingerprint BLOB NOT NULL,
      name TEXT,
      email TEXT,
      title TEXT,
      role_id TEXT,
      is_active INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX owner_role ON owner(role_id) WHERE role_id IS NOT NULL;

    -- What Intercom last said of a person (observed), what was last acknowledged (sent), what
    -- came back for it (returned): JSON arrays in the order of the attributes.
    CREATE TABLE person(
      id TEXT PRIMARY KEY,
      updated_at INTEGER NOT NULL,
      fingerprint BLOB NOT NULL,
      role TEXT NOT NULL,
      email TEXT,
      external_id TEXT,
      observed TEXT,
      sent TEXT,
      returned TEXT,
      accepted INTEGER NOT NULL DEFAULT 0,
      sweep INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX person_email ON person(email) WHERE email IS NOT NULL;
    CREATE INDEX person_external_id ON person(external_id) WHERE external_id IS NOT NULL;

    -- The candidate that won, for each person, with what its events have told so far: the next
    -- event is the difference from that, whatever happened between.
    CREATE TABLE link(
      person_id TEXT PRIMARY KEY,
      record_id TEXT NOT NULL,
      owner_id TEXT,
      status TEXT,
      title TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX link_record ON link(record_id);

    -- Counted as it changes, since `status` asks every second: of links, by the first three
    -- characters of the record's id; of deliveries, by state and lane.
    CREATE TABLE link_tally(
      prefix TEXT PRIMARY KEY,
      count INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER link_added AFTER INSERT ON link BEGIN
      INSERT INTO link_tally VALUES(substr(new.record_id, 1, 3), 1)
        ON CONFLICT(prefix) DO UPDATE SET count = count + 1;
    END;
    CREATE TRIGGER link_removed AFTER DELETE ON link BEGIN
      UPDATE link_tally SET count = count - 1 WHERE prefix = substr(old.record_id, 1, 3);
    END;
    CREATE TRIGGER link_moved AFTER UPDATE OF record_id ON link
    WHEN substr(new.record_id, 1, 3) <> substr(old.record_id, 1, 3) BEGIN
      UPDATE link_tally SET count = count - 1 WHERE prefix = substr(old.record_id, 1, 3);
      INSERT INTO link_tally VALUES(substr(new.record_id, 1, 3), 1)
        ON CONFLICT(prefix) DO UPDATE SET count = count + 1;
    END;

    -- Links that e-mails do not govern; kept while the record is deleted, for its undelete.
    CREATE TABLE pin(
      person_id TEXT PRIMARY KEY,
      record_id TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX pin_record ON pin(record_id);

    -- People with several candidates and no pin.
    CREATE TABLE ambiguous(person_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

    -- Rows that differ and are not planned yet; of a record, the value it was matched by before.
    CREATE TABLE record_difference(
      record_id TEXT PRIMARY KEY,
      cycle INTEGER NOT NULL,
      email TEXT,
      match_key TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX record_difference_cycle ON record_difference(cycle);
    CREATE TABLE person_difference(
      person_id TEXT PRIMARY KEY,
      cycle INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX person_difference_cycle ON person_difference(cycle);
    CREATE TABLE owner_difference(
      owner_id TEXT PRIMARY KEY,
      cycle INTEGER NOT NULL,
      after TEXT NOT NULL DEFAULT ''
    ) STRICT, WITHOUT ROWID;

    -- Deliveries not yet settled. kind: 0 attributes, 1 event. lane: 0 asked, 1 fresh,
    -- 2 backfill. state: 0 held for the guard, 1 waiting, 2 parked.
    CREATE TABLE delivery(
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      kind INTEGER NOT NULL,
      person_id TEXT NOT NULL,
      record_id TEXT,
      lane INTEGER NOT NULL,
      state INTEGER NOT NULL,
      cycle INTEGER NOT NULL,
      generation INTEGER NOT NULL,
      payload TEXT,
      moves INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      first_failed_at INTEGER,
      next_try_at INTEGER NOT NULL,
      queued_at INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX delivery_attributes ON delivery(person_id) WHERE kind = 0;
    CREATE INDEX delivery_next ON delivery(lane, next_try_at, id) WHERE state = 1;
    CREATE INDEX delivery_person ON delivery(person_id, id);
    CREATE INDEX delivery_held ON delivery(moves) WHERE state = 0;
    CREATE INDEX delivery_parked ON delivery(id) WHERE state = 2;
    CREATE TABLE delivery_tally(
      state INTEGER NOT NULL,
      lane INTEGER NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY(state, lane)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER delivery_added AFTER INSERT ON delivery BEGIN
      INSERT INTO delivery_tally VALUES(new.state, new.lane, 1)
        ON CONFLICT(state, lane) DO UPDATE SET count = count + 1;
    END;
    CREATE TRIGGER delivery_removed AFTER DELETE ON delivery BEGIN
      UPDATE delivery_tally SET count = count - 1 WHERE state = old.state AND lane = old.lane;
    END;
    CREATE TRIGGER delivery_moved AFTER UPDATE OF state, lane ON delivery
    WHEN new.state <> old.state OR new.lane <> old.lane BEGIN
      UPDATE delivery_tally SET count = count - 1 WHERE state = old.state AND lane = old.lane;
      INSERT INTO delivery_tally VALUES(new.state, new.lane, 1)
        ON CONFLICT(state, lane) DO UPDATE SET count = count + 1;
    END;

    -- The last second that an event of a name bore, for each person (S7).
    CREATE TABLE event_second(
      person_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      second INTEGER NOT NULL,
      PRIMARY KEY(person_id, kind)
    ) STRICT, WITHOUT ROWID;

    -- How far each stream has been read.
    CREATE TABLE cursor(
      stream TEXT PRIMARY KEY,
      since INTEGER NOT NULL,
      after_modified_at INTEGER,
      after_id TEXT
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE error(
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      subject_key TEXT NOT NULL,
      code TEXT NOT NULL,
      kind TEXT NOT NULL,
      person_id TEXT,
      record_id TEXT,
      what TEXT NOT NULL,
      cause TEXT NOT NULL,
      remedy TEXT NOT NULL,
      answer TEXT NOT NULL,
      status INTEGER,
      request_id TEXT,
      count INTEGER NOT NULL,
      first_seen INTEGER NOT NULL,
      last_seen INTEGER NOT NULL,
      state TEXT NOT NULL,
      closed_at INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX error_open ON error(code, subject_key) WHERE closed_at IS NULL;
    CREATE INDEX error_person ON error(person_id) WHERE closed_at IS NULL;
    CREATE INDEX error_closed ON error(closed_at) WHERE closed_at IS NOT NULL;
    """
}
