extension Schema {
  /// What goes from Intercom to Salesforce: rules, field bases, tasks, an outbox of its own.
  static let version2 = """
    -- What rules and the mapping look at: a JSON object of Intercom's values; the epoch of the rules
    -- that were last looked at for this person.
    ALTER TABLE person ADD COLUMN watched TEXT;
    ALTER TABLE person ADD COLUMN company_id TEXT;
    ALTER TABLE person ADD COLUMN teammate_id TEXT;
    ALTER TABLE person ADD COLUMN created_at INTEGER;
    ALTER TABLE person ADD COLUMN rules_epoch INTEGER NOT NULL DEFAULT 0;
    -- Of what was looked at when this person was last read: what is absent in `watched` is known to
    -- be nothing only where this is the present one.
    ALTER TABLE person ADD COLUMN watch_epoch INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX person_company ON person(company_id) WHERE company_id IS NOT NULL;

    -- The Lead's company or the Contact's account, and that account's owner.
    ALTER TABLE record ADD COLUMN company TEXT;
    ALTER TABLE record ADD COLUMN account_owner_id TEXT;

    -- Rows are compared by more columns than before: the next full read is due at once.
    DELETE FROM meta WHERE key = 'full_at';

    -- kind: 2 owner, one a person; 3 assign, one a conversation.
    ALTER TABLE delivery ADD COLUMN conversation_id TEXT;
    CREATE UNIQUE INDEX delivery_owner ON delivery(person_id) WHERE kind = 2;
    CREATE UNIQUE INDEX delivery_assign ON delivery(conversation_id) WHERE kind = 3;

    -- What Intercom last said of a company: a JSON object.
    CREATE TABLE company(
      id TEXT PRIMARY KEY,
      "values" TEXT NOT NULL,
      read_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- The rules of the configuration, each with the epoch and the time since which it is as it is.
    CREATE TABLE rule(
      name TEXT PRIMARY KEY,
      definition TEXT NOT NULL,
      epoch INTEGER NOT NULL,
      since INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Rules that hold for a person, and those that were used up by a link (L1).
    CREATE TABLE rule_hold(
      person_id TEXT NOT NULL,
      rule TEXT NOT NULL,
      used INTEGER NOT NULL,
      PRIMARY KEY(person_id, rule)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX rule_hold_rule ON rule_hold(rule, person_id) WHERE used = 0;

    -- Whom a lead was ever made for; kept when the person leaves.
    CREATE TABLE made_lead(
      person_id TEXT PRIMARY KEY,
      record_id TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Intercom's values that were last compared with a lead's, and those that it refused (Q1).
    CREATE TABLE field_base(
      person_id TEXT NOT NULL,
      record_id TEXT NOT NULL,
      base TEXT NOT NULL,
      refused TEXT,
      PRIMARY KEY(person_id, record_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX field_base_refused ON field_base(person_id) WHERE refused IS NOT NULL;

    -- What is owed to Salesforce. kind: 0 lead, 1 fields, 2 task. lane as in delivery. state:
    -- 0 held for the guard, 1 waiting, 2 parked, 3 sending: durable before the call, so that one
    -- whose outcome is unknown is looked up and not repeated (L6, T4).
    CREATE TABLE salesforce_delivery(
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      kind INTEGER NOT NULL,
      subject TEXT NOT NULL,
      order_key TEXT NOT NULL,
      person_id TEXT,
      record_id TEXT,
      conversation_id TEXT,
      part_id TEXT,
      lane INTEGER NOT NULL,
      state INTEGER NOT NULL,
      cycle INTEGER NOT NULL,
      generation INTEGER NOT NULL,
      payload TEXT,
      cause TEXT,
      sent_after INTEGER,
      sent_until INTEGER,
      attempts INTEGER NOT NULL,
      first_failed_at INTEGER,
      next_try_at INTEGER NOT NULL,
      queued_at INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX salesforce_delivery_subject ON salesforce_delivery(kind, subject);
    CREATE INDEX salesforce_delivery_next
      ON salesforce_delivery(kind, lane, next_try_at, id) WHERE state IN (1, 3);
    CREATE INDEX salesforce_delivery_order
      ON salesforce_delivery(kind, order_key, id) WHERE state IN (1, 3);
    CREATE INDEX salesforce_delivery_person
      ON salesforce_delivery(person_id, id) WHERE person_id IS NOT NULL;
    CREATE INDEX salesforce_delivery_cycle ON salesforce_delivery(cycle);
    CREATE INDEX salesforce_delivery_held ON salesforce_delivery(cycle) WHERE state = 0;
    CREATE INDEX salesforce_delivery_parked ON salesforce_delivery(id) WHERE state = 2;
    CREATE INDEX salesforce_delivery_sending ON salesforce_delivery(id) WHERE state = 3;
    CREATE INDEX salesforce_delivery_pending ON salesforce_delivery(id) WHERE state <> 2;
    CREATE TABLE salesforce_delivery_tally(
      state INTEGER NOT NULL,
      lane INTEGER NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY(state, lane)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER salesforce_delivery_added AFTER INSERT ON salesforce_delivery BEGIN
      INSERT INTO salesforce_delivery_tally VALUES(new.state, new.lane, 1)
        ON CONFLICT(state, lane) DO UPDATE SET count = count + 1;
    END;
    CREATE TRIGGER salesforce_delivery_removed AFTER DELETE ON salesforce_delivery BEGIN
      UPDATE salesforce_delivery_tally SET count = count - 1
        WHERE state = old.state AND lane = old.lane;
    END;
    CREATE TRIGGER salesforce_delivery_moved AFTER UPDATE OF state, lane ON salesforce_delivery
    WHEN new.state <> old.state OR new.lane <> old.lane BEGIN
      UPDATE salesforce_delivery_tally SET count = count - 1
        WHERE state = old.state AND lane = old.lane;
      INSERT INTO salesforce_delivery_tally VALUES(new.state, new.lane, 1)
        ON CONFLICT(state, lane) DO UPDATE SET count = count + 1;
    END;

    -- What was done for a conversation's tag, its closing, and its assignment; when.
    CREATE TABLE conversation(
      id TEXT PRIMARY KEY,
      updated_at INTEGER NOT NULL,
      tagged_at INTEGER,
      closed_at INTEGER,
      assigned_at INTEGER
    ) STRICT, WITHOUT ROWID;

    -- Conversations that are read again by their ids: for a person's record (next_try_at NULL until
    -- there may be one), or with person_id '' since they could not be read (NULL: refused).
    CREATE TABLE conversation_again(
      conversation_id TEXT NOT NULL,
      person_id TEXT NOT NULL,
      first_failed_at INTEGER,
      next_try_at INTEGER,
      PRIMARY KEY(conversation_id, person_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX conversation_again_person ON conversation_again(person_id);
    CREATE INDEX conversation_again_due
      ON conversation_again(next_try_at) WHERE next_try_at IS NOT NULL;

    -- Messages that are, or are owed to be, in a task of a record; written with the intent (T4).
    CREATE TABLE logged_part(
      part_id TEXT NOT NULL,
      record_id TEXT NOT NULL,
      task_id TEXT,
      at INTEGER NOT NULL,
      PRIMARY KEY(part_id, record_id)
    ) STRICT, WITHOUT ROWID;

    -- Entries of one field, lead or task are closed by their subject.
    CREATE INDEX error_subject ON error(subject_key) WHERE closed_at IS NULL;

    -- What was written to either side for a person, for people to read.
    CREATE TABLE history(
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      person_id TEXT,
      record_id TEXT,
      side TEXT NOT NULL,
      what TEXT NOT NULL,
      changes TEXT,
      result TEXT NOT NULL
    ) STRICT;
    CREATE INDEX history_person ON history(person_id, id) WHERE person_id IS NOT NULL;
    CREATE INDEX history_record ON history(record_id, id) WHERE record_id IS NOT NULL;
    """
}
