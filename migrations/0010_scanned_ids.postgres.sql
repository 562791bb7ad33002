-- Which order ids a panel has been asked about although nobody had registered them, so that a second scan of a range asks
-- nothing again. Ranges and not ids: a scan of ten million ids is a handful of rows.

-- Ids whose answer was read: those not in the registry do not belong to the account. Ranges neither overlap nor touch.
CREATE TABLE scanned_ids (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  first_id bigint NOT NULL,
  last_id bigint NOT NULL,
  PRIMARY KEY (book, source, first_id),
  CHECK (first_id BETWEEN 0 AND last_id)
);

-- What came of all scans of a panel so far, in ids.
CREATE TABLE scan_total (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  -- Orders of the account.
  found bigint NOT NULL,
  -- Answered as unknown.
  unknown bigint NOT NULL,
  -- Asked about without an answer that could be read.
  unanswered bigint NOT NULL,
  -- The highest id found; null before the first.
  highest_found bigint,
  PRIMARY KEY (book, source)
);
