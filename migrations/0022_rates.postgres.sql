-- Exchange rates as they were landed. A rate corrected later is one more row: the newest batch counts, and what an earlier
-- posting was booked at stays to be seen.

CREATE TABLE rate (
  book bigint NOT NULL REFERENCES book (id),
  from_currency text NOT NULL CHECK (length(from_currency) = 3),
  to_currency text NOT NULL CHECK (length(to_currency) = 3),
  day text COLLATE "C" NOT NULL CHECK (day = to_char(day::date, 'YYYY-MM-DD')),
  -- The place in the landing that says so.
  batch bigint NOT NULL,
  item bigint NOT NULL,
  -- As it was written.
  text text NOT NULL,
  PRIMARY KEY (book, from_currency, to_currency, day, batch, item),
  CHECK (from_currency <> to_currency)
);

CREATE FUNCTION rate_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'rates never change and are never deleted: land a newer one'; END $$;
CREATE TRIGGER rate_no_change BEFORE UPDATE OR DELETE ON rate
FOR EACH ROW EXECUTE FUNCTION rate_is_immutable();
CREATE TRIGGER rate_no_truncate BEFORE TRUNCATE ON rate
FOR EACH STATEMENT EXECUTE FUNCTION rate_is_immutable();

-- The newest list of an origin is found without reading the landing.
CREATE INDEX landing_rates ON landing (book, request, batch) WHERE kind = 'rates';
