-- What the wallet's proof of refunds looks back on: when a claim arose or changed (an answer that repeats it renews
-- nothing), how a panel may still round, and what each night left unexplained.

-- The batch in which the claim that is pending arose or changed; null while nothing is claimed.
ALTER TABLE order_state ADD COLUMN claim_batch BIGINT;
-- 1 when the answer before it still said open, so that the panel cannot have refunded it before that; null: not known.
ALTER TABLE order_state ADD COLUMN claim_from_open BIGINT;
UPDATE order_state SET claim_batch = evidence_batch WHERE pending IS NOT NULL;

-- Decimals of the answer; null before they were kept.
ALTER TABLE wallet_reading ADD COLUMN decimals BIGINT;

-- The rounding believed, for each kind of refund.
CREATE TABLE refund_rounding_by_case (
  book BIGINT NOT NULL REFERENCES book (id),
  source BIGINT NOT NULL,
  refund_case TEXT NOT NULL CHECK (refund_case IN ('cancel', 'partial', 'completion')),
  mode TEXT NOT NULL,
  decimals BIGINT NOT NULL CHECK (decimals BETWEEN 0 AND 8),
  PRIMARY KEY (book, source, refund_case)
);
INSERT INTO refund_rounding_by_case SELECT book, source, 'partial', mode, decimals FROM refund_rounding;
INSERT INTO refund_rounding_by_case SELECT book, source, 'completion', mode, decimals FROM refund_rounding;
DROP TABLE refund_rounding;
ALTER TABLE refund_rounding_by_case RENAME TO refund_rounding;

-- Roundings that a proven refund of the kind contradicts.
CREATE TABLE refund_rounding_excluded (
  book BIGINT NOT NULL REFERENCES book (id),
  source BIGINT NOT NULL,
  refund_case TEXT NOT NULL CHECK (refund_case IN ('cancel', 'partial', 'completion')),
  mode TEXT NOT NULL,
  decimals BIGINT NOT NULL CHECK (decimals BETWEEN 0 AND 8),
  evidence_batch BIGINT NOT NULL,
  PRIMARY KEY (book, source, refund_case, mode, decimals)
);

-- What the wallet gained or lost against the books between two consistent cuts, as far as nothing explains it. A later change
-- by just the opposite closes it; what is open comes to the wallet's difference.
CREATE TABLE wallet_change (
  book BIGINT NOT NULL REFERENCES book (id),
  source BIGINT NOT NULL,
  batch BIGINT NOT NULL,
  item BIGINT NOT NULL,
  observed_at_ms BIGINT NOT NULL,
  -- The cut before it; null at the first.
  since_ms BIGINT,
  amount BIGINT NOT NULL CHECK (amount <> 0),
  -- What would fit it, as a text for a person.
  candidates TEXT NOT NULL,
  closed_batch BIGINT,
  PRIMARY KEY (book, source, batch, item)
);
CREATE INDEX wallet_change_open ON wallet_change (book, source, batch, item) WHERE closed_batch IS NULL;
