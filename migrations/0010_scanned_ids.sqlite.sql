-- Which order ids a panel has been asked about although nobody had registered them, so that a second scan of a range asks
-- nothing again. Ranges and not ids: a scan of ten million ids is a handful of rows.

-- Ids whose answer was read: those not in the registry do not belong to the account. Ranges neither overlap nor touch.
CREATE TABLE scanned_ids (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  first_id INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  PRIMARY KEY (book, source, first_id),
  CHECK (first_id BETWEEN 0 AND last_id)
) STRICT, WITHOUT ROWID;

-- What came of all scans of a panel so far, in ids.
CREATE TABLE scan_total (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  -- Orders of the account.
  found INTEGER NOT NULL,
  -- Answered as unknown.
  unknown INTEGER NOT NULL,
  -- Asked about without an answer that could be read.
  unanswered INTEGER NOT NULL,
  -- The highest id found; null before the first.
  highest_found INTEGER,
  PRIMARY KEY (book, source)
) STRICT, WITHOUT ROWID;
