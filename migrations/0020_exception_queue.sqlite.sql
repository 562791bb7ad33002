-- The exceptions queue: every exception gets a number that it keeps for ever, an owner, and a history that only grows.

ALTER TABLE exception ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
-- How many lines of history it has.
ALTER TABLE exception ADD COLUMN events INTEGER NOT NULL DEFAULT 0;
-- Whom a person gave it to; null: whom the configuration names.
ALTER TABLE exception ADD COLUMN owner TEXT;
-- How a person resolved it, while that stands.
ALTER TABLE exception ADD COLUMN resolution TEXT;
-- What was true when it was resolved without a posting: the same check saying the same again does not open it.
ALTER TABLE exception ADD COLUMN resolved_facts TEXT;

UPDATE exception SET number = numbered.n, events = CASE WHEN exception.status = 'closed' THEN 2 ELSE 1 END
FROM (SELECT book, source, code, object,
    row_number() OVER (PARTITION BY book ORDER BY first_seen_ms, source, code, object) AS n
  FROM exception) AS numbered
WHERE exception.book = numbered.book AND exception.source = numbered.source AND exception.code = numbered.code
  AND exception.object = numbered.object;

CREATE UNIQUE INDEX exception_number ON exception (book, number);
-- Settling an object also forgets that a person had resolved it.
CREATE INDEX exception_resolved ON exception (book, source, object) WHERE resolved_facts IS NOT NULL;

-- One line per change: what the queue said after it. As-of reports read the last line known at an instant.
CREATE TABLE exception_event (
  book INTEGER NOT NULL,
  exception INTEGER NOT NULL,
  n INTEGER NOT NULL CHECK (n >= 1),
  at_ms INTEGER NOT NULL,
  event TEXT NOT NULL CHECK (event IN ('opened', 'changed', 'closed', 'reopened', 'assigned', 'resolved', 'noted')),
  status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
  amount INTEGER,
  currency TEXT,
  detail TEXT NOT NULL,
  owner TEXT,
  -- What made the change: the place in the landing; null where it was not kept.
  evidence_batch INTEGER,
  evidence_item INTEGER,
  -- The person who decided it; null for what the program found.
  by_person TEXT CHECK (by_person IS NULL OR length(by_person) >= 1),
  why TEXT,
  resolution TEXT,
  PRIMARY KEY (book, exception, n),
  FOREIGN KEY (book, exception) REFERENCES exception (book, number),
  CHECK ((event IN ('assigned', 'resolved', 'noted')) = (by_person IS NOT NULL)),
  CHECK ((by_person IS NULL) = (why IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX exception_event_at ON exception_event (book, at_ms);

-- What older programs kept is the opening as it last looked, and the closing.
INSERT INTO exception_event (book, exception, n, at_ms, event, status, amount, currency, detail, evidence_batch, evidence_item)
SELECT book, number, 1, first_seen_ms, 'opened', 'open', amount, currency, detail, evidence_batch, evidence_item FROM exception;
INSERT INTO exception_event (book, exception, n, at_ms, event, status, amount, currency, detail)
SELECT book, number, 2, coalesce(closed_at_ms, last_seen_ms), 'closed', 'closed', amount, currency, detail
FROM exception WHERE status = 'closed';

CREATE TRIGGER exception_keeps_number BEFORE UPDATE OF book, source, code, object, number ON exception
WHEN (new.book, new.source, new.code, new.object, new.number) IS NOT (old.book, old.source, old.code, old.object, old.number)
BEGIN SELECT RAISE(ABORT, 'an exception keeps its number, and the number its exception'); END;
CREATE TRIGGER exception_is_numbered BEFORE INSERT ON exception
WHEN new.number < 1
BEGIN SELECT RAISE(ABORT, 'an exception has a number from 1'); END;
CREATE TRIGGER exception_no_delete BEFORE DELETE ON exception
BEGIN SELECT RAISE(ABORT, 'exceptions are closed, never deleted'); END;

CREATE TRIGGER exception_event_in_order BEFORE INSERT ON exception_event
WHEN new.n <> 1 + (SELECT coalesce(max(n), 0) FROM exception_event WHERE book = new.book AND exception = new.exception)
BEGIN SELECT RAISE(ABORT, 'the history of an exception goes on line by line'); END;
CREATE TRIGGER exception_event_no_update BEFORE UPDATE ON exception_event
BEGIN SELECT RAISE(ABORT, 'the history of an exception never changes'); END;
CREATE TRIGGER exception_event_no_delete BEFORE DELETE ON exception_event
BEGIN SELECT RAISE(ABORT, 'the history of an exception is never deleted'); END;
