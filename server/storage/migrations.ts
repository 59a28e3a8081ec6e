// The tables, as steps that only go forward. `user_version` counts the steps a database has; a step that was published
// is never edited, a change is a new one.
//
// Every `body` is a sealed row (sealing.ts), every `tag` authenticates a number beside it that changes often. In clear
// stand opaque random ids, positions, authors, states and counters. A message costs as much as the indexes it stands in: each
// is a page or two to write in every commit.
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

/**
 * Contacts by number, no triggers, and what waits in the order it goes: half of the pages a message needs to touch. What
 * waited is encrypted anew, for its envelope was not sealed to its number.
 */
const lean = `
  CREATE TABLE lean_message (
    number INTEGER PRIMARY KEY,
    contact INTEGER NOT NULL REFERENCES contact (number) ON DELETE CASCADE,
    direction INTEGER NOT NULL,
    id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    place REAL NOT NULL,
    state INTEGER NOT NULL,
    tag BLOB NOT NULL,
    body BLOB NOT NULL
  );
  CREATE TABLE lean_outbox (
    contact INTEGER NOT NULL REFERENCES contact (number) ON DELETE CASCADE,
    place REAL NOT NULL,
    id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    hidden INTEGER NOT NULL,
    body BLOB,
    PRIMARY KEY (contact, place)
  ) WITHOUT ROWID;

  INSERT INTO lean_message
    SELECT message.number, contact.number, direction, message.id, seq, place, state, tag, message.body
    FROM message JOIN contact ON contact.id = message.contact ORDER BY message.number;
  INSERT INTO lean_outbox
    SELECT lean_message.contact, outbox.place, outbox.id, seq, hidden, NULL
    FROM outbox JOIN contact ON contact.id = outbox.contact
    JOIN lean_message ON lean_message.contact = contact.number AND direction = 1 AND lean_message.id = outbox.id;
  DROP TABLE outbox;
  DROP TABLE message;
  ALTER TABLE contact DROP COLUMN unread;
  ALTER TABLE contact DROP COLUMN queued;
  ALTER TABLE lean_message RENAME TO message;
  ALTER TABLE lean_outbox RENAME TO outbox;

  CREATE UNIQUE INDEX message_id ON message (contact, direction, id);
  CREATE INDEX message_seq ON message (contact, seq, place) WHERE direction = 0;
  CREATE INDEX message_place ON message (contact, state = 5, place);
  CREATE INDEX message_unread ON message (contact) WHERE state = 3;
`;

/** How many bytes of each contact's messages are here. */
const held = `
  ALTER TABLE contact ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
  UPDATE contact SET held = coalesce((
    SELECT sum(length(message.body)) FROM message
    WHERE message.contact = contact.number AND direction = 0 AND state <> 5
  ), 0);
`;

/** The root of what the small tables hold (row-set.ts), sealed; filled by whoever opens the profile next. */
const rowSet = 'ALTER TABLE profile ADD COLUMN row_set BLOB;';

/**
 * A conversation is not a contact, nor an author, nor the device that messages go to. Each contact brings an author and a
 * direct conversation along, under its own numbers at first; ours are of author 0. Messages stay sealed as they are, to
 * what follows from these (message-key.ts); what waits is encrypted anew, for its envelope was not sealed to a device.
 */
const conversations = `
  CREATE TABLE author (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    identity BLOB NOT NULL UNIQUE
  );
  CREATE TABLE conversation (
    number INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    contact INTEGER UNIQUE REFERENCES contact (number) ON DELETE CASCADE,
    id BLOB UNIQUE
  );
  CREATE UNIQUE INDEX conversation_notes ON conversation (kind) WHERE kind = 1;
  CREATE TABLE said (
    number INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversation (number) ON DELETE CASCADE,
    author INTEGER NOT NULL CHECK (author >= 0),
    id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    position REAL NOT NULL,
    state INTEGER NOT NULL,
    tag BLOB NOT NULL,
    body BLOB NOT NULL
  );
  CREATE TABLE waiting (
    contact INTEGER NOT NULL REFERENCES contact (number) ON DELETE CASCADE,
    device INTEGER NOT NULL,
    position REAL NOT NULL,
    conversation INTEGER NOT NULL,
    id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    hidden INTEGER NOT NULL,
    body BLOB,
    PRIMARY KEY (contact, device, position)
  ) WITHOUT ROWID;

  INSERT INTO author SELECT number, id, identity FROM contact;
  INSERT INTO conversation SELECT number, 0, number, NULL FROM contact;
  INSERT INTO said
    SELECT number, contact, iif(direction = 1, 0, contact), id, seq, place, state, tag, body FROM message ORDER BY number;
  INSERT INTO waiting SELECT contact, 0, place, contact, id, seq, hidden, NULL FROM outbox;
  DROP TABLE outbox;
  DROP TABLE message;
  ALTER TABLE said RENAME TO message;
  ALTER TABLE waiting RENAME TO outbox;

  CREATE UNIQUE INDEX message_id ON message (conversation, author, id);
  CREATE INDEX message_seq ON message (conversation, seq, position) WHERE author <> 0;
  CREATE INDEX message_position ON message (conversation, state = 5, position);
  CREATE INDEX message_unread ON message (conversation) WHERE state = 3;
`;

/** What belongs to a conversation here alone: the text that is not sent yet, and how the list shows it. */
const hereAlone = `
  CREATE TABLE draft (
    conversation INTEGER PRIMARY KEY REFERENCES conversation (number) ON DELETE CASCADE,
    body BLOB NOT NULL
  );
  CREATE TABLE mark (
    conversation INTEGER PRIMARY KEY REFERENCES conversation (number) ON DELETE CASCADE,
    body BLOB NOT NULL
  );
`;

/** Acts that wait for what they change, and up to where somebody has seen a conversation. */
const acts = `
  CREATE TABLE waiting_act (
    number INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversation (number) ON DELETE CASCADE,
    author INTEGER NOT NULL,
    id BLOB NOT NULL,
    body BLOB NOT NULL
  );
  CREATE INDEX waiting_act_target ON waiting_act (conversation, author, id);

  CREATE TABLE seen (
    conversation INTEGER NOT NULL REFERENCES conversation (number) ON DELETE CASCADE,
    author INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (conversation, author)
  ) WITHOUT ROWID;
`;

/** Which messages disappear, and how long those last that are written from now on. */
const disappearing = `
  ALTER TABLE message ADD COLUMN fades INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX message_fading ON message (number) WHERE fades = 1;
  CREATE TABLE timer (
    conversation INTEGER PRIMARY KEY REFERENCES conversation (number) ON DELETE CASCADE,
    body BLOB NOT NULL
  );
`;

/** Files that are under way or here, and the hashes of their blocks. */
const files = `
  CREATE TABLE transfer (
    number INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversation (number) ON DELETE CASCADE,
    author INTEGER NOT NULL,
    id BLOB NOT NULL,
    live INTEGER NOT NULL,
    held INTEGER NOT NULL,
    body BLOB NOT NULL
  );
  CREATE UNIQUE INDEX transfer_message ON transfer (conversation, author, id);
  CREATE INDEX transfer_live ON transfer (number) WHERE live = 1;

  CREATE TABLE transfer_hash (
    transfer INTEGER NOT NULL REFERENCES transfer (number) ON DELETE CASCADE,
    page INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (transfer, page)
  ) WITHOUT ROWID;
`;

/** Pictures that contacts give themselves. */
const pictures = `
  CREATE TABLE picture (
    contact INTEGER PRIMARY KEY REFERENCES contact (number) ON DELETE CASCADE,
    body BLOB NOT NULL
  );
`;

const steps = [first, invites, lean, held, rowSet, conversations, hereAlone, acts, disappearing, files, pictures];

export const LATEST_VERSION = steps.length;

/** Takes the database through the steps it lacks, all in one transaction. @throws StorageError write-failed. */
export function migrate(database: Database, to = LATEST_VERSION): void {
  const version = database.row('PRAGMA user_version')?.number('user_version') ?? 0;
  if (version >= to) return;
  database.transaction(() => {
    for (const step of steps.slice(version, to)) database.script(step);
    database.script(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${to}`);
  });
}
