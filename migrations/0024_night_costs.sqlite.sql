-- What a night and a small import look up must not grow with the history: indexes of days, and the proofs as they stood.

-- A payout is found by its reference or near its day, not among all there ever were.
CREATE INDEX counter_payout_reference ON counter_payout (book, source, reference);
CREATE INDEX counter_payout_day ON counter_payout (book, source, paid_on);

-- Which matches convert between currencies, without reading what all the others post.
CREATE INDEX match_leg_converting ON match_leg (book, match) WHERE side = 'line' AND instr(posts, 'conversion-') > 0;

-- What newer evidence of the same amount may put in doubt, in its days: the same amount may come every day for years.
DROP INDEX statement_line_matched_amount;
CREATE INDEX statement_line_matched_amount ON statement_line (book, currency, amount, date) WHERE disposition = 'matched';
DROP INDEX open_item_settled_amount;
CREATE INDEX open_item_settled_amount ON open_item (book, currency, amount, last_date) WHERE status = 'settled';

-- The months of the proof of cash as the last run of the proofs left them. All of it follows from statement lines, their
-- sections and the booked opening: a run reads only months in which one of these changed, and those after them.
CREATE TABLE cash_month (
  book INTEGER NOT NULL REFERENCES book (id),
  account INTEGER NOT NULL,
  currency TEXT NOT NULL,
  month TEXT NOT NULL,
  -- All counted lines through its last day.
  lines INTEGER NOT NULL,
  -- What the account held on its last day by its statements; null when none tells a balance.
  stated INTEGER,
  -- Statement less books where it begins and where it ends, beyond the lines that are not booked; null without a balance.
  opening INTEGER,
  closing INTEGER,
  -- What was unexplained before it; zero for the first month.
  carried INTEGER NOT NULL,
  PRIMARY KEY (book, account, currency, month)
) STRICT, WITHOUT ROWID;

-- What those months are made from: newer lines and sections are still to be read.
CREATE TABLE cash_progress (
  book INTEGER NOT NULL REFERENCES book (id),
  account INTEGER NOT NULL,
  currency TEXT NOT NULL,
  line INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  -- The opening balance as booked.
  booked INTEGER NOT NULL,
  -- The first day on which a statement tells a balance; null when none does.
  first_told TEXT,
  PRIMARY KEY (book, account, currency)
) STRICT, WITHOUT ROWID;

-- What each run of the proofs came to, as the night tells it.
CREATE TABLE proof_run (
  book INTEGER NOT NULL REFERENCES book (id),
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  day TEXT NOT NULL,
  cash INTEGER NOT NULL,
  cash_differing INTEGER NOT NULL,
  cash_unproven INTEGER NOT NULL,
  clearing INTEGER NOT NULL,
  clearing_differing INTEGER NOT NULL,
  PRIMARY KEY (book, batch, item)
) STRICT, WITHOUT ROWID;
