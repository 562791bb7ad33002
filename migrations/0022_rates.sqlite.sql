-- Exchange rates as they were landed. A rate corrected later is one more row: the newest batch counts, and what an earlier
-- posting was booked at stays to be seen.

CREATE TABLE rate (
  book INTEGER NOT NULL REFERENCES book (id),
  from_currency TEXT NOT NULL CHECK (length(from_currency) = 3),
  to_currency TEXT NOT NULL CHECK (length(to_currency) = 3),
  day TEXT NOT NULL CHECK (day = date(day)),
  -- The place in the landing that says so.
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  -- As it was written.
  text TEXT NOT NULL,
  PRIMARY KEY (book, from_currency, to_currency, day, batch, item),
  CHECK (from_currency <> to_currency)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER rate_no_update BEFORE UPDATE ON rate
BEGIN SELECT RAISE(ABORT, 'rates never change: land a newer one'); END;
CREATE TRIGGER rate_no_delete BEFORE DELETE ON rate
BEGIN SELECT RAISE(ABORT, 'rates are never deleted: land a newer one'); END;
-- REPLACE deletes without firing the trigger above on connections that leave recursive_triggers off.
CREATE TRIGGER rate_no_replace BEFORE INSERT ON rate
WHEN EXISTS (
  SELECT 1 FROM rate WHERE book = NEW.book AND from_currency = NEW.from_currency AND to_currency = NEW.to_currency
    AND day = NEW.day AND batch = NEW.batch AND item = NEW.item)
BEGIN SELECT RAISE(ABORT, 'this rate exists'); END;

-- The newest list of an origin is found without reading the landing.
CREATE INDEX landing_rates ON landing (book, request, batch) WHERE kind = 'rates';
