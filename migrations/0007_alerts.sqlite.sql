-- Alerts: what is wrong with a book now, what was said about it, and to whom it still has to be said. Operational state:
-- nothing here reaches the books, and a replay does not make it.

CREATE TABLE alert (
  book INTEGER NOT NULL REFERENCES book (id),
  rule TEXT NOT NULL,
  -- What in the book it is about: a source, a source and an exception code, or '' for the book itself.
  object TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'resolved')),
  severity TEXT NOT NULL CHECK (severity IN ('warning', 'critical')),
  title TEXT NOT NULL,
  detail TEXT NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  -- How many looks that were kept saw it since it opened: at most one in ten minutes.
  times_seen INTEGER NOT NULL CHECK (times_seen >= 1),
  -- When the newest message about it was written.
  last_said_ms INTEGER NOT NULL,
  resolved_at_ms INTEGER,
  PRIMARY KEY (book, rule, object),
  CHECK ((status = 'resolved') = (resolved_at_ms IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX alert_open ON alert (book, rule, object) WHERE status = 'open';

-- A message is written once, with the text it is sent with, before anything is sent.
CREATE TABLE alert_message (
  book INTEGER NOT NULL REFERENCES book (id),
  id INTEGER NOT NULL CHECK (id >= 1),
  rule TEXT NOT NULL,
  object TEXT NOT NULL,
  event TEXT NOT NULL CHECK (event IN ('opened', 'raised', 'repeated', 'resolved')),
  severity TEXT NOT NULL CHECK (severity IN ('warning', 'critical')),
  title TEXT NOT NULL,
  detail TEXT NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  written_at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, id)
) STRICT, WITHOUT ROWID;

-- One row per message and channel: written with the message, marked after the channel took it, so a crash in between
-- sends it again and never loses it.
CREATE TABLE alert_delivery (
  book INTEGER NOT NULL,
  message INTEGER NOT NULL,
  channel TEXT NOT NULL,
  -- 'superseded': a newer message about the same alert made it pointless before it was sent; 'given-up': refused for good.
  status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'superseded', 'given-up')),
  attempts INTEGER NOT NULL DEFAULT 0,
  -- Until then a process is sending it; one that dies leaves it to the next after that.
  claimed_until_ms INTEGER NOT NULL DEFAULT 0,
  settled_at_ms INTEGER,
  -- Why the last attempt failed, without secrets.
  error TEXT,
  PRIMARY KEY (book, message, channel),
  FOREIGN KEY (book, message) REFERENCES alert_message (book, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX alert_delivery_pending ON alert_delivery (channel, book, message) WHERE status = 'pending';

-- A channel that fails is left alone for a while, whatever it has to say.
CREATE TABLE alert_channel (
  name TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  retry_at_ms INTEGER NOT NULL,
  last_error TEXT,
  last_error_at_ms INTEGER,
  last_delivered_at_ms INTEGER
) STRICT, WITHOUT ROWID;

-- A look at a book groups what is open by code, every minute under the daemon: from the index alone.
CREATE INDEX exception_open_by_code ON exception (book, source, code, currency, first_seen_ms, amount)
  WHERE status = 'open';
