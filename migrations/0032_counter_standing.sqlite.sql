-- What a counter was taken for at each place of the landing: a decision may be replaced, and a page as it was known before
-- that must stay as it was. Books from before have none for their older places.

-- One row each time it changes; the newest through a place was in force there.
CREATE TABLE counter_standing (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  -- The last reading that nobody rejected.
  amount INTEGER NOT NULL,
  observed_at_ms INTEGER NOT NULL,
  -- What the counter moved by without anything being earned or spent, by the decisions of persons.
  jumps INTEGER NOT NULL,
  -- Payouts that no reading has shown, and what came back of payouts as far as the counter has it.
  unseen INTEGER NOT NULL,
  PRIMARY KEY (book, source, batch, item)
) STRICT, WITHOUT ROWID;
