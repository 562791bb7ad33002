-- Journals: the cent-exact image of sealed ranges of the ledger. Only sealed journals have rows; a draft is computed.
-- Lines are written first and the journal row closes them, so the database can check the whole and then refuse changes.

CREATE TABLE journal (
  book INTEGER NOT NULL REFERENCES book (id),
  -- 1, 2, 3 ... per book in the order of sealing.
  id INTEGER NOT NULL CHECK (id >= 1),
  -- The accounting day, and 1, 2, 3 ... within it.
  day TEXT NOT NULL CHECK (length(day) = 10),
  number INTEGER NOT NULL CHECK (number >= 1),
  -- The natural key in the target.
  document TEXT NOT NULL CHECK (length(document) BETWEEN 1 AND 21),
  -- The date in the target: later than the day when the target's books were closed.
  document_date TEXT NOT NULL CHECK (length(document_date) = 10 AND document_date >= day),
  currency TEXT NOT NULL,
  -- The range of ledger sequences it covers, both ends inside.
  from_seq INTEGER NOT NULL CHECK (from_seq >= 1),
  to_seq INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('approved', 'delivered', 'verified')),
  approved_by TEXT NOT NULL,
  approved_at_ms INTEGER NOT NULL,
  line_count INTEGER NOT NULL CHECK (line_count >= 2),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (book, id),
  UNIQUE (book, day, number),
  UNIQUE (book, document),
  CHECK (to_seq >= from_seq)
) STRICT;

CREATE INDEX journal_document_date ON journal (book, document_date);

CREATE TABLE journal_line (
  book INTEGER NOT NULL,
  journal INTEGER NOT NULL,
  account INTEGER NOT NULL,
  -- Debit positive, credit negative. Rounded is a whole number of minor units and may be zero.
  exact INTEGER NOT NULL,
  rounded INTEGER NOT NULL,
  PRIMARY KEY (book, journal, account),
  FOREIGN KEY (book, journal) REFERENCES journal (book, id) DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (book, account) REFERENCES account (book, id),
  CHECK (exact <> 0 OR rounded <> 0)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER journal_closes_its_lines BEFORE INSERT ON journal
BEGIN
  SELECT RAISE(ABORT, 'a journal is sealed as approved')
  WHERE new.status <> 'approved';
  SELECT RAISE(ABORT, 'a sealed journal never changes: correct it with another journal')
  WHERE EXISTS (SELECT 1 FROM journal WHERE book = new.book AND (id = new.id OR document = new.document
    OR (day = new.day AND number = new.number)));
  SELECT RAISE(ABORT, 'journals are numbered without gaps in the order of sealing')
  WHERE new.id <> 1 + (SELECT coalesce(max(id), 0) FROM journal WHERE book = new.book);
  SELECT RAISE(ABORT, 'a journal covers ledger sequences after the last journal of its day and currency')
  WHERE new.from_seq <> 1 + (SELECT coalesce(max(to_seq), 0) FROM journal
    WHERE book = new.book AND day = new.day AND currency = new.currency);
  SELECT RAISE(ABORT, 'a journal sums to zero, exactly and rounded, over all the lines it says it has')
  WHERE NOT EXISTS (SELECT 1 FROM (
    SELECT count(*) AS lines, sum(exact) AS exact, sum(rounded) AS rounded
    FROM journal_line WHERE book = new.book AND journal = new.id
  ) AS sealed WHERE lines = new.line_count AND exact = 0 AND rounded = 0);
END;
CREATE TRIGGER journal_keeps_what_was_sealed BEFORE UPDATE ON journal
WHEN (new.book, new.id, new.day, new.number, new.document, new.document_date, new.currency, new.from_seq, new.to_seq,
  new.approved_by, new.approved_at_ms, new.line_count, new.hash)
  IS NOT (old.book, old.id, old.day, old.number, old.document, old.document_date, old.currency, old.from_seq, old.to_seq,
  old.approved_by, old.approved_at_ms, old.line_count, old.hash)
  OR (old.status, new.status) NOT IN (VALUES ('approved', 'delivered'), ('delivered', 'verified'))
BEGIN SELECT RAISE(ABORT, 'a sealed journal never changes, and its status only goes on'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'a sealed journal is never deleted'); END;

CREATE TRIGGER journal_line_before_its_journal BEFORE INSERT ON journal_line
WHEN EXISTS (SELECT 1 FROM journal WHERE book = new.book AND id = new.journal)
BEGIN SELECT RAISE(ABORT, 'a sealed journal takes no more lines'); END;
CREATE TRIGGER journal_line_no_update BEFORE UPDATE ON journal_line
BEGIN SELECT RAISE(ABORT, 'the lines of a journal never change'); END;
CREATE TRIGGER journal_line_no_delete BEFORE DELETE ON journal_line
BEGIN SELECT RAISE(ABORT, 'the lines of a journal are never deleted'); END;
