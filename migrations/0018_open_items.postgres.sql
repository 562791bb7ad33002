-- Open items: what the books expect a bank, PayPal or Razorpay statement to show, one row for each payout, top-up,
-- transfer, settlement or refund. Rows follow from the landing; what is matched is kept within the item by a check.
CREATE TABLE open_item (
  book bigint NOT NULL REFERENCES book (id),
  id bigint NOT NULL CHECK (id >= 1),
  kind text NOT NULL
    CHECK (kind IN ('payout', 'payout-return', 'top-up', 'transfer', 'settlement', 'wallet-refund')),
  -- The vendor; for transfers and settlements the money account the money left.
  source text COLLATE "C" NOT NULL,
  -- The money account that should show it; '' for any.
  account text NOT NULL,
  -- What it is about, as the ledger or the registry calls it: "payout:due-2026-03-18", "top-up:INV-7", "line:12".
  object text COLLATE "C" NOT NULL,
  currency text NOT NULL CHECK (length(currency) = 3),
  -- As the money account sees it: in positive, out negative; zero once the evidence takes it back.
  amount bigint NOT NULL,
  -- The first day a statement may show it, and the last on which that is in order.
  date text COLLATE "C" NOT NULL,
  last_date text COLLATE "C" NOT NULL,
  -- JSON lists: ids a line may name, and lower-case words its text may have.
  refs text NOT NULL,
  words text NOT NULL,
  -- How much of it lines have settled, signed like the amount. Kept by the matches alone.
  matched bigint NOT NULL DEFAULT 0,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'settled', 'withdrawn')),
  evidence_batch bigint NOT NULL,
  evidence_item bigint NOT NULL,
  PRIMARY KEY (book, id),
  UNIQUE (book, source, object),
  CHECK (matched = 0 OR (amount > 0 AND matched BETWEEN 0 AND amount) OR (amount < 0 AND matched BETWEEN amount AND 0)),
  CHECK (status <> 'settled' OR matched = amount),
  CHECK (status <> 'withdrawn' OR matched = 0)
);

-- A night looks at what is open, not at what was ever settled.
CREATE INDEX open_item_open ON open_item (book, id) WHERE status = 'open';

-- How far the evidence has been turned into open items: a position in each table they come from.
CREATE TABLE open_item_progress (
  book bigint NOT NULL REFERENCES book (id),
  origin text NOT NULL,
  position bigint NOT NULL,
  PRIMARY KEY (book, origin)
);
