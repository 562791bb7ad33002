-- Query plans that do not depend on the size of a book. A night costs what it adds, not what is there.

-- SQLite chooses among the keys of the ledger by statistics, and without any it looks up (book, source, object) by
-- scanning the book. These are the proportions of a book of a million transactions; they are never measured again, so
-- that a query plan is the same in every book and on every day.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('txn', 'txn', '1000000 500000 1'),
  ('txn', 'sqlite_autoindex_txn_2', '1000000 500000 100000 3 2 1'),
  ('txn', 'txn_day', '1000000 500000 3000 1'),
  ('posting', 'posting', '2000000 1000000 2 1'),
  ('panel_order', 'panel_order', '1000000 500000 100000 1'),
  ('panel_order', 'panel_order_placed', '1000000 500000 100000 2 1'),
  ('order_state', 'order_state', '1000000 500000 100000 1'),
  ('order_state', 'order_state_due', '1000000 500000 100000 100 1'),
  ('order_state', 'order_state_pending', '1000 500 100 1');
-- Makes this very connection use them, too.
ANALYZE sqlite_schema;

-- The head's checks as before, but for a plus sign before what is made distinct: without it SQLite reads a whole index
-- of the book to find the few days and sources of one batch in order.
DROP TRIGGER head_closes_batch;
CREATE TRIGGER head_closes_batch BEFORE UPDATE ON head
BEGIN
  SELECT RAISE(ABORT, 'the head of a book only moves forward in sequence and in time')
  WHERE new.book <> old.book OR new.seq <= old.seq OR new.recorded_at_ms < old.recorded_at_ms;

  SELECT RAISE(ABORT, 'the head moves over consecutive sequences, all recorded at its own time')
  WHERE (SELECT count(*) FROM txn
      WHERE book = new.book AND seq > old.seq AND recorded_at_ms = new.recorded_at_ms) <> new.seq - old.seq
    OR EXISTS (SELECT 1 FROM txn WHERE book = new.book AND seq > new.seq)
    OR (SELECT count(*) FROM txn WHERE book = new.book AND seq > old.seq) <> new.seq - old.seq;

  SELECT RAISE(ABORT, 'the head carries the hash of the last transaction it closes')
  WHERE new.hash IS NOT (SELECT hash FROM txn WHERE book = new.book AND seq = new.seq);

  SELECT RAISE(ABORT, 'a posting without a transaction cannot be closed')
  WHERE EXISTS (SELECT 1 FROM posting WHERE book = new.book AND seq > new.seq);

  SELECT RAISE(ABORT, 'a transaction has at least two postings that sum to zero, and its debits are its amount')
  WHERE EXISTS (
    SELECT 1 FROM txn t LEFT JOIN posting p ON p.book = t.book AND p.seq = t.seq
    WHERE t.book = new.book AND t.seq > old.seq
    GROUP BY t.seq
    HAVING count(p.line) < 2 OR sum(p.amount) <> 0 OR sum(max(p.amount, 0)) <> abs(t.amount)
  );

  SELECT RAISE(ABORT, 'a posting names an account of its book')
  WHERE EXISTS (
    SELECT 1 FROM (SELECT DISTINCT +account AS account FROM posting WHERE book = new.book AND seq > old.seq) used
    WHERE NOT EXISTS (SELECT 1 FROM account WHERE book = new.book AND id = used.account)
  );

  SELECT RAISE(ABORT, 'a transaction is dated on a day of the calendar')
  WHERE EXISTS (
    SELECT 1 FROM (SELECT DISTINCT +effective_date AS effective_date FROM txn WHERE book = new.book AND seq > old.seq) used
    WHERE effective_date IS NOT date(effective_date)
  );

  SELECT RAISE(ABORT, 'a transaction names a source of its book')
  WHERE EXISTS (
    SELECT 1 FROM (SELECT DISTINCT +source AS source FROM txn WHERE book = new.book AND seq > old.seq) used
    WHERE NOT EXISTS (SELECT 1 FROM source WHERE book = new.book AND id = used.source)
  );

  SELECT RAISE(ABORT, 'a version follows the one before it, in the same currency and from its cumulative amount')
  WHERE EXISTS (
    SELECT 1 FROM txn t
    LEFT JOIN txn p ON p.book = t.book AND p.source = t.source AND p.object = t.object AND p.kind = t.kind
      AND p.version = t.version - 1
    WHERE t.book = new.book AND t.seq > old.seq AND t.version > 1
      AND (p.seq IS NULL OR p.seq > t.seq OR p.currency <> t.currency OR p.cumulative + t.amount <> t.cumulative)
  );

  SELECT RAISE(ABORT, 'what is refunded never exceeds what was charged')
  WHERE EXISTS (
    SELECT 1 FROM txn t
    WHERE t.book = new.book AND t.seq > old.seq AND (t.kind = 'refund' OR (t.kind = 'charge' AND t.amount < 0))
      AND EXISTS (
        SELECT 1 FROM txn r
        WHERE r.book = t.book AND r.source = t.source AND r.object = t.object AND r.kind = 'refund' AND r.cumulative > 0
          AND r.version = (SELECT max(version) FROM txn
            WHERE book = t.book AND source = t.source AND object = t.object AND kind = 'refund')
          AND NOT EXISTS (
            SELECT 1 FROM txn c
            WHERE c.book = t.book AND c.source = t.source AND c.object = t.object AND c.kind = 'charge'
              AND c.version = (SELECT max(version) FROM txn
                WHERE book = t.book AND source = t.source AND object = t.object AND kind = 'charge')
              AND c.currency = r.currency AND c.cumulative >= r.cumulative
          )
      )
  );
END;

-- When the next request to a vendor may start, for all processes together, in microseconds; and the clock that said so.
CREATE TABLE rate_slot (
  origin TEXT PRIMARY KEY,
  next_us INTEGER NOT NULL,
  now_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What has been processed is complete: a row slipped into it later would be evidence of nothing.
CREATE TRIGGER landing_no_late BEFORE INSERT ON landing
WHEN NEW.batch <= (SELECT batch FROM processed WHERE book = NEW.book)
BEGIN SELECT RAISE(ABORT, 'a processed batch takes no more items'); END;
