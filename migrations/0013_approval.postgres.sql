-- Approval: journals that take back or repeat another, what a person holds back, and who prepared what. Nothing here is
-- ever changed: a release is one more line, and so is a replacement.

CREATE TABLE journal_link (
  book bigint NOT NULL,
  journal bigint NOT NULL,
  -- reversal: the negated lines of its subject. replacement: the same lines as its subject, which is reversed.
  kind text NOT NULL CHECK (kind IN ('reversal', 'replacement')),
  subject bigint NOT NULL,
  -- The journal that sealed the range first. It is in force when it has as many replacements as reversals.
  root bigint NOT NULL,
  why text NOT NULL CHECK (length(why) >= 1),
  PRIMARY KEY (book, journal),
  UNIQUE (book, subject, kind),
  FOREIGN KEY (book, journal) REFERENCES journal (book, id) DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (book, subject) REFERENCES journal (book, id),
  FOREIGN KEY (book, root) REFERENCES journal (book, id),
  CHECK (subject < journal AND root <= subject)
);

CREATE INDEX journal_link_root ON journal_link (book, root, kind);

CREATE FUNCTION journal_link_makes_sense() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM journal WHERE book = new.book AND id = new.journal) THEN
    RAISE EXCEPTION 'a link is written once, before its journal is sealed';
  END IF;
  IF new.kind = 'reversal' AND EXISTS (SELECT 1 FROM journal_link
    WHERE book = new.book AND journal = new.subject AND kind = 'reversal') THEN
    RAISE EXCEPTION 'a reversal takes back a journal that is no reversal';
  END IF;
  IF new.kind = 'replacement' AND NOT EXISTS (SELECT 1 FROM journal_link
    WHERE book = new.book AND subject = new.subject AND kind = 'reversal') THEN
    RAISE EXCEPTION 'a replacement repeats a journal that was reversed';
  END IF;
  IF new.root <> coalesce((SELECT root FROM journal_link WHERE book = new.book AND journal = new.subject), new.subject) THEN
    RAISE EXCEPTION 'the root of a link is the journal that sealed the range first';
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER journal_link_makes_sense BEFORE INSERT ON journal_link
FOR EACH ROW EXECUTE FUNCTION journal_link_makes_sense();

-- As before, but a linked journal covers the very range of the one it takes back or repeats, with its lines.
CREATE OR REPLACE FUNCTION journal_closes_its_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  link journal_link;
BEGIN
  SELECT * INTO link FROM journal_link WHERE book = new.book AND journal = new.id;
  IF new.status <> 'approved' THEN
    RAISE EXCEPTION 'a journal is sealed as approved';
  END IF;
  IF new.id <> 1 + (SELECT coalesce(max(id), 0) FROM journal WHERE book = new.book) THEN
    RAISE EXCEPTION 'journals are numbered without gaps in the order of sealing';
  END IF;
  IF link.journal IS NULL AND new.from_seq <> 1 + (SELECT coalesce(max(to_seq), 0) FROM journal
    WHERE book = new.book AND day = new.day AND currency = new.currency) THEN
    RAISE EXCEPTION 'a journal covers ledger sequences after the last journal of its day and currency';
  END IF;
  IF link.journal IS NOT NULL AND NOT EXISTS (SELECT 1 FROM journal AS subject
    WHERE subject.book = new.book AND subject.id = link.subject AND subject.day = new.day
      AND subject.currency = new.currency AND subject.from_seq = new.from_seq AND subject.to_seq = new.to_seq
      AND subject.line_count = new.line_count) THEN
    RAISE EXCEPTION 'a linked journal has the day, currency and range of the journal it takes back or repeats';
  END IF;
  IF link.journal IS NOT NULL AND EXISTS (SELECT 1 FROM journal_line AS line
    LEFT JOIN journal_line AS before ON before.book = line.book AND before.journal = link.subject AND before.account = line.account
    WHERE line.book = new.book AND line.journal = new.id
      AND (line.exact, line.rounded) IS DISTINCT FROM (CASE link.kind WHEN 'reversal' THEN -before.exact ELSE before.exact END,
        CASE link.kind WHEN 'reversal' THEN -before.rounded ELSE before.rounded END)) THEN
    RAISE EXCEPTION 'a reversal has the negated lines of its subject, and a replacement the same';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM (
    SELECT count(*) AS lines, sum(exact) AS exact, sum(rounded) AS rounded
    FROM journal_line WHERE book = new.book AND journal = new.id
  ) AS sealed WHERE lines = new.line_count AND exact = 0 AND rounded = 0) THEN
    RAISE EXCEPTION 'a journal sums to zero, exactly and rounded, over all the lines it says it has';
  END IF;
  RETURN new;
END $$;

-- What a person holds back: the draft of a day, or a sealed journal from its delivery. The last line of each counts.
CREATE TABLE journal_hold (
  book bigint NOT NULL REFERENCES book (id),
  n bigint NOT NULL CHECK (n >= 1),
  day text COLLATE "C" CHECK (length(day) = 10),
  journal bigint,
  action text NOT NULL CHECK (action IN ('hold', 'release')),
  why text NOT NULL,
  by_person text NOT NULL CHECK (length(by_person) >= 1),
  at_ms bigint NOT NULL,
  PRIMARY KEY (book, n),
  FOREIGN KEY (book, journal) REFERENCES journal (book, id),
  CHECK ((day IS NULL) <> (journal IS NULL)),
  CHECK (action = 'release' OR length(why) >= 1)
);

-- Who prepared a draft, and the hash of exactly what: its lines and what every target would be sent.
CREATE TABLE journal_preparation (
  book bigint NOT NULL REFERENCES book (id),
  n bigint NOT NULL CHECK (n >= 1),
  day text COLLATE "C" NOT NULL CHECK (length(day) = 10),
  currency text COLLATE "C" NOT NULL,
  head_seq bigint NOT NULL,
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  by_person text NOT NULL CHECK (length(by_person) >= 1),
  at_ms bigint NOT NULL,
  PRIMARY KEY (book, n)
);

CREATE INDEX journal_preparation_day ON journal_preparation (book, day, currency);

CREATE FUNCTION approval_is_numbered() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last bigint;
BEGIN
  EXECUTE format('SELECT coalesce(max(n), 0) FROM %I WHERE book = $1', TG_TABLE_NAME) INTO last USING new.book;
  IF new.n <> 1 + last THEN
    RAISE EXCEPTION 'the lines of % are numbered without gaps', TG_TABLE_NAME;
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER journal_hold_in_order BEFORE INSERT ON journal_hold
FOR EACH ROW EXECUTE FUNCTION approval_is_numbered();
CREATE TRIGGER journal_preparation_in_order BEFORE INSERT ON journal_preparation
FOR EACH ROW EXECUTE FUNCTION approval_is_numbered();

CREATE FUNCTION approval_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a line of % never changes and is never deleted', TG_TABLE_NAME; END $$;
CREATE TRIGGER journal_link_no_change BEFORE UPDATE OR DELETE ON journal_link
FOR EACH ROW EXECUTE FUNCTION approval_is_immutable();
CREATE TRIGGER journal_link_no_truncate BEFORE TRUNCATE ON journal_link
FOR EACH STATEMENT EXECUTE FUNCTION approval_is_immutable();
CREATE TRIGGER journal_hold_no_change BEFORE UPDATE OR DELETE ON journal_hold
FOR EACH ROW EXECUTE FUNCTION approval_is_immutable();
CREATE TRIGGER journal_hold_no_truncate BEFORE TRUNCATE ON journal_hold
FOR EACH STATEMENT EXECUTE FUNCTION approval_is_immutable();
CREATE TRIGGER journal_preparation_no_change BEFORE UPDATE OR DELETE ON journal_preparation
FOR EACH ROW EXECUTE FUNCTION approval_is_immutable();
CREATE TRIGGER journal_preparation_no_truncate BEFORE TRUNCATE ON journal_preparation
FOR EACH STATEMENT EXECUTE FUNCTION approval_is_immutable();
