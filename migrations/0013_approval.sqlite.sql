-- Approval: journals that take back or repeat another, what a person holds back, and who prepared what. Nothing here is
-- ever changed: a release is one more line, and so is a replacement.

CREATE TABLE journal_link (
  book INTEGER NOT NULL,
  journal INTEGER NOT NULL,
  -- reversal: the negated lines of its subject. replacement: the same lines as its subject, which is reversed.
  kind TEXT NOT NULL CHECK (kind IN ('reversal', 'replacement')),
  subject INTEGER NOT NULL,
  -- The journal that sealed the range first. It is in force when it has as many replacements as reversals.
  root INTEGER NOT NULL,
  why TEXT NOT NULL CHECK (length(why) >= 1),
  PRIMARY KEY (book, journal),
  UNIQUE (book, subject, kind),
  FOREIGN KEY (book, journal) REFERENCES journal (book, id) DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (book, subject) REFERENCES journal (book, id),
  FOREIGN KEY (book, root) REFERENCES journal (book, id),
  CHECK (subject < journal AND root <= subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX journal_link_root ON journal_link (book, root, kind);

CREATE TRIGGER journal_link_makes_sense BEFORE INSERT ON journal_link
BEGIN
  SELECT RAISE(ABORT, 'a link is written once, before its journal is sealed')
  WHERE EXISTS (SELECT 1 FROM journal WHERE book = new.book AND id = new.journal)
    OR EXISTS (SELECT 1 FROM journal_link WHERE book = new.book
      AND (journal = new.journal OR (subject = new.subject AND kind = new.kind)));
  SELECT RAISE(ABORT, 'a reversal takes back a journal that is no reversal')
  WHERE new.kind = 'reversal' AND EXISTS (SELECT 1 FROM journal_link
    WHERE book = new.book AND journal = new.subject AND kind = 'reversal');
  SELECT RAISE(ABORT, 'a replacement repeats a journal that was reversed')
  WHERE new.kind = 'replacement' AND NOT EXISTS (SELECT 1 FROM journal_link
    WHERE book = new.book AND subject = new.subject AND kind = 'reversal');
  SELECT RAISE(ABORT, 'the root of a link is the journal that sealed the range first')
  WHERE new.root <> coalesce((SELECT root FROM journal_link WHERE book = new.book AND journal = new.subject), new.subject);
END;
CREATE TRIGGER journal_link_no_update BEFORE UPDATE ON journal_link
BEGIN SELECT RAISE(ABORT, 'a link of journals never changes'); END;
CREATE TRIGGER journal_link_no_delete BEFORE DELETE ON journal_link
BEGIN SELECT RAISE(ABORT, 'a link of journals is never deleted'); END;

-- As before, but a linked journal covers the very range of the one it takes back or repeats, with its lines.
DROP TRIGGER journal_closes_its_lines;
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
  WHERE NOT EXISTS (SELECT 1 FROM journal_link WHERE book = new.book AND journal = new.id)
    AND new.from_seq <> 1 + (SELECT coalesce(max(to_seq), 0) FROM journal
      WHERE book = new.book AND day = new.day AND currency = new.currency);
  SELECT RAISE(ABORT, 'a linked journal has the day, currency and range of the journal it takes back or repeats')
  WHERE EXISTS (SELECT 1 FROM journal_link AS link JOIN journal AS subject ON subject.book = link.book AND subject.id = link.subject
    WHERE link.book = new.book AND link.journal = new.id
      AND (subject.day, subject.currency, subject.from_seq, subject.to_seq, subject.line_count)
        IS NOT (new.day, new.currency, new.from_seq, new.to_seq, new.line_count));
  SELECT RAISE(ABORT, 'a reversal has the negated lines of its subject, and a replacement the same')
  WHERE EXISTS (SELECT 1 FROM journal_link AS link
    JOIN journal_line AS line ON line.book = link.book AND line.journal = link.journal
    LEFT JOIN journal_line AS before ON before.book = link.book AND before.journal = link.subject AND before.account = line.account
    WHERE link.book = new.book AND link.journal = new.id
      AND (line.exact, line.rounded) IS NOT (CASE link.kind WHEN 'reversal' THEN -before.exact ELSE before.exact END,
        CASE link.kind WHEN 'reversal' THEN -before.rounded ELSE before.rounded END));
  SELECT RAISE(ABORT, 'a journal sums to zero, exactly and rounded, over all the lines it says it has')
  WHERE NOT EXISTS (SELECT 1 FROM (
    SELECT count(*) AS lines, sum(exact) AS exact, sum(rounded) AS rounded
    FROM journal_line WHERE book = new.book AND journal = new.id
  ) AS sealed WHERE lines = new.line_count AND exact = 0 AND rounded = 0);
END;

-- What a person holds back: the draft of a day, or a sealed journal from its delivery. The last line of each counts.
CREATE TABLE journal_hold (
  book INTEGER NOT NULL REFERENCES book (id),
  n INTEGER NOT NULL CHECK (n >= 1),
  day TEXT CHECK (length(day) = 10),
  journal INTEGER,
  action TEXT NOT NULL CHECK (action IN ('hold', 'release')),
  why TEXT NOT NULL,
  by_person TEXT NOT NULL CHECK (length(by_person) >= 1),
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, n),
  FOREIGN KEY (book, journal) REFERENCES journal (book, id),
  CHECK ((day IS NULL) <> (journal IS NULL)),
  CHECK (action = 'release' OR length(why) >= 1)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER journal_hold_in_order BEFORE INSERT ON journal_hold
WHEN new.n <> 1 + (SELECT coalesce(max(n), 0) FROM journal_hold WHERE book = new.book)
BEGIN SELECT RAISE(ABORT, 'holds are numbered without gaps and never replaced'); END;
CREATE TRIGGER journal_hold_no_update BEFORE UPDATE ON journal_hold
BEGIN SELECT RAISE(ABORT, 'a hold never changes: it is released by another line'); END;
CREATE TRIGGER journal_hold_no_delete BEFORE DELETE ON journal_hold
BEGIN SELECT RAISE(ABORT, 'a hold is never deleted'); END;

-- Who prepared a draft, and the hash of exactly what: its lines and what every target would be sent.
CREATE TABLE journal_preparation (
  book INTEGER NOT NULL REFERENCES book (id),
  n INTEGER NOT NULL CHECK (n >= 1),
  day TEXT NOT NULL CHECK (length(day) = 10),
  currency TEXT NOT NULL,
  head_seq INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  by_person TEXT NOT NULL CHECK (length(by_person) >= 1),
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX journal_preparation_day ON journal_preparation (book, day, currency);

CREATE TRIGGER journal_preparation_in_order BEFORE INSERT ON journal_preparation
WHEN new.n <> 1 + (SELECT coalesce(max(n), 0) FROM journal_preparation WHERE book = new.book)
BEGIN SELECT RAISE(ABORT, 'preparations are numbered without gaps and never replaced'); END;
CREATE TRIGGER journal_preparation_no_update BEFORE UPDATE ON journal_preparation
BEGIN SELECT RAISE(ABORT, 'a preparation never changes'); END;
CREATE TRIGGER journal_preparation_no_delete BEFORE DELETE ON journal_preparation
BEGIN SELECT RAISE(ABORT, 'a preparation is never deleted'); END;
