-- Evidence: what the outside world said, byte for byte, and what we keep of it to decide the next difference.
-- The landing is the only input of everything else; the other tables can be rebuilt by replaying it.

CREATE TABLE landing (
  book bigint NOT NULL REFERENCES book (id),
  batch bigint NOT NULL CHECK (batch >= 1),
  item bigint NOT NULL CHECK (item >= 1),
  kind text NOT NULL,
  source text NOT NULL,
  -- What was asked, as JSON, without secrets.
  request text NOT NULL,
  fetched_at_ms bigint NOT NULL,
  http_status bigint,
  content_type text NOT NULL,
  encoding text NOT NULL CHECK (encoding IN ('identity', 'zstd')),
  body bytea NOT NULL,
  body_bytes bigint NOT NULL,
  -- SHA-256 of the body before compression.
  body_sha256 bytea NOT NULL CHECK (octet_length(body_sha256) = 32),
  PRIMARY KEY (book, batch, item)
);

CREATE FUNCTION landing_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'landing rows are evidence: they never change and are never deleted'; END $$;
CREATE TRIGGER landing_no_change BEFORE UPDATE OR DELETE ON landing
FOR EACH ROW EXECUTE FUNCTION landing_is_immutable();
CREATE TRIGGER landing_no_truncate BEFORE TRUNCATE ON landing
FOR EACH STATEMENT EXECUTE FUNCTION landing_is_immutable();

-- How far the landing has been turned into observations and postings. A batch commits together with this row.
CREATE TABLE processed (
  book bigint PRIMARY KEY REFERENCES book (id),
  batch bigint NOT NULL,
  settings_batch bigint NOT NULL
);

CREATE TABLE quarantine (
  book bigint NOT NULL REFERENCES book (id),
  batch bigint NOT NULL,
  item bigint NOT NULL,
  line bigint NOT NULL,
  source text NOT NULL,
  object text NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (book, batch, item, line)
);

-- The order registry: no vendor call lists orders, so this is the list of what to ask about, and the latest answer.
CREATE TABLE panel_order (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  order_id text COLLATE "C" NOT NULL,
  origin text NOT NULL,
  service text,
  quantity bigint,
  ordered_at_ms bigint,
  -- What an imported history showed, and with how many decimals; a hint, never booked.
  listed_charge bigint,
  listed_decimals bigint,
  -- Latest accepted answer; all null until the panel has answered once.
  status text,
  charge bigint,
  charge_decimals bigint,
  remains bigint,
  observed_at_ms bigint,
  terminal_at_ms bigint,
  -- The charge before any refund, and what made us believe it.
  gross bigint,
  gross_basis text,
  -- What the ledger holds for this order.
  charged bigint NOT NULL DEFAULT 0,
  charge_version bigint NOT NULL DEFAULT 0,
  refunded bigint NOT NULL DEFAULT 0,
  refund_version bigint NOT NULL DEFAULT 0,
  -- A refund that is claimed but not proven: its exception code, else null.
  pending text,
  -- When to ask again; 0 is "every run" (open), null is "never again".
  due_at_ms bigint,
  evidence_batch bigint NOT NULL,
  evidence_item bigint NOT NULL,
  PRIMARY KEY (book, source, order_id),
  CHECK (refunded BETWEEN 0 AND charged)
);

CREATE INDEX panel_order_due ON panel_order (book, source, due_at_ms, order_id) WHERE due_at_ms IS NOT NULL;
CREATE INDEX panel_order_placed ON panel_order (book, source, ordered_at_ms, order_id) WHERE ordered_at_ms IS NOT NULL;
CREATE INDEX panel_order_pending ON panel_order (book, source, order_id) WHERE pending IS NOT NULL;

-- Files already imported whole, by the hash of their bytes.
CREATE TABLE imported_file (
  book bigint NOT NULL REFERENCES book (id),
  sha256 text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  source text NOT NULL,
  imported_at_ms bigint NOT NULL,
  PRIMARY KEY (book, sha256)
);

CREATE TABLE charge_semantics (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  -- 'cancel', 'partial' or 'completion': a panel may treat each differently.
  refund_case text NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('unknown', 'net', 'gross')),
  net_cases bigint NOT NULL,
  gross_cases bigint NOT NULL,
  contradictions bigint NOT NULL,
  evidence_batch bigint NOT NULL,
  PRIMARY KEY (book, source, refund_case)
);

-- How a panel rounds its pro-rata refunds, once the wallet has shown it.
CREATE TABLE refund_rounding (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  mode text NOT NULL CHECK (mode IN ('half-up', 'half-even', 'floor', 'ceil')),
  decimals bigint NOT NULL CHECK (decimals BETWEEN 0 AND 8),
  PRIMARY KEY (book, source)
);

CREATE TABLE wallet_reading (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  batch bigint NOT NULL,
  item bigint NOT NULL,
  observed_at_ms bigint NOT NULL,
  -- 'before' or 'after' a polling pass.
  moment text NOT NULL,
  balance bigint NOT NULL,
  currency text NOT NULL,
  booked bigint NOT NULL,
  -- 1 when the balance did not move during the pass, so answers and balance describe one instant.
  consistent bigint NOT NULL,
  PRIMARY KEY (book, source, batch, item)
);

CREATE TABLE counter_reading (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  batch bigint NOT NULL,
  item bigint NOT NULL,
  line bigint NOT NULL,
  observed_at_ms bigint NOT NULL,
  -- 'api', 'opening' (a baseline from an evidence file) or 'day-total' (a day booked from a file moves `accounted`).
  origin text NOT NULL,
  impressions bigint,
  clicks bigint,
  amount bigint NOT NULL,
  -- What the counter must show for nothing to be booked: the reading plus day totals booked since.
  accounted bigint NOT NULL,
  decision text NOT NULL,
  accepted bigint NOT NULL,
  PRIMARY KEY (book, source, batch, item, line)
);

CREATE TABLE exception (
  book bigint NOT NULL REFERENCES book (id),
  source text NOT NULL,
  code text NOT NULL,
  object text NOT NULL,
  status text NOT NULL CHECK (status IN ('open', 'closed')),
  amount bigint,
  currency text,
  detail text NOT NULL,
  first_seen_ms bigint NOT NULL,
  last_seen_ms bigint NOT NULL,
  closed_at_ms bigint,
  evidence_batch bigint NOT NULL,
  evidence_item bigint NOT NULL,
  PRIMARY KEY (book, source, code, object)
);

-- Settling an object closes what is open about it, whatever its code.
CREATE INDEX exception_open ON exception (book, source, object) WHERE status = 'open';

CREATE TABLE run (
  book bigint NOT NULL REFERENCES book (id),
  id bigint NOT NULL,
  kind text NOT NULL,
  arguments text NOT NULL,
  status text NOT NULL CHECK (status IN ('running', 'finished', 'failed', 'abandoned')),
  started_at_ms bigint NOT NULL,
  finished_at_ms bigint,
  summary text NOT NULL,
  PRIMARY KEY (book, id)
);

-- Where each step of a run stands, so that a killed run goes on where it was.
CREATE TABLE run_step (
  book bigint NOT NULL REFERENCES book (id),
  run bigint NOT NULL,
  step text NOT NULL,
  status text NOT NULL CHECK (status IN ('running', 'finished')),
  position text NOT NULL,
  counts text NOT NULL,
  PRIMARY KEY (book, run, step)
);

-- One writer per book, across processes.
CREATE TABLE lease (
  book bigint PRIMARY KEY REFERENCES book (id),
  holder text NOT NULL,
  expires_at_ms bigint NOT NULL
);
