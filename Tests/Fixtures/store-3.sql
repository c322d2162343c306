-- A store as a release with schema 3 left it, a row or more in every table. Made once; never changed.
PRAGMA application_id = 1397117785;
PRAGMA user_version = 3;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta(
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES('budget','{"calls":[]}');
INSERT INTO meta VALUES('compared_by','c');
INSERT INTO meta VALUES('cycle','9');
INSERT INTO meta VALUES('first_run_at','1750000000000');
INSERT INTO meta VALUES('full_at','1760000000000');
INSERT INTO meta VALUES('initial','done');
INSERT INTO meta VALUES('mapping','{"custom_attributes.plan>plan__c":"1"}');
INSERT INTO meta VALUES('mapping_epoch','1');
INSERT INTO meta VALUES('org_id','00D000000000001EAA');
INSERT INTO meta VALUES('org_zone','Europe/Berlin');
INSERT INTO meta VALUES('paused','1');
INSERT INTO meta VALUES('rules_epoch','2');
INSERT INTO meta VALUES('salesforce_definition','d');
INSERT INTO meta VALUES('sweep','2');
INSERT INTO meta VALUES('tag_baseline','2');
INSERT INTO meta VALUES('watch','w');
INSERT INTO meta VALUES('watch_epoch','3');
INSERT INTO meta VALUES('workspace_id','abc123');
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
, company TEXT, account_owner_id TEXT) STRICT, WITHOUT ROWID;
INSERT INTO record VALUES('003000000000001AAA',1,6000,X'01','bob@example.com',NULL,'Bob Example',NULL,NULL,'00G000000000001AAA',0,0,NULL,NULL,4000,2,'Acme','005000000000001AAA');
INSERT INTO record VALUES('00Q000000000001AAA',0,5000,X'00112233445566778899aabbccddeeff','ann@example.com','K1','Ann Example','Open','CTO','005000000000001AAA',0,0,NULL,NULL,3000,2,NULL,NULL);
INSERT INTO record VALUES('00Q000000000002AAA',0,7000,X'02','cat@example.com',NULL,'Cat Example','Converted',NULL,NULL,0,1,'003000000000001AAA',NULL,4000,2,NULL,NULL);
INSERT INTO record VALUES('00Q000000000003AAA',0,7000,X'','dan@example.com',NULL,'Dan Example','Open',NULL,NULL,1,0,NULL,'00Q000000000001AAA',4000,1,NULL,NULL);
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
INSERT INTO owner VALUES('005000000000001AAA',1000,X'03','Olga Owner','olga@example.com','Boss','00E000000000001AAA',1);
INSERT INTO owner VALUES('00E000000000001AAA',1000,X'04','West',NULL,NULL,NULL,1);
INSERT INTO owner VALUES('00G000000000001AAA',1000,X'05','Queue',NULL,NULL,NULL,1);
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
, watched TEXT, company_id TEXT, teammate_id TEXT, created_at INTEGER, rules_epoch INTEGER NOT NULL DEFAULT 0, watch_epoch INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
INSERT INTO person VALUES('aaaaaaaaaaaaaaaaaaaaaaa1',7000,X'06','user','ann@example.com','e1','["Open","CTO"]','["Open","CTO"]','["Open","CTO"]',2,2,'{"custom_attributes.plan":"gold"}','c1','991',1000,2,3);
INSERT INTO person VALUES('aaaaaaaaaaaaaaaaaaaaaaa2',7001,X'07','lead',NULL,NULL,NULL,NULL,NULL,0,2,NULL,NULL,NULL,NULL,0,0);
CREATE TABLE link(
  person_id TEXT PRIMARY KEY,
  record_id TEXT NOT NULL,
  owner_id TEXT,
  status TEXT,
  title TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO link VALUES('aaaaaaaaaaaaaaaaaaaaaaa1','00Q000000000001AAA','005000000000001AAA','Open','CTO');
CREATE TABLE link_tally(
  prefix TEXT PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO link_tally VALUES('00Q',1);
CREATE TABLE pin(
  person_id TEXT PRIMARY KEY,
  record_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO pin VALUES('aaaaaaaaaaaaaaaaaaaaaaa1','00Q000000000001AAA');
CREATE TABLE ambiguous(person_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO ambiguous VALUES('aaaaaaaaaaaaaaaaaaaaaaa2');
CREATE TABLE record_difference(
  record_id TEXT PRIMARY KEY,
  cycle INTEGER NOT NULL,
  email TEXT,
  match_key TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO record_difference VALUES('00Q000000000001AAA',9,'old@example.com',NULL);
CREATE TABLE person_difference(
  person_id TEXT PRIMARY KEY,
  cycle INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO person_difference VALUES('aaaaaaaaaaaaaaaaaaaaaaa1',9);
CREATE TABLE owner_difference(
  owner_id TEXT PRIMARY KEY,
  cycle INTEGER NOT NULL,
  after TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
INSERT INTO owner_difference VALUES('005000000000001AAA',9,'00Q');
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
, conversation_id TEXT) STRICT;
INSERT INTO delivery VALUES(1,0,'aaaaaaaaaaaaaaaaaaaaaaa1','00Q000000000001AAA',1,1,9,3,NULL,1,2,50,60,40,NULL);
INSERT INTO delivery VALUES(2,1,'aaaaaaaaaaaaaaaaaaaaaaa1','00Q000000000001AAA',1,0,9,1,'{}',0,0,NULL,0,41,NULL);
INSERT INTO delivery VALUES(3,0,'aaaaaaaaaaaaaaaaaaaaaaa2','00Q000000000001AAA',2,2,8,1,'refused',0,1,NULL,0,42,NULL);
INSERT INTO delivery VALUES(4,2,'aaaaaaaaaaaaaaaaaaaaaaa1','00Q000000000001AAA',1,1,9,1,NULL,0,0,NULL,0,43,NULL);
INSERT INTO delivery VALUES(5,3,'aaaaaaaaaaaaaaaaaaaaaaa1','00Q000000000001AAA',1,1,9,1,NULL,0,0,NULL,0,44,'215');
CREATE TABLE delivery_tally(
  state INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY(state, lane)
) STRICT, WITHOUT ROWID;
INSERT INTO delivery_tally VALUES(0,1,1);
INSERT INTO delivery_tally VALUES(1,1,3);
INSERT INTO delivery_tally VALUES(2,2,1);
CREATE TABLE event_second(
  person_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  second INTEGER NOT NULL,
  PRIMARY KEY(person_id, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO event_second VALUES('aaaaaaaaaaaaaaaaaaaaaaa1','status',1760000000);
CREATE TABLE cursor(
  stream TEXT PRIMARY KEY,
  since INTEGER NOT NULL,
  after_modified_at INTEGER,
  after_id TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO cursor VALUES('Lead',5000,3000,'00Q000000000001AAA');
INSERT INTO cursor VALUES('people',1760000000000,NULL,NULL);
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
INSERT INTO error VALUES(1,'aaaaaaaaaaaaaaaaaaaaaaa2/00Q000000000001AAA','IC-X','refused','aaaaaaaaaaaaaaaaaaaaaaa2','00Q000000000001AAA','write','because','do','said',400,'r1',2,1,2,'open',NULL);
INSERT INTO error VALUES(2,'store','STORE-REBUILT','refused',NULL,NULL,'open','damaged','look','',NULL,NULL,1,1,1,'open',5);
CREATE TABLE company(
  id TEXT PRIMARY KEY,
  "values" TEXT NOT NULL,
  read_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO company VALUES('c1','{"name":"Acme"}',1000);
CREATE TABLE rule(
  name TEXT PRIMARY KEY,
  definition TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO rule VALUES('Big','{}',1,1000);
INSERT INTO rule VALUES('tag:to-sales','tag',2,1000);
CREATE TABLE rule_hold(
  person_id TEXT NOT NULL,
  rule TEXT NOT NULL,
  used INTEGER NOT NULL,
  PRIMARY KEY(person_id, rule)
) STRICT, WITHOUT ROWID;
INSERT INTO rule_hold VALUES('aaaaaaaaaaaaaaaaaaaaaaa1','Big',1);
CREATE TABLE made_lead(
  person_id TEXT PRIMARY KEY,
  record_id TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO made_lead VALUES('aaaaaaaaaaaaaaaaaaaaaaa1','00Q000000000001AAA',2000);
CREATE TABLE field_base(
  person_id TEXT NOT NULL,
  record_id TEXT NOT NULL,
  base TEXT NOT NULL,
  refused TEXT,
  PRIMARY KEY(person_id, record_id)
) STRICT, WITHOUT ROWID;
INSERT INTO field_base VALUES('aaaaaaaaaaaaaaaaaaaaaaa1','00Q000000000001AAA','{"custom_attributes.plan#1":"gold"}','{"custom_attributes.plan#1":"odd"}');
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
INSERT INTO salesforce_delivery VALUES(1,0,'aaaaaaaaaaaaaaaaaaaaaaa2','dan@example.com','aaaaaaaaaaaaaaaaaaaaaaa2',NULL,NULL,NULL,0,3,9,1,'{}','asked',1,2,1,1,5,45);
INSERT INTO salesforce_delivery VALUES(2,1,'aaaaaaaaaaaaaaaaaaaaaaa1/00Q000000000001AAA','00Q000000000001AAA','aaaaaaaaaaaaaaaaaaaaaaa1','00Q000000000001AAA',NULL,NULL,1,2,9,1,NULL,NULL,NULL,NULL,1,NULL,0,46);
INSERT INTO salesforce_delivery VALUES(3,2,'31/00Q000000000001AAA','31/00Q000000000001AAA','aaaaaaaaaaaaaaaaaaaaaaa1','00Q000000000001AAA','215','31',1,0,9,1,'{"parts":["31"]}',NULL,NULL,NULL,0,NULL,0,47);
CREATE TABLE salesforce_delivery_tally(
  state INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY(state, lane)
) STRICT, WITHOUT ROWID;
INSERT INTO salesforce_delivery_tally VALUES(0,1,1);
INSERT INTO salesforce_delivery_tally VALUES(2,1,1);
INSERT INTO salesforce_delivery_tally VALUES(3,0,1);
CREATE TABLE conversation(
  id TEXT PRIMARY KEY,
  updated_at INTEGER NOT NULL,
  tagged_at INTEGER,
  closed_at INTEGER,
  assigned_at INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO conversation VALUES('215',1000,900,NULL,950);
CREATE TABLE conversation_again(
  conversation_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  first_failed_at INTEGER,
  next_try_at INTEGER,
  PRIMARY KEY(conversation_id, person_id)
) STRICT, WITHOUT ROWID;
INSERT INTO conversation_again VALUES('216','',1000,2000);
INSERT INTO conversation_again VALUES('217','aaaaaaaaaaaaaaaaaaaaaaa2',NULL,NULL);
CREATE TABLE logged_part(
  part_id TEXT NOT NULL,
  record_id TEXT NOT NULL,
  task_id TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY(part_id, record_id)
) STRICT, WITHOUT ROWID;
INSERT INTO logged_part VALUES('30','00Q000000000001AAA','00T000000000001AAA',1000);
INSERT INTO logged_part VALUES('31','00Q000000000001AAA',NULL,1001);
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
INSERT INTO history VALUES(1,1000,'aaaaaaaaaaaaaaaaaaaaaaa1','00Q000000000001AAA','salesforce','lead','{"Company":"Acme"}','created');
INSERT INTO history VALUES(2,1001,NULL,'003000000000001AAA','intercom','link',NULL,'linked');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('delivery',5);
INSERT INTO sqlite_sequence VALUES('error',2);
INSERT INTO sqlite_sequence VALUES('salesforce_delivery',3);
INSERT INTO sqlite_sequence VALUES('history',2);
CREATE INDEX record_email ON record(email) WHERE email IS NOT NULL;
CREATE INDEX record_match_key ON record(match_key) WHERE match_key IS NOT NULL;
CREATE INDEX record_owner ON record(owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX record_converted ON record(converted_contact_id)
  WHERE converted_contact_id IS NOT NULL;
CREATE INDEX record_merged ON record(master_record_id) WHERE master_record_id IS NOT NULL;
CREATE INDEX owner_role ON owner(role_id) WHERE role_id IS NOT NULL;
CREATE INDEX person_email ON person(email) WHERE email IS NOT NULL;
CREATE INDEX person_external_id ON person(external_id) WHERE external_id IS NOT NULL;
CREATE INDEX link_record ON link(record_id);
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
CREATE INDEX pin_record ON pin(record_id);
CREATE INDEX record_difference_cycle ON record_difference(cycle);
CREATE INDEX person_difference_cycle ON person_difference(cycle);
CREATE UNIQUE INDEX delivery_attributes ON delivery(person_id) WHERE kind = 0;
CREATE INDEX delivery_next ON delivery(lane, next_try_at, id) WHERE state = 1;
CREATE INDEX delivery_person ON delivery(person_id, id);
CREATE INDEX delivery_held ON delivery(cycle, moves, state) WHERE state = 0;
CREATE INDEX delivery_parked ON delivery(id) WHERE state = 2;
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
CREATE UNIQUE INDEX error_open ON error(code, subject_key) WHERE closed_at IS NULL;
CREATE INDEX error_person ON error(person_id) WHERE closed_at IS NULL;
CREATE INDEX error_closed ON error(closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX person_company ON person(company_id) WHERE company_id IS NOT NULL;
CREATE UNIQUE INDEX delivery_owner ON delivery(person_id) WHERE kind = 2;
CREATE UNIQUE INDEX delivery_assign ON delivery(conversation_id) WHERE kind = 3;
CREATE INDEX rule_hold_rule ON rule_hold(rule, person_id) WHERE used = 0;
CREATE INDEX field_base_refused ON field_base(person_id) WHERE refused IS NOT NULL;
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
CREATE INDEX conversation_again_person ON conversation_again(person_id);
CREATE INDEX conversation_again_due
  ON conversation_again(next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX error_subject ON error(subject_key) WHERE closed_at IS NULL;
CREATE INDEX history_person ON history(person_id, id) WHERE person_id IS NOT NULL;
CREATE INDEX history_record ON history(record_id, id) WHERE record_id IS NOT NULL;
COMMIT;
