-- What a counter was taken for at each place of the landing: a decision may be replaced, and a page as it was known before
-- that must stay as it was. Books from before have none for their older places.

-- One row each time it changes; the newest through a place was in force there.
CREATE TABLE counter_standing (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  batch bigint NOT NULL,
  item bigint NOT NULL,
  -- The last reading that nobody rejected.
  amount bigint NOT NULL,
  observed_at_ms bigint NOT NULL,
  -- What the counter moved by without anything being earned or spent, by the decisions of persons.
  jumps bigint NOT NULL,
  -- Payouts that no reading has shown, and what came back of payouts as far as the counter has it.
  unseen bigint NOT NULL,
  PRIMARY KEY (book, source, batch, item)
);
