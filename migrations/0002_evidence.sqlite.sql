-- Evidence: what the outside world said, byte for byte, and what we keep of it to decide the next difference.
-- The landing is the only input of everything else; the other tables can be rebuilt by replaying it.

CREATE TABLE landing (
  book INTEGER NOT NULL REFERENCES book (id),
  batch INTEGER NOT NULL CHECK (batch >= 1),
  item INTEGER NOT NULL CHECK (item >= 1),
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  -- What was asked, as JSON, without secrets.
  request TEXT NOT NULL,
  fetched_at_ms INTEGER NOT NULL,
  http_status INTEGER,
  content_type TEXT NOT NULL,
  encoding TEXT NOT NULL CHECK (encoding IN ('identity', 'zstd')),
  body BLOB NOT NULL,
  body_bytes INTEGER NOT NULL,
  -- SHA-256 of the body before compression.
  body_sha256 BLOB NOT NULL CHECK (length(body_sha256) = 32),
  PRIMARY KEY (book, batch, item)
) STRICT;

CREATE TRIGGER landing_no_update BEFORE UPDATE ON landing
BEGIN SELECT RAISE(ABORT, 'landing rows are evidence and never change'); END;
CREATE TRIGGER landing_no_delete BEFORE DELETE ON landing
BEGIN SELECT RAISE(ABORT, 'landing rows are evidence and are never deleted'); END;
-- REPLACE deletes without firing the trigger above on connections that leave recursive_triggers off.
CREATE TRIGGER landing_no_replace BEFORE INSERT ON landing
WHEN EXISTS (SELECT 1 FROM landing WHERE book = NEW.book AND batch = NEW.batch AND item = NEW.item)
BEGIN SELECT RAISE(ABORT, 'this landing row exists'); END;

-- How far the landing has been turned into observations and postings. A batch commits together with this row.
CREATE TABLE processed (
  book INTEGER PRIMARY KEY REFERENCES book (id),
  batch INTEGER NOT NULL,
  settings_batch INTEGER NOT NULL
) STRICT;

CREATE TABLE quarantine (
  book INTEGER NOT NULL REFERENCES book (id),
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  line INTEGER NOT NULL,
  source TEXT NOT NULL,
  object TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (book, batch, item, line)
) STRICT, WITHOUT ROWID;

-- The order registry: no vendor call lists orders, so this is the list of what to ask about, and the latest answer.
CREATE TABLE panel_order (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  order_id TEXT NOT NULL,
  origin TEXT NOT NULL,
  service TEXT,
  quantity INTEGER,
  ordered_at_ms INTEGER,
  -- What an imported history showed, and with how many decimals; a hint, never booked.
  listed_charge INTEGER,
  listed_decimals INTEGER,
  -- Latest accepted answer; all null until the panel has answered once.
  status TEXT,
  charge INTEGER,
  charge_decimals INTEGER,
  remains INTEGER,
  observed_at_ms INTEGER,
  terminal_at_ms INTEGER,
  -- The charge before any refund, and what made us believe it.
  gross INTEGER,
  gross_basis TEXT,
  -- What the ledger holds for this order.
  charged INTEGER NOT NULL DEFAULT 0,
  charge_version INTEGER NOT NULL DEFAULT 0,
  refunded INTEGER NOT NULL DEFAULT 0,
  refund_version INTEGER NOT NULL DEFAULT 0,
  -- A refund that is claimed but not proven: its exception code, else null.
  pending TEXT,
  -- When to ask again; 0 is "every run" (open), null is "never again".
  due_at_ms INTEGER,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, order_id),
  CHECK (refunded BETWEEN 0 AND charged)
) STRICT, WITHOUT ROWID;

CREATE INDEX panel_order_due ON panel_order (book, source, due_at_ms, order_id) WHERE due_at_ms IS NOT NULL;
CREATE INDEX panel_order_placed ON panel_order (book, source, ordered_at_ms, order_id) WHERE ordered_at_ms IS NOT NULL;
CREATE INDEX panel_order_pending ON panel_order (book, source, order_id) WHERE pending IS NOT NULL;

-- Files already imported whole, by the hash of their bytes.
CREATE TABLE imported_file (
  book INTEGER NOT NULL REFERENCES book (id),
  sha256 TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  imported_at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE charge_semantics (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  -- 'cancel', 'partial' or 'completion': a panel may treat each differently.
  refund_case TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('unknown', 'net', 'gross')),
  net_cases INTEGER NOT NULL,
  gross_cases INTEGER NOT NULL,
  contradictions INTEGER NOT NULL,
  evidence_batch INTEGER NOT NULL,
  PRIMARY KEY (book, source, refund_case)
) STRICT, WITHOUT ROWID;

-- How a panel rounds its pro-rata refunds, once the wallet has shown it.
CREATE TABLE refund_rounding (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('half-up', 'half-even', 'floor', 'ceil')),
  decimals INTEGER NOT NULL CHECK (decimals BETWEEN 0 AND 8),
  PRIMARY KEY (book, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE wallet_reading (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  observed_at_ms INTEGER NOT NULL,
  -- 'before' or 'after' a polling pass.
  moment TEXT NOT NULL,
  balance INTEGER NOT NULL,
  currency TEXT NOT NULL,
  booked INTEGER NOT NULL,
  -- 1 when the balance did not move during the pass, so answers and balance describe one instant.
  consistent INTEGER NOT NULL,
  PRIMARY KEY (book, source, batch, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE counter_reading (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  line INTEGER NOT NULL,
  observed_at_ms INTEGER NOT NULL,
  -- 'api', 'opening' (a baseline from an evidence file) or 'day-total' (a day booked from a file moves `accounted`).
  origin TEXT NOT NULL,
  impressions INTEGER,
  clicks INTEGER,
  amount INTEGER NOT NULL,
  -- What the counter must show for nothing to be booked: the reading plus day totals booked since.
  accounted INTEGER NOT NULL,
  decision TEXT NOT NULL,
  accepted INTEGER NOT NULL,
  PRIMARY KEY (book, source, batch, item, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE exception (
  book INTEGER NOT NULL REFERENCES book (id),
  source TEXT NOT NULL,
  code TEXT NOT NULL,
  object TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
  amount INTEGER,
  currency TEXT,
  detail TEXT NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  closed_at_ms INTEGER,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, code, object)
) STRICT, WITHOUT ROWID;

-- Settling an object closes what is open about it, whatever its code.
CREATE INDEX exception_open ON exception (book, source, object) WHERE status = 'open';

CREATE TABLE run (
  book INTEGER NOT NULL REFERENCES book (id),
  id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  arguments TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'failed', 'abandoned')),
  started_at_ms INTEGER NOT NULL,
  finished_at_ms INTEGER,
  summary TEXT NOT NULL,
  PRIMARY KEY (book, id)
) STRICT, WITHOUT ROWID;

-- Where each step of a run stands, so that a killed run goes on where it was.
CREATE TABLE run_step (
  book INTEGER NOT NULL REFERENCES book (id),
  run INTEGER NOT NULL,
  step TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'finished')),
  position TEXT NOT NULL,
  counts TEXT NOT NULL,
  PRIMARY KEY (book, run, step)
) STRICT, WITHOUT ROWID;

-- One writer per book, across processes.
CREATE TABLE lease (
  book INTEGER PRIMARY KEY REFERENCES book (id),
  holder TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT;
