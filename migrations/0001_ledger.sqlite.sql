-- The ledger: books, their dictionaries, transactions and postings that never change, and the head that closes batches.
-- Rows are inserted beyond the head and count for nothing until the head moves over them; that one move checks the
-- whole range at once, which is as strict as a check per row and several times as fast. Until then rows may be
-- withdrawn, never changed; from then on they stay for ever.

CREATE TABLE book (
  id INTEGER PRIMARY KEY CHECK (id >= 1),
  name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  time_zone TEXT NOT NULL
) STRICT;

CREATE TABLE source (
  book INTEGER NOT NULL REFERENCES book (id),
  id INTEGER NOT NULL CHECK (id >= 1),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  kind TEXT NOT NULL,
  PRIMARY KEY (book, id),
  UNIQUE (book, name)
) STRICT, WITHOUT ROWID;

-- "1310:netpanel" (code and wallet) or "3900" (code alone).
CREATE TABLE account (
  book INTEGER NOT NULL REFERENCES book (id),
  id INTEGER NOT NULL CHECK (id >= 1),
  key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
  PRIMARY KEY (book, id),
  UNIQUE (book, key)
) STRICT, WITHOUT ROWID;

-- Amounts are counts of 10^-8 of a currency unit.
CREATE TABLE txn (
  book INTEGER NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  source INTEGER NOT NULL,
  object TEXT NOT NULL,
  kind TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  amount INTEGER NOT NULL CHECK (amount <> 0),
  cumulative INTEGER NOT NULL CHECK (cumulative >= 0),
  effective_date TEXT NOT NULL,
  recorded_at_ms INTEGER NOT NULL CHECK (recorded_at_ms >= 0),
  rule TEXT NOT NULL,
  memo TEXT NOT NULL,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (book, seq),
  UNIQUE (book, source, object, kind, version),
  CHECK (version > 1 OR amount = cumulative)
) STRICT, WITHOUT ROWID;

-- Registers and drill-downs ask for a day.
CREATE INDEX txn_day ON txn (book, effective_date, seq);

CREATE TABLE posting (
  book INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  line INTEGER NOT NULL CHECK (line >= 1),
  account INTEGER NOT NULL,
  amount INTEGER NOT NULL CHECK (amount <> 0),
  PRIMARY KEY (book, seq, line)
) STRICT, WITHOUT ROWID;

-- The last closed sequence of each book, when it was recorded, and its hash: zero, zero and zeros for an empty book.
CREATE TABLE head (
  book INTEGER PRIMARY KEY REFERENCES book (id),
  seq INTEGER NOT NULL,
  recorded_at_ms INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- Kept as transactions are posted and rebuildable from them: what every report starts from.
CREATE TABLE balance (
  book INTEGER NOT NULL,
  account INTEGER NOT NULL,
  currency TEXT NOT NULL,
  day TEXT NOT NULL CHECK (day = date(day)),
  debit INTEGER NOT NULL CHECK (debit >= 0),
  credit INTEGER NOT NULL CHECK (credit >= 0),
  PRIMARY KEY (book, account, currency, day),
  FOREIGN KEY (book, account) REFERENCES account (book, id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER txn_beyond_head AFTER INSERT ON txn
WHEN new.seq <= (SELECT seq FROM head WHERE book = new.book)
BEGIN SELECT RAISE(ABORT, 'a transaction is inserted beyond the head of its book: closed sequences never change'); END;
CREATE TRIGGER txn_no_update BEFORE UPDATE ON txn
BEGIN SELECT RAISE(ABORT, 'transactions never change: post a new version instead'); END;
CREATE TRIGGER txn_no_delete BEFORE DELETE ON txn
WHEN old.seq <= (SELECT seq FROM head WHERE book = old.book)
BEGIN SELECT RAISE(ABORT, 'transactions are never deleted: post a new version instead'); END;

CREATE TRIGGER posting_beyond_head AFTER INSERT ON posting
WHEN new.seq <= (SELECT seq FROM head WHERE book = new.book)
BEGIN SELECT RAISE(ABORT, 'a posting is inserted beyond the head of its book: closed sequences never change'); END;
CREATE TRIGGER posting_no_update BEFORE UPDATE ON posting
BEGIN SELECT RAISE(ABORT, 'postings never change: post a new version instead'); END;
CREATE TRIGGER posting_no_delete BEFORE DELETE ON posting
WHEN old.seq <= (SELECT seq FROM head WHERE book = old.book)
BEGIN SELECT RAISE(ABORT, 'postings are never deleted: post a new version instead'); END;

CREATE TRIGGER head_starts_empty BEFORE INSERT ON head
WHEN new.seq <> 0 OR new.recorded_at_ms <> 0 OR new.hash <> zeroblob(32)
  OR EXISTS (SELECT 1 FROM head WHERE book = new.book)
BEGIN SELECT RAISE(ABORT, 'a book has one head, and it starts at zero'); END;
CREATE TRIGGER head_no_delete BEFORE DELETE ON head
BEGIN SELECT RAISE(ABORT, 'the head of a book is never deleted'); END;

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
    SELECT 1 FROM (SELECT DISTINCT account FROM posting WHERE book = new.book AND seq > old.seq) used
    WHERE NOT EXISTS (SELECT 1 FROM account WHERE book = new.book AND id = used.account)
  );

  SELECT RAISE(ABORT, 'a transaction is dated on a day of the calendar')
  WHERE EXISTS (
    SELECT 1 FROM (SELECT DISTINCT effective_date FROM txn WHERE book = new.book AND seq > old.seq) used
    WHERE effective_date IS NOT date(effective_date)
  );

  SELECT RAISE(ABORT, 'a transaction names a source of its book')
  WHERE EXISTS (
    SELECT 1 FROM (SELECT DISTINCT source FROM txn WHERE book = new.book AND seq > old.seq) used
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

-- Dictionaries give names to the numbers in the chain, so a name never moves to another number.
CREATE TRIGGER book_no_replace BEFORE INSERT ON book
WHEN EXISTS (SELECT 1 FROM book WHERE id = new.id OR name = new.name)
BEGIN SELECT RAISE(ABORT, 'a book is created once'); END;
CREATE TRIGGER book_no_update BEFORE UPDATE ON book
BEGIN SELECT RAISE(ABORT, 'a book keeps its name, currency and time zone'); END;
CREATE TRIGGER book_no_delete BEFORE DELETE ON book
BEGIN SELECT RAISE(ABORT, 'books are never deleted'); END;
CREATE TRIGGER source_no_replace BEFORE INSERT ON source
WHEN EXISTS (SELECT 1 FROM source WHERE book = new.book AND (id = new.id OR name = new.name))
BEGIN SELECT RAISE(ABORT, 'a source is created once'); END;
CREATE TRIGGER source_no_update BEFORE UPDATE ON source
BEGIN SELECT RAISE(ABORT, 'a source keeps its name and kind'); END;
CREATE TRIGGER source_no_delete BEFORE DELETE ON source
BEGIN SELECT RAISE(ABORT, 'sources are never deleted'); END;
CREATE TRIGGER account_no_replace BEFORE INSERT ON account
WHEN EXISTS (SELECT 1 FROM account WHERE book = new.book AND (id = new.id OR key = new.key))
BEGIN SELECT RAISE(ABORT, 'an account is created once'); END;
CREATE TRIGGER account_no_update BEFORE UPDATE ON account
BEGIN SELECT RAISE(ABORT, 'an account keeps its key'); END;
CREATE TRIGGER account_no_delete BEFORE DELETE ON account
BEGIN SELECT RAISE(ABORT, 'accounts are never deleted'); END;
