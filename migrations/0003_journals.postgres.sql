-- Journals: the cent-exact image of sealed ranges of the ledger. Only sealed journals have rows; a draft is computed.
-- Lines are written first and the journal row closes them, so the database can check the whole and then refuse changes.

CREATE TABLE journal (
  book bigint NOT NULL REFERENCES book (id),
  -- 1, 2, 3 ... per book in the order of sealing.
  id bigint NOT NULL CHECK (id >= 1),
  -- The accounting day, and 1, 2, 3 ... within it.
  day text COLLATE "C" NOT NULL CHECK (length(day) = 10),
  number bigint NOT NULL CHECK (number >= 1),
  -- The natural key in the target.
  document text COLLATE "C" NOT NULL CHECK (length(document) BETWEEN 1 AND 21),
  -- The date in the target: later than the day when the target's books were closed.
  document_date text COLLATE "C" NOT NULL CHECK (length(document_date) = 10 AND document_date >= day),
  currency text COLLATE "C" NOT NULL,
  -- The range of ledger sequences it covers, both ends inside.
  from_seq bigint NOT NULL CHECK (from_seq >= 1),
  to_seq bigint NOT NULL,
  status text NOT NULL CHECK (status IN ('approved', 'delivered', 'verified')),
  approved_by text NOT NULL,
  approved_at_ms bigint NOT NULL,
  line_count bigint NOT NULL CHECK (line_count >= 2),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  PRIMARY KEY (book, id),
  UNIQUE (book, day, number),
  UNIQUE (book, document),
  CHECK (to_seq >= from_seq)
);

CREATE INDEX journal_document_date ON journal (book, document_date);

CREATE TABLE journal_line (
  book bigint NOT NULL,
  journal bigint NOT NULL,
  account bigint NOT NULL,
  -- Debit positive, credit negative. Rounded is a whole number of minor units and may be zero.
  exact bigint NOT NULL,
  rounded bigint NOT NULL,
  PRIMARY KEY (book, journal, account),
  FOREIGN KEY (book, journal) REFERENCES journal (book, id) DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (book, account) REFERENCES account (book, id),
  CHECK (exact <> 0 OR rounded <> 0)
);

CREATE FUNCTION journal_closes_its_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.status <> 'approved' THEN
    RAISE EXCEPTION 'a journal is sealed as approved';
  END IF;
  IF new.id <> 1 + (SELECT coalesce(max(id), 0) FROM journal WHERE book = new.book) THEN
    RAISE EXCEPTION 'journals are numbered without gaps in the order of sealing';
  END IF;
  IF new.from_seq <> 1 + (SELECT coalesce(max(to_seq), 0) FROM journal
    WHERE book = new.book AND day = new.day AND currency = new.currency) THEN
    RAISE EXCEPTION 'a journal covers ledger sequences after the last journal of its day and currency';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM (
    SELECT count(*) AS lines, sum(exact) AS exact, sum(rounded) AS rounded
    FROM journal_line WHERE book = new.book AND journal = new.id
  ) AS sealed WHERE lines = new.line_count AND exact = 0 AND rounded = 0) THEN
    RAISE EXCEPTION 'a journal sums to zero, exactly and rounded, over all the lines it says it has';
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER journal_closes_its_lines BEFORE INSERT ON journal
FOR EACH ROW EXECUTE FUNCTION journal_closes_its_lines();

CREATE FUNCTION journal_keeps_what_was_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (new.book, new.id, new.day, new.number, new.document, new.document_date, new.currency, new.from_seq, new.to_seq,
    new.approved_by, new.approved_at_ms, new.line_count, new.hash)
    IS DISTINCT FROM (old.book, old.id, old.day, old.number, old.document, old.document_date, old.currency,
    old.from_seq, old.to_seq, old.approved_by, old.approved_at_ms, old.line_count, old.hash)
    OR (old.status, new.status) NOT IN (('approved', 'delivered'), ('delivered', 'verified')) THEN
    RAISE EXCEPTION 'a sealed journal never changes, and its status only goes on';
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER journal_keeps_what_was_sealed BEFORE UPDATE ON journal
FOR EACH ROW EXECUTE FUNCTION journal_keeps_what_was_sealed();

CREATE FUNCTION journal_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a sealed journal and its lines never change and are never deleted'; END $$;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
FOR EACH ROW EXECUTE FUNCTION journal_is_immutable();
CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal
FOR EACH STATEMENT EXECUTE FUNCTION journal_is_immutable();
CREATE TRIGGER journal_line_no_change BEFORE UPDATE OR DELETE ON journal_line
FOR EACH ROW EXECUTE FUNCTION journal_is_immutable();
CREATE TRIGGER journal_line_no_truncate BEFORE TRUNCATE ON journal_line
FOR EACH STATEMENT EXECUTE FUNCTION journal_is_immutable();

CREATE FUNCTION journal_line_before_its_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM journal WHERE book = new.book AND id = new.journal) THEN
    RAISE EXCEPTION 'a sealed journal takes no more lines';
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER journal_line_before_its_journal BEFORE INSERT ON journal_line
FOR EACH ROW EXECUTE FUNCTION journal_line_before_its_journal();
