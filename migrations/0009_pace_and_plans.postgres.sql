-- PostgreSQL keeps its own statistics; the query plans of this number belong to SQLite.

-- When the next request to a vendor may start, for all processes together, in microseconds; and the clock that said so.
CREATE TABLE rate_slot (
  origin text PRIMARY KEY,
  next_us bigint NOT NULL,
  now_us bigint NOT NULL
);

-- What has been processed is complete: a row slipped into it later would be evidence of nothing.
CREATE FUNCTION landing_is_complete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.batch <= (SELECT batch FROM processed WHERE book = NEW.book) THEN
    RAISE EXCEPTION 'a processed batch takes no more items';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER landing_no_late BEFORE INSERT ON landing FOR EACH ROW EXECUTE FUNCTION landing_is_complete();
