-- What runs unattended: which nights were due and what became of them, and what vendors' webhooks have told us.

-- How far the spool of deliveries has been landed. Moves in the transaction that lands them.
CREATE TABLE webhook_cursor (
  book bigint NOT NULL REFERENCES book (id),
  spool text NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (book, spool)
);

-- Orders a panel says have changed. A row goes when an answer newer than the hint has been booked.
CREATE TABLE order_hint (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  order_id text COLLATE "C" NOT NULL,
  received_at_ms bigint NOT NULL,
  -- As the hint said; never booked from.
  status text NOT NULL,
  evidence_batch bigint NOT NULL,
  evidence_item bigint NOT NULL,
  PRIMARY KEY (book, source, order_id)
);

-- Conversions an ad network told of: evidence to compare a day's counters with, never booked.
CREATE TABLE conversion (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  -- The vendor's day.
  day text COLLATE "C" NOT NULL,
  payout bigint NOT NULL,
  receptions bigint NOT NULL,
  evidence_batch bigint NOT NULL,
  evidence_item bigint NOT NULL,
  PRIMARY KEY (book, source, day, sha256)
);

-- Since when a book is scheduled: what was due before is nobody's omission.
CREATE TABLE schedule (
  book bigint PRIMARY KEY REFERENCES book (id),
  known_since_ms bigint NOT NULL
);

-- One row for every night that was started, by the instant it was due. The key is why it cannot be started twice.
CREATE TABLE schedule_tick (
  book bigint NOT NULL REFERENCES book (id),
  due_at_ms bigint NOT NULL,
  status text NOT NULL CHECK (status IN ('running', 'done', 'retry', 'failed')),
  attempts bigint NOT NULL,
  started_at_ms bigint NOT NULL,
  -- When to try again, for 'retry'.
  retry_at_ms bigint,
  finished_at_ms bigint,
  -- Who runs it, and until when it is believed to be alive.
  holder text NOT NULL,
  alive_until_ms bigint NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (book, due_at_ms)
);

-- What vendors posted to us, until it is landed.

-- One row. `token` tells one spool from another, since sequences start again in each.
CREATE TABLE webhook_spool (
  id bigint PRIMARY KEY CHECK (id = 1),
  token text NOT NULL,
  last_sequence bigint NOT NULL
);

INSERT INTO webhook_spool (id, token, last_sequence) VALUES (1, replace(gen_random_uuid()::text, '-', ''), 0);

CREATE TABLE webhook_delivery (
  book text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  -- Of the latest reception of these bytes: whoever reads on from a sequence sees it again.
  sequence bigint NOT NULL,
  first_received_at_ms bigint NOT NULL,
  last_received_at_ms bigint NOT NULL,
  -- How often these very bytes have come.
  receptions bigint NOT NULL CHECK (receptions >= 1),
  content_type text NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (book, source, sha256)
);

CREATE UNIQUE INDEX webhook_delivery_sequence ON webhook_delivery (book, sequence);
