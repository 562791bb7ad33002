-- The exceptions queue: every exception gets a number that it keeps for ever, an owner, and a history that only grows.

ALTER TABLE exception ADD COLUMN number bigint NOT NULL DEFAULT 0;
-- How many lines of history it has.
ALTER TABLE exception ADD COLUMN events bigint NOT NULL DEFAULT 0;
-- Whom a person gave it to; null: whom the configuration names.
ALTER TABLE exception ADD COLUMN owner text;
-- How a person resolved it, while that stands.
ALTER TABLE exception ADD COLUMN resolution text;
-- What was true when it was resolved without a posting: the same check saying the same again does not open it.
ALTER TABLE exception ADD COLUMN resolved_facts text;

UPDATE exception SET number = numbered.n, events = CASE WHEN exception.status = 'closed' THEN 2 ELSE 1 END
FROM (SELECT book, source, code, object,
    row_number() OVER (PARTITION BY book ORDER BY first_seen_ms, source COLLATE "C", code COLLATE "C", object COLLATE "C") AS n
  FROM exception) AS numbered
WHERE exception.book = numbered.book AND exception.source = numbered.source AND exception.code = numbered.code
  AND exception.object = numbered.object;

CREATE UNIQUE INDEX exception_number ON exception (book, number);
-- Settling an object also forgets that a person had resolved it.
CREATE INDEX exception_resolved ON exception (book, source, object) WHERE resolved_facts IS NOT NULL;

-- One line per change: what the queue said after it. As-of reports read the last line known at an instant.
CREATE TABLE exception_event (
  book bigint NOT NULL,
  exception bigint NOT NULL,
  n bigint NOT NULL CHECK (n >= 1),
  at_ms bigint NOT NULL,
  event text NOT NULL CHECK (event IN ('opened', 'changed', 'closed', 'reopened', 'assigned', 'resolved', 'noted')),
  status text NOT NULL CHECK (status IN ('open', 'closed')),
  amount bigint,
  currency text,
  detail text NOT NULL,
  owner text,
  -- What made the change: the place in the landing; null where it was not kept.
  evidence_batch bigint,
  evidence_item bigint,
  -- The person who decided it; null for what the program found.
  by_person text CHECK (by_person IS NULL OR length(by_person) >= 1),
  why text,
  resolution text,
  PRIMARY KEY (book, exception, n),
  FOREIGN KEY (book, exception) REFERENCES exception (book, number),
  CHECK ((event IN ('assigned', 'resolved', 'noted')) = (by_person IS NOT NULL)),
  CHECK ((by_person IS NULL) = (why IS NULL))
);

CREATE INDEX exception_event_at ON exception_event (book, at_ms);

-- What older programs kept is the opening as it last looked, and the closing.
INSERT INTO exception_event (book, exception, n, at_ms, event, status, amount, currency, detail, evidence_batch, evidence_item)
SELECT book, number, 1, first_seen_ms, 'opened', 'open', amount, currency, detail, evidence_batch, evidence_item FROM exception;
INSERT INTO exception_event (book, exception, n, at_ms, event, status, amount, currency, detail)
SELECT book, number, 2, coalesce(closed_at_ms, last_seen_ms), 'closed', 'closed', amount, currency, detail
FROM exception WHERE status = 'closed';

CREATE FUNCTION exception_keeps_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (new.book, new.source, new.code, new.object, new.number)
    IS DISTINCT FROM (old.book, old.source, old.code, old.object, old.number) THEN
    RAISE EXCEPTION 'an exception keeps its number, and the number its exception';
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER exception_keeps_number BEFORE UPDATE ON exception
FOR EACH ROW EXECUTE FUNCTION exception_keeps_number();
ALTER TABLE exception ADD CONSTRAINT exception_is_numbered CHECK (number >= 1);

CREATE FUNCTION exception_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'exceptions are closed, never deleted'; END $$;
CREATE TRIGGER exception_no_delete BEFORE DELETE ON exception
FOR EACH ROW EXECUTE FUNCTION exception_no_delete();
CREATE TRIGGER exception_no_truncate BEFORE TRUNCATE ON exception
FOR EACH STATEMENT EXECUTE FUNCTION exception_no_delete();

CREATE FUNCTION exception_event_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.n <> 1 + (SELECT coalesce(max(n), 0) FROM exception_event
    WHERE book = new.book AND exception = new.exception) THEN
    RAISE EXCEPTION 'the history of an exception goes on line by line';
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER exception_event_in_order BEFORE INSERT ON exception_event
FOR EACH ROW EXECUTE FUNCTION exception_event_in_order();

CREATE FUNCTION exception_event_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the history of an exception never changes and is never deleted'; END $$;
CREATE TRIGGER exception_event_no_change BEFORE UPDATE OR DELETE ON exception_event
FOR EACH ROW EXECUTE FUNCTION exception_event_is_kept();
CREATE TRIGGER exception_event_no_truncate BEFORE TRUNCATE ON exception_event
FOR EACH STATEMENT EXECUTE FUNCTION exception_event_is_kept();
