// The tables, as steps that only go forward. `user_version` counts the steps a database has; a step that was published
// is never edited, a change is a new one.
//
// Every `body` is a sealed row (sealing.ts), every `tag` authenticates a number beside it that changes often. In clear
// stand opaque random ids, order, direction, state and counters. `unread` and `queued` are tallies kept by triggers, so
// that counting never reads a conversation; they are counted anew at each opening.
import type { Database } from './database.ts';

/** "Loom". */
export const APPLICATION_ID = 0x4c6f6f6d;

const first = `
  CREATE TABLE profile (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    database BLOB NOT NULL,
    identity BLOB
  );

  CREATE TABLE contact (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    identity BLOB NOT NULL UNIQUE,
    out_seq INTEGER NOT NULL,
    out_tag BLOB NOT NULL,
    in_seq INTEGER NOT NULL,
    in_tag BLOB NOT NULL,
    unread INTEGER NOT NULL DEFAULT 0,
    queued INTEGER NOT NULL DEFAULT 0,
    body BLOB NOT NULL
  );

  CREATE TABLE message (
    number INTEGER PRIMARY KEY,
    contact BLOB NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    direction INTEGER NOT NULL,
    id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    place REAL NOT NULL,
    state INTEGER NOT NULL,
    tag BLOB NOT NULL,
    body BLOB NOT NULL
  );
  CREATE UNIQUE INDEX message_id ON message (contact, direction, id);
  CREATE INDEX message_seq ON message (contact, direction, seq, place);
  CREATE INDEX message_place ON message (contact, state = 5, place);
  CREATE INDEX message_unread ON message (contact) WHERE state = 3;

  CREATE TABLE outbox (
    number INTEGER PRIMARY KEY,
    contact BLOB NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    id BLOB NOT NULL,
    place REAL NOT NULL,
    hidden INTEGER NOT NULL,
    body BLOB
  );
  CREATE UNIQUE INDEX outbox_id ON outbox (contact, id);
  CREATE INDEX outbox_place ON outbox (contact, place);

  CREATE TABLE session (
    contact BLOB NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    device INTEGER NOT NULL,
    id BLOB NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (contact, device, id)
  );

  CREATE TABLE request (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    identity BLOB NOT NULL UNIQUE,
    body BLOB NOT NULL
  );

  CREATE TABLE setting (
    id BLOB PRIMARY KEY,
    body BLOB NOT NULL
  ) WITHOUT ROWID;

  CREATE TRIGGER message_added AFTER INSERT ON message WHEN NEW.state = 3 BEGIN
    UPDATE contact SET unread = unread + 1 WHERE id = NEW.contact;
  END;
  CREATE TRIGGER message_changed AFTER UPDATE OF state ON message WHEN (OLD.state = 3) <> (NEW.state = 3) BEGIN
    UPDATE contact SET unread = unread + (NEW.state = 3) - (OLD.state = 3) WHERE id = NEW.contact;
  END;
  CREATE TRIGGER outbox_added AFTER INSERT ON outbox WHEN NEW.hidden = 0 BEGIN
    UPDATE contact SET queued = queued + 1 WHERE id = NEW.contact;
  END;
  CREATE TRIGGER outbox_removed AFTER DELETE ON outbox WHEN OLD.hidden = 0 BEGIN
    UPDATE contact SET queued = queued - 1 WHERE id = OLD.contact;
  END;
`;

const invites = `
  CREATE TABLE invite (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    body BLOB NOT NULL
  );
`;

const steps = [first, invites];

export const LATEST_VERSION = steps.length;

/** Takes the database through the steps it lacks, all in one transaction. @throws StorageError write-failed. */
export function migrate(database: Database): void {
  const version = database.row('PRAGMA user_version')?.number('user_version') ?? 0;
  if (version === LATEST_VERSION) return;
  database.transaction(() => {
    for (const step of steps.slice(version)) database.script(step);
    database.script(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${LATEST_VERSION}`);
  });
}

/** Counts the tallies anew: a wrong one, however it came to be, lasts no longer than a run. */
export function recount(database: Database): void {
  database.transaction(() => {
    database.change(`
      UPDATE contact SET unread = unread_now, queued = queued_now FROM (
        SELECT id AS counted,
          (SELECT count(*) FROM message WHERE contact = contact.id AND state = 3) AS unread_now,
          (SELECT count(*) FROM outbox WHERE outbox.contact = contact.id AND hidden = 0) AS queued_now
        FROM contact
      ) WHERE id = counted AND (unread <> unread_now OR queued <> queued_now)`);
  });
}
