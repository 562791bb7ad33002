-- What PostgreSQL has of its own beside 0001_schema.sql. A trigger here stands for the one of the same name there.

-- Rows of the ledger are inserted by the thousand: looked at once per statement, not once per row.
CREATE FUNCTION insert_beyond_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM (SELECT book, min(seq) AS lowest FROM inserted GROUP BY book) i
    JOIN head h ON h.book = i.book WHERE i.lowest <= h.seq
  ) THEN
    RAISE EXCEPTION 'rows of table % are inserted beyond the head of their book: closed sequences never change', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER txn_beyond_head AFTER INSERT ON txn
  REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION insert_beyond_head();
CREATE TRIGGER posting_beyond_head AFTER INSERT ON posting
  REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION insert_beyond_head();

-- The checks of the head, written so that no plan depends on statistics, which a young database has none of.
CREATE FUNCTION head_closes_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.book <> OLD.book OR NEW.seq <= OLD.seq OR NEW.recorded_at_ms < OLD.recorded_at_ms THEN
    RAISE EXCEPTION 'the head of a book only moves forward in sequence and in time' USING ERRCODE = 'restrict_violation';
  END IF;

  IF (SELECT (count(*), count(*) FILTER (WHERE recorded_at_ms = NEW.recorded_at_ms), max(seq)) FROM txn
      WHERE book = NEW.book AND seq > OLD.seq)
    <> (NEW.seq - OLD.seq, NEW.seq - OLD.seq, NEW.seq)
  THEN
    RAISE EXCEPTION 'the head moves over consecutive sequences, all recorded at its own time' USING ERRCODE = 'restrict_violation';
  END IF;

  IF NEW.hash IS DISTINCT FROM (SELECT hash FROM txn WHERE book = NEW.book AND seq = NEW.seq) THEN
    RAISE EXCEPTION 'the head carries the hash of the last transaction it closes' USING ERRCODE = 'restrict_violation';
  END IF;

  IF EXISTS (SELECT 1 FROM posting WHERE book = NEW.book AND seq > NEW.seq) THEN
    RAISE EXCEPTION 'a posting without a transaction cannot be closed' USING ERRCODE = 'restrict_violation';
  END IF;

  -- One grouping over both tables and no join: without statistics a join of the two is planned as a loop of loops.
  IF EXISTS (
    SELECT 1 FROM (
      SELECT seq, amount AS posted, 0 AS stated FROM posting WHERE book = NEW.book AND seq > OLD.seq
      UNION ALL
      SELECT seq, NULL, amount FROM txn WHERE book = NEW.book AND seq > OLD.seq
    ) rows
    GROUP BY seq
    HAVING count(posted) < 2 OR sum(posted) <> 0 OR sum(greatest(posted, 0)) <> abs(sum(stated))
  ) THEN
    RAISE EXCEPTION 'a transaction has at least two postings that sum to zero, and its debits are its amount'
      USING ERRCODE = 'restrict_violation';
  END IF;

  IF EXISTS (
    SELECT 1 FROM (SELECT DISTINCT account FROM posting WHERE book = NEW.book AND seq > OLD.seq) used
    WHERE NOT EXISTS (SELECT 1 FROM account WHERE book = NEW.book AND id = used.account)
  ) THEN
    RAISE EXCEPTION 'a posting names an account of its book' USING ERRCODE = 'restrict_violation';
  END IF;

  IF EXISTS (
    SELECT 1 FROM (SELECT DISTINCT effective_date FROM txn WHERE book = NEW.book AND seq > OLD.seq) used
    WHERE effective_date <> to_char(effective_date::date, 'YYYY-MM-DD')
  ) THEN
    RAISE EXCEPTION 'a transaction is dated on a day of the calendar' USING ERRCODE = 'restrict_violation';
  END IF;

  IF EXISTS (
    SELECT 1 FROM (SELECT DISTINCT source FROM txn WHERE book = NEW.book AND seq > OLD.seq) used
    WHERE NOT EXISTS (SELECT 1 FROM source WHERE book = NEW.book AND id = used.source)
  ) THEN
    RAISE EXCEPTION 'a transaction names a source of its book' USING ERRCODE = 'restrict_violation';
  END IF;

  IF EXISTS (
    SELECT 1 FROM txn t
    LEFT JOIN LATERAL (SELECT b.seq, b.currency, b.cumulative FROM txn b
      WHERE b.book = t.book AND b.source = t.source AND b.object = t.object AND b.kind = t.kind
        AND b.version = t.version - 1
      LIMIT 1) p ON true
    WHERE t.book = NEW.book AND t.seq > OLD.seq AND t.version > 1
      AND (p.seq IS NULL OR p.seq > t.seq OR p.currency <> t.currency OR p.cumulative + t.amount <> t.cumulative)
  ) THEN
    RAISE EXCEPTION 'a version follows the one before it, in the same currency and from its cumulative amount'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER head_closes_batch BEFORE UPDATE ON head FOR EACH ROW EXECUTE FUNCTION head_closes_batch();
