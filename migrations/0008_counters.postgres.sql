-- Counters: what was decided about each reading and by whom, whether a counter is a lifetime total or what is unpaid,
-- and the payouts that lower an unpaid one. All of it follows from the landing.

CREATE TABLE counter_verdict (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  -- The reading: a place in the landing.
  batch bigint NOT NULL,
  item bigint NOT NULL,
  status text NOT NULL
    CHECK (status IN ('baseline', 'unchanged', 'booked', 'held', 'accepted', 'rejected', 'superseded')),
  -- The exception of a reading that was held.
  code text,
  rule text,
  -- Against what was accounted for, payouts taken out; signed.
  change bigint NOT NULL,
  -- The vendor's day it counts on, and how many days lie between it and the last accepted reading.
  day text COLLATE "C" NOT NULL,
  days bigint NOT NULL CHECK (days >= 1),
  impressions_change bigint,
  clicks_change bigint,
  reason text NOT NULL,
  -- A person's decision, itself a place in the landing.
  decided_batch bigint,
  decided_item bigint,
  decided_as text,
  decided_by text,
  decided_why text,
  decided_at_ms bigint,
  PRIMARY KEY (book, source, batch, item)
);

CREATE INDEX counter_verdict_held ON counter_verdict (book, source, batch, item) WHERE status = 'held';

-- The newest row is the mode in force; none is 'lifetime'.
CREATE TABLE counter_mode (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  batch bigint NOT NULL,
  item bigint NOT NULL,
  mode text NOT NULL CHECK (mode IN ('lifetime', 'unpaid')),
  decided_by text NOT NULL,
  decided_why text NOT NULL,
  decided_at_ms bigint NOT NULL,
  PRIMARY KEY (book, source, batch, item)
);

CREATE TABLE counter_payout (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  -- "payout" or "payout-fee" and the statement's reference.
  payout text COLLATE "C" NOT NULL,
  reference text NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  paid_on text COLLATE "C" NOT NULL,
  evidence_batch bigint NOT NULL,
  evidence_item bigint NOT NULL,
  -- The reading that showed it; null until one has.
  shown_batch bigint,
  shown_item bigint,
  PRIMARY KEY (book, source, payout)
);
