-- The registry in two tables. An order is registered once and hardly changes; its latest answer changes often. One wide row
-- for both was written small by an import and grew at its first answer, which split its page; rows of their own, first
-- written when an order is answered, are appended. What nobody has asked about yet waits in a queue.

ALTER TABLE panel_order RENAME TO panel_order_before;
ALTER INDEX panel_order_pkey RENAME TO panel_order_before_pkey;

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
  -- What it showed while the order was still open, which is its full price; a hint until the panel answers.
  open_charge bigint,
  evidence_batch bigint NOT NULL,
  evidence_item bigint NOT NULL,
  PRIMARY KEY (book, source, order_id)
);

-- The latest accepted answer about an order, and what the books made of it. No row before the first answer.
CREATE TABLE order_state (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  order_id text COLLATE "C" NOT NULL,
  -- Null when the panel has been asked and never knew the order.
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
  charged bigint NOT NULL,
  charge_version bigint NOT NULL,
  refunded bigint NOT NULL,
  refund_version bigint NOT NULL,
  -- A refund that is claimed but not proven: its exception code, else null.
  pending text,
  -- How many times in a row the panel said that it does not know the order.
  refusals bigint NOT NULL,
  -- When to ask again; 0 is "every run" (open), null is "never again".
  due_at_ms bigint,
  evidence_batch bigint NOT NULL,
  evidence_item bigint NOT NULL,
  PRIMARY KEY (book, source, order_id),
  CHECK (refunded BETWEEN 0 AND charged)
);

-- Registered orders that nobody has asked about: due in the next run.
CREATE TABLE order_unasked (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  order_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (book, source, order_id)
);

INSERT INTO panel_order
SELECT book, source, order_id, origin, service, quantity, ordered_at_ms, listed_charge, listed_decimals,
  CASE WHEN status IS NULL THEN gross END, evidence_batch, evidence_item
FROM panel_order_before;

INSERT INTO order_state
SELECT book, source, order_id, status, charge, charge_decimals, remains, observed_at_ms, terminal_at_ms, gross, gross_basis,
  charged, charge_version, refunded, refund_version, pending, 0, due_at_ms, evidence_batch, evidence_item
FROM panel_order_before WHERE status IS NOT NULL;

INSERT INTO order_unasked
SELECT book, source, order_id FROM panel_order_before WHERE status IS NULL;

DROP TABLE panel_order_before;

CREATE INDEX panel_order_placed ON panel_order (book, source, ordered_at_ms, order_id) WHERE ordered_at_ms IS NOT NULL;
CREATE INDEX order_state_due ON order_state (book, source, due_at_ms, order_id) WHERE due_at_ms IS NOT NULL;
CREATE INDEX order_state_pending ON order_state (book, source, order_id) WHERE pending IS NOT NULL;
