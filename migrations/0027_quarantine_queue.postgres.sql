-- A row in quarantine waits until somebody decides, or until a later good answer about the same thing comes.
ALTER TABLE quarantine ADD COLUMN about text NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN ended text CHECK (ended IN ('superseded', 'read-again', 'closed'));
ALTER TABLE quarantine ADD COLUMN ended_batch bigint;
ALTER TABLE quarantine ADD COLUMN ended_item bigint;
ALTER TABLE quarantine ADD COLUMN ended_at_ms bigint;
ALTER TABLE quarantine ADD COLUMN ended_by text;
ALTER TABLE quarantine ADD COLUMN ended_why text;

-- Answers of vendors were asked again since; rows of files were not, and wait from now on.
UPDATE quarantine SET ended = 'superseded', ended_batch = batch, ended_item = item, ended_at_ms = 0
WHERE NOT EXISTS (
  SELECT 1 FROM landing AS l
  WHERE l.book = quarantine.book AND l.batch = quarantine.batch AND l.item = quarantine.item
    AND l.kind IN ('evidence-file', 'order-history')
);

CREATE INDEX quarantine_waiting ON quarantine (book, source, about) WHERE ended IS NULL;
