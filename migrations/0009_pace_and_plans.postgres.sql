-- PostgreSQL keeps its own statistics; the query plans of this number belong to SQLite.

-- When the next request to a vendor may start, for all processes together, in microseconds; and the clock that said so.
CREATE TABLE rate_slot (
  origin text PRIMARY KEY,
  next_us bigint NOT NULL,
  now_us bigint NOT NULL
);
