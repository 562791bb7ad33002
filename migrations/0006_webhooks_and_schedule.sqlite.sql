-- What runs unattended: which nights were due and what became of them, and what vendors' webhooks have told us. On SQLite
-- the deliveries themselves wait in a file of their own (migrations/spool).

-- How far the spool of deliveries has been landed. Moves in the transaction that lands them.
CREATE TABLE webhook_cursor (
  book INTEGER NOT NULL REFERENCES book (id),
  spool TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (book, spool)
) STRICT, WITHOUT ROWID;

-- Orders a panel says have changed. A row goes when an answer newer than the hint has been booked.
CREATE TABLE order_hint (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  order_id TEXT NOT NULL,
  received_at_ms INTEGER NOT NULL,
  -- As the hint said; never booked from.
  status TEXT NOT NULL,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, order_id)
) STRICT, WITHOUT ROWID;

-- Conversions an ad network told of: evidence to compare a day's counters with, never booked.
CREATE TABLE conversion (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  -- The vendor's day.
  day TEXT NOT NULL,
  payout INTEGER NOT NULL,
  receptions INTEGER NOT NULL,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, day, sha256)
) STRICT, WITHOUT ROWID;

-- Since when a book is scheduled: what was due before is nobody's omission.
CREATE TABLE schedule (
  book INTEGER PRIMARY KEY REFERENCES book (id),
  known_since_ms INTEGER NOT NULL
) STRICT;

-- One row for every night that was started, by the instant it was due. The key is why it cannot be started twice.
CREATE TABLE schedule_tick (
  book INTEGER NOT NULL REFERENCES book (id),
  due_at_ms INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'done', 'retry', 'failed')),
  attempts INTEGER NOT NULL,
  started_at_ms INTEGER NOT NULL,
  -- When to try again, for 'retry'.
  retry_at_ms INTEGER,
  finished_at_ms INTEGER,
  -- Who runs it, and until when it is believed to be alive.
  holder TEXT NOT NULL,
  alive_until_ms INTEGER NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (book, due_at_ms)
) STRICT, WITHOUT ROWID;
