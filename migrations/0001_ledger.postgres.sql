-- The ledger: books, their dictionaries, transactions and postings that never change, and the head that closes batches.
-- Rows are inserted beyond the head and count for nothing until the head moves over them; that one move checks the
-- whole range at once, which is as strict as a check per row and several times as fast. Until then rows may be
-- withdrawn, never changed; from then on they stay for ever. Texts that take part in order compare by bytes
-- (COLLATE "C"), as they do on SQLite.

CREATE TABLE book (
  id bigint PRIMARY KEY CHECK (id >= 1),
  name text COLLATE "C" NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
  currency text COLLATE "C" NOT NULL CHECK (length(currency) = 3),
  time_zone text NOT NULL
);

CREATE TABLE source (
  book bigint NOT NULL REFERENCES book (id),
  id bigint NOT NULL CHECK (id >= 1),
  name text COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  kind text COLLATE "C" NOT NULL,
  PRIMARY KEY (book, id),
  UNIQUE (book, name)
);

-- "1310:netpanel" (code and wallet) or "3900" (code alone).
CREATE TABLE account (
  book bigint NOT NULL REFERENCES book (id),
  id bigint NOT NULL CHECK (id >= 1),
  key text COLLATE "C" NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
  PRIMARY KEY (book, id),
  UNIQUE (book, key)
);

-- Amounts are counts of 10^-8 of a currency unit.
CREATE TABLE txn (
  book bigint NOT NULL,
  seq bigint NOT NULL CHECK (seq >= 1),
  source bigint NOT NULL,
  object text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  version bigint NOT NULL CHECK (version >= 1),
  currency text COLLATE "C" NOT NULL CHECK (length(currency) = 3),
  amount bigint NOT NULL CHECK (amount <> 0),
  cumulative bigint NOT NULL CHECK (cumulative >= 0),
  effective_date text COLLATE "C" NOT NULL,
  recorded_at_ms bigint NOT NULL CHECK (recorded_at_ms >= 0),
  rule text NOT NULL,
  memo text NOT NULL,
  evidence_batch bigint NOT NULL,
  evidence_item bigint NOT NULL,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  PRIMARY KEY (book, seq),
  UNIQUE (book, source, object, kind, version),
  CHECK (version > 1 OR amount = cumulative)
);

-- Registers and drill-downs ask for a day.
CREATE INDEX txn_day ON txn (book, effective_date, seq);

CREATE TABLE posting (
  book bigint NOT NULL,
  seq bigint NOT NULL,
  line bigint NOT NULL CHECK (line >= 1),
  account bigint NOT NULL,
  amount bigint NOT NULL CHECK (amount <> 0),
  PRIMARY KEY (book, seq, line)
);

-- The last closed sequence of each book, when it was recorded, and its hash: zero, zero and zeros for an empty book.
CREATE TABLE head (
  book bigint PRIMARY KEY REFERENCES book (id),
  seq bigint NOT NULL,
  recorded_at_ms bigint NOT NULL,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);

-- Kept as transactions are posted and rebuildable from them: what every report starts from.
CREATE TABLE balance (
  book bigint NOT NULL,
  account bigint NOT NULL,
  currency text COLLATE "C" NOT NULL,
  day text COLLATE "C" NOT NULL CHECK (day = to_char(day::date, 'YYYY-MM-DD')),
  debit bigint NOT NULL CHECK (debit >= 0),
  credit bigint NOT NULL CHECK (credit >= 0),
  PRIMARY KEY (book, account, currency, day),
  FOREIGN KEY (book, account) REFERENCES account (book, id)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% rows of table % are refused: %', lower(TG_OP), TG_TABLE_NAME, TG_ARGV[0]
    USING ERRCODE = 'restrict_violation';
END $$;

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

CREATE FUNCTION delete_beyond_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.seq <= (SELECT seq FROM head WHERE book = OLD.book) THEN
    RAISE EXCEPTION 'rows of table % are never deleted once they are closed: post a new version instead', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN OLD;
END $$;

CREATE TRIGGER txn_beyond_head AFTER INSERT ON txn
  REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION insert_beyond_head();
CREATE TRIGGER txn_no_delete BEFORE DELETE ON txn FOR EACH ROW EXECUTE FUNCTION delete_beyond_head();
CREATE TRIGGER txn_no_change BEFORE UPDATE OR TRUNCATE ON txn
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('transactions never change, post a new version instead');

CREATE TRIGGER posting_beyond_head AFTER INSERT ON posting
  REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION insert_beyond_head();
CREATE TRIGGER posting_no_delete BEFORE DELETE ON posting FOR EACH ROW EXECUTE FUNCTION delete_beyond_head();
CREATE TRIGGER posting_no_change BEFORE UPDATE OR TRUNCATE ON posting
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('postings never change, post a new version instead');

CREATE FUNCTION head_starts_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq <> 0 OR NEW.recorded_at_ms <> 0 OR NEW.hash <> decode(repeat('00', 32), 'hex') THEN
    RAISE EXCEPTION 'a book has one head, and it starts at zero' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER head_starts_empty BEFORE INSERT ON head FOR EACH ROW EXECUTE FUNCTION head_starts_empty();
CREATE TRIGGER head_no_delete BEFORE DELETE OR TRUNCATE ON head
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the head of a book is never deleted');

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

  IF EXISTS (
    SELECT 1 FROM txn t
    CROSS JOIN LATERAL (SELECT r.currency, r.cumulative FROM txn r
      WHERE r.book = t.book AND r.source = t.source AND r.object = t.object AND r.kind = 'refund'
      ORDER BY r.version DESC LIMIT 1) refund
    LEFT JOIN LATERAL (SELECT c.currency, c.cumulative FROM txn c
      WHERE c.book = t.book AND c.source = t.source AND c.object = t.object AND c.kind = 'charge'
      ORDER BY c.version DESC LIMIT 1) charge ON true
    -- CASE, so that the kind is a filter on the batch and never a reason to read the whole unique index.
    WHERE t.book = NEW.book AND t.seq > OLD.seq
      AND CASE t.kind WHEN 'refund' THEN true WHEN 'charge' THEN t.amount < 0 ELSE false END
      AND refund.cumulative > 0
      AND (charge.cumulative IS NULL OR charge.currency <> refund.currency OR charge.cumulative < refund.cumulative)
  ) THEN
    RAISE EXCEPTION 'what is refunded never exceeds what was charged' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER head_closes_batch BEFORE UPDATE ON head FOR EACH ROW EXECUTE FUNCTION head_closes_batch();

-- Dictionaries give names to the numbers in the chain, so a name never moves to another number.
CREATE TRIGGER book_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON book
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a book keeps its name, currency and time zone');
CREATE TRIGGER source_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON source
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a source keeps its name and kind');
CREATE TRIGGER account_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON account
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('an account keeps its key');
