-- Refunds booked before their credit was seen, by a rule that a person accepted: what is due of each order, and the rule.

-- Booked to the clearing account of refunds due, and not credited yet; with when and in which batch it was.
ALTER TABLE order_state ADD COLUMN refund_due BIGINT NOT NULL DEFAULT 0 CHECK (refund_due >= 0);
ALTER TABLE order_state ADD COLUMN refund_due_ms BIGINT;
CREATE INDEX order_state_refund_due ON order_state (book, source, order_id) WHERE refund_due > 0;

-- What was learned of one kind of refund of a panel since it was last contradicted, and what a person says to it.
CREATE TABLE refund_rule (
  book BIGINT NOT NULL REFERENCES book (id),
  source BIGINT NOT NULL,
  refund_case TEXT NOT NULL CHECK (refund_case IN ('cancel', 'partial', 'completion')),
  status TEXT NOT NULL CHECK (status IN ('learning', 'proposed', 'accepted', 'suspended', 'revoked')),
  -- The rounding that was accepted; null for full refunds.
  mode TEXT,
  decimals BIGINT CHECK (decimals BETWEEN 0 AND 8),
  -- Refunds the wallet proved, and the different amounts among them as JSON, as many as are needed.
  cases BIGINT NOT NULL CHECK (cases >= 0),
  amounts TEXT NOT NULL,
  -- Who decided last and why, or what suspended it.
  decided_by TEXT NOT NULL,
  why TEXT NOT NULL,
  decided_at_ms BIGINT,
  evidence_batch BIGINT NOT NULL,
  PRIMARY KEY (book, source, refund_case)
);
