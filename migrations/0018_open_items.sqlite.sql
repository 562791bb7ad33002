-- Open items: what the books expect a bank, PayPal or Razorpay statement to show, one row for each payout, top-up,
-- transfer, settlement or refund. Rows follow from the landing; what is matched is kept within the item by a check.
CREATE TABLE open_item (
  book INTEGER NOT NULL REFERENCES book (id),
  id INTEGER NOT NULL CHECK (id >= 1),
  kind TEXT NOT NULL
    CHECK (kind IN ('payout', 'payout-return', 'top-up', 'transfer', 'settlement', 'wallet-refund')),
  -- The vendor; for transfers and settlements the money account the money left.
  source TEXT NOT NULL,
  -- The money account that should show it; '' for any.
  account TEXT NOT NULL,
  -- What it is about, as the ledger or the registry calls it: "payout:due-2026-03-18", "top-up:INV-7", "line:12".
  object TEXT NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  -- As the money account sees it: in positive, out negative; zero once the evidence takes it back.
  amount INTEGER NOT NULL,
  -- The first day a statement may show it, and the last on which that is in order.
  date TEXT NOT NULL,
  last_date TEXT NOT NULL,
  -- JSON lists: ids a line may name, and lower-case words its text may have.
  refs TEXT NOT NULL,
  words TEXT NOT NULL,
  -- How much of it lines have settled, signed like the amount. Kept by the matches alone.
  matched INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'settled', 'withdrawn')),
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, id),
  UNIQUE (book, source, object),
  CHECK (matched = 0 OR (amount > 0 AND matched BETWEEN 0 AND amount) OR (amount < 0 AND matched BETWEEN amount AND 0)),
  CHECK (status <> 'settled' OR matched = amount),
  CHECK (status <> 'withdrawn' OR matched = 0)
) STRICT, WITHOUT ROWID;

-- A night looks at what is open, not at what was ever settled.
CREATE INDEX open_item_open ON open_item (book, id) WHERE status = 'open';

-- How far the evidence has been turned into open items: a position in each table they come from.
CREATE TABLE open_item_progress (
  book INTEGER NOT NULL REFERENCES book (id),
  origin TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (book, origin)
) STRICT, WITHOUT ROWID;
