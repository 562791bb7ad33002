-- Counters: what was decided about each reading and by whom, whether a counter is a lifetime total or what is unpaid,
-- and the payouts that lower an unpaid one. All of it follows from the landing.

CREATE TABLE counter_verdict (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  -- The reading: a place in the landing.
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  status TEXT NOT NULL
    CHECK (status IN ('baseline', 'unchanged', 'booked', 'held', 'accepted', 'rejected', 'superseded')),
  -- The exception of a reading that was held.
  code TEXT,
  rule TEXT,
  -- Against what was accounted for, payouts taken out; signed.
  change INTEGER NOT NULL,
  -- The vendor's day it counts on, and how many days lie between it and the last accepted reading.
  day TEXT NOT NULL,
  days INTEGER NOT NULL CHECK (days >= 1),
  impressions_change INTEGER,
  clicks_change INTEGER,
  reason TEXT NOT NULL,
  -- A person's decision, itself a place in the landing.
  decided_batch INTEGER,
  decided_item INTEGER,
  decided_as TEXT,
  decided_by TEXT,
  decided_why TEXT,
  decided_at_ms INTEGER,
  PRIMARY KEY (book, source, batch, item)
) STRICT, WITHOUT ROWID;

CREATE INDEX counter_verdict_held ON counter_verdict (book, source, batch, item) WHERE status = 'held';

-- The newest row is the mode in force; none is 'lifetime'.
CREATE TABLE counter_mode (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('lifetime', 'unpaid')),
  decided_by TEXT NOT NULL,
  decided_why TEXT NOT NULL,
  decided_at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, source, batch, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE counter_payout (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  -- "payout" or "payout-fee" and the statement's reference.
  payout TEXT NOT NULL,
  reference TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  paid_on TEXT NOT NULL,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  -- The reading that showed it; null until one has.
  shown_batch INTEGER,
  shown_item INTEGER,
  PRIMARY KEY (book, source, payout)
) STRICT, WITHOUT ROWID;
