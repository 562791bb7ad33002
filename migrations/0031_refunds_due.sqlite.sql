-- Refunds booked before their credit was seen, by a rule that a person accepted: what is due of each order, and the rule.

-- Booked to the clearing account of refunds due, and not credited yet; with when and in which batch it was.
ALTER TABLE order_state ADD COLUMN refund_due INTEGER NOT NULL DEFAULT 0 CHECK (refund_due >= 0);
ALTER TABLE order_state ADD COLUMN refund_due_ms INTEGER;
CREATE INDEX order_state_refund_due ON order_state (book, source, order_id) WHERE refund_due > 0;

-- What was learned of one kind of refund of a panel since it was last contradicted, and what a person says to it.
CREATE TABLE refund_rule (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  refund_case TEXT NOT NULL CHECK (refund_case IN ('cancel', 'partial', 'completion')),
  status TEXT NOT NULL CHECK (status IN ('learning', 'proposed', 'accepted', 'suspended', 'revoked')),
  -- The rounding that was accepted; null for full refunds.
  mode TEXT,
  decimals INTEGER CHECK (decimals BETWEEN 0 AND 8),
  -- Refunds the wallet proved, and the different amounts among them as JSON, as many as are needed.
  cases INTEGER NOT NULL CHECK (cases >= 0),
  amounts TEXT NOT NULL,
  -- Who decided last and why, or what suspended it.
  decided_by TEXT NOT NULL,
  why TEXT NOT NULL,
  decided_at_ms INTEGER,
  evidence_batch INTEGER NOT NULL,
  PRIMARY KEY (book, source, refund_case)
) STRICT, WITHOUT ROWID;
