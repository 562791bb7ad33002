-- What we asked vendors to do, and what their catalogues said things cost. All of it is derived from the landing: an
-- order is landed before it is sent, so a process that dies in between leaves an order of unknown outcome, never a second one.

-- One row for each order we tried to place. `ref` is the run that placed it.
CREATE TABLE panel_add (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  ref text COLLATE "C" NOT NULL,
  -- 'sent': landed, no answer kept yet. 'unknown' waits for a person; the rest are final.
  state text NOT NULL CHECK (state IN ('sent', 'placed', 'refused', 'unknown', 'not-placed')),
  service text COLLATE "C" NOT NULL,
  -- The order as it was sent, JSON without the key.
  parameters text NOT NULL,
  quantity bigint,
  -- What the catalogue says it costs.
  expected bigint NOT NULL,
  -- Every price it may have, as a JSON list: the unit of a rate or the account's discount may not be known yet.
  prices text NOT NULL,
  sent_at_ms bigint NOT NULL,
  balance_before bigint,
  balance_after bigint,
  balance_decimals bigint,
  order_id text,
  -- What came of sending it: 'placed', the code of a refusal or failure, 'lost', or '' before an answer.
  outcome text NOT NULL,
  -- What happened, as a sentence.
  detail text NOT NULL,
  evidence_batch bigint NOT NULL,
  evidence_item bigint NOT NULL,
  PRIMARY KEY (book, source, ref)
);

CREATE INDEX panel_add_open ON panel_add (book, source, ref) WHERE state IN ('sent', 'unknown');

-- A campaign's budget is a commitment: disclosed, never booked.
CREATE TABLE campaign (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  ref text COLLATE "C" NOT NULL,
  state text NOT NULL CHECK (state IN ('sent', 'created', 'refused', 'unknown')),
  name text NOT NULL,
  budget bigint NOT NULL,
  target_url text NOT NULL,
  sent_at_ms bigint NOT NULL,
  campaign_id text,
  detail text NOT NULL,
  evidence_batch bigint NOT NULL,
  evidence_item bigint NOT NULL,
  PRIMARY KEY (book, source, ref)
);

-- What a service cost, from when to when: a row is written only when something of it changed.
CREATE TABLE service_rate (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  service text COLLATE "C" NOT NULL,
  first_seen_ms bigint NOT NULL,
  -- The last catalogue that showed it; null while the newest one does.
  last_seen_ms bigint,
  rate bigint NOT NULL,
  min bigint,
  max bigint,
  type text NOT NULL,
  name text NOT NULL,
  evidence_batch bigint NOT NULL,
  evidence_item bigint NOT NULL,
  PRIMARY KEY (book, source, service, first_seen_ms)
);

CREATE TABLE panel_catalogue (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  -- When the newest whole catalogue was read.
  seen_ms bigint NOT NULL,
  services bigint NOT NULL,
  PRIMARY KEY (book, source)
);

-- The account's own price as a share of the catalogue's, in 10⁻⁹: the range that all of `orders` orders in a row fit.
CREATE TABLE price_share (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  -- 'learned' is in force; 'trial' is being counted.
  stage text NOT NULL CHECK (stage IN ('learned', 'trial')),
  low bigint NOT NULL,
  high bigint NOT NULL,
  orders bigint NOT NULL,
  PRIMARY KEY (book, source, stage)
);
