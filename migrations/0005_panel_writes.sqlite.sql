-- What we asked vendors to do, and what their catalogues said things cost. All of it is derived from the landing: an
-- order is landed before it is sent, so a process that dies in between leaves an order of unknown outcome, never a second one.

-- One row for each order we tried to place. `ref` is the run that placed it.
CREATE TABLE panel_add (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  ref TEXT NOT NULL,
  -- 'sent': landed, no answer kept yet. 'unknown' waits for a person; the rest are final.
  state TEXT NOT NULL CHECK (state IN ('sent', 'placed', 'refused', 'unknown', 'not-placed')),
  service TEXT NOT NULL,
  -- The order as it was sent, JSON without the key.
  parameters TEXT NOT NULL,
  quantity INTEGER,
  -- What the catalogue says it costs.
  expected INTEGER NOT NULL,
  -- Every price it may have, as a JSON list: the unit of a rate or the account's discount may not be known yet.
  prices TEXT NOT NULL,
  sent_at_ms INTEGER NOT NULL,
  balance_before INTEGER,
  balance_after INTEGER,
  balance_decimals INTEGER,
  order_id TEXT,
  -- What came of sending it: 'placed', the code of a refusal or failure, 'lost', or '' before an answer.
  outcome TEXT NOT NULL,
  -- What happened, as a sentence.
  detail TEXT NOT NULL,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, ref)
) STRICT, WITHOUT ROWID;

CREATE INDEX panel_add_open ON panel_add (book, source, ref) WHERE state IN ('sent', 'unknown');

-- A campaign's budget is a commitment: disclosed, never booked.
CREATE TABLE campaign (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  ref TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('sent', 'created', 'refused', 'unknown')),
  name TEXT NOT NULL,
  budget INTEGER NOT NULL,
  target_url TEXT NOT NULL,
  sent_at_ms INTEGER NOT NULL,
  campaign_id TEXT,
  detail TEXT NOT NULL,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, ref)
) STRICT, WITHOUT ROWID;

-- What a service cost, from when to when: a row is written only when something of it changed.
CREATE TABLE service_rate (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  service TEXT NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  -- The last catalogue that showed it; null while the newest one does.
  last_seen_ms INTEGER,
  rate INTEGER NOT NULL,
  min INTEGER,
  max INTEGER,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, service, first_seen_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE panel_catalogue (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  -- When the newest whole catalogue was read.
  seen_ms INTEGER NOT NULL,
  services INTEGER NOT NULL,
  PRIMARY KEY (book, source)
) STRICT, WITHOUT ROWID;

-- The account's own price as a share of the catalogue's, in 10⁻⁹: the range that all of `orders` orders in a row fit.
CREATE TABLE price_share (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  -- 'learned' is in force; 'trial' is being counted.
  stage TEXT NOT NULL CHECK (stage IN ('learned', 'trial')),
  low INTEGER NOT NULL,
  high INTEGER NOT NULL,
  orders INTEGER NOT NULL,
  PRIMARY KEY (book, source, stage)
) STRICT, WITHOUT ROWID;
