-- The log: what arrived and what people decided about it, one record each, chained by their hashes from the first one of the book. Their
-- bodies stand apart: a record names its body by length and SHA-256, so that one can be erased and the chain still holds.
ALTER TABLE landing RENAME TO log_record;
DROP TRIGGER landing_no_update;
DROP TRIGGER landing_no_delete;
DROP TRIGGER landing_no_replace;
DROP TRIGGER landing_no_late;
ALTER TABLE log_record RENAME COLUMN fetched_at_ms TO at_ms;

CREATE TABLE log_body (
  book INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  encoding TEXT NOT NULL CHECK (encoding IN ('identity', 'zstd')),
  body BLOB NOT NULL,
  PRIMARY KEY (book, batch, item),
  FOREIGN KEY (book, batch, item) REFERENCES log_record (book, batch, item)
) STRICT;
INSERT INTO log_body SELECT book, batch, item, encoding, body FROM log_record;
ALTER TABLE log_record DROP COLUMN body;
ALTER TABLE log_record DROP COLUMN encoding;

-- SHA-256 over the hash of the record before and every field (src/evidence/record-hash.ts). Null only in records of before
-- there was a chain, until the next one is appended.
ALTER TABLE log_record ADD COLUMN hash BLOB CHECK (length(hash) = 32);

CREATE TRIGGER log_record_in_order BEFORE INSERT ON log_record
WHEN NEW.hash IS NULL OR NOT coalesce(
  (SELECT (NEW.batch = last.batch AND NEW.item = last.item + 1) OR (NEW.batch = last.batch + 1 AND NEW.item = 1)
    FROM log_record AS last WHERE last.book = NEW.book ORDER BY last.batch DESC, last.item DESC LIMIT 1),
  NEW.batch = 1 AND NEW.item = 1)
BEGIN SELECT RAISE(ABORT, 'a record of the log follows the last one of its book'); END;
-- What has been processed is complete: a record slipped into it later would be evidence of nothing.
CREATE TRIGGER log_record_no_late BEFORE INSERT ON log_record
WHEN NEW.batch <= (SELECT batch FROM processed WHERE book = NEW.book)
BEGIN SELECT RAISE(ABORT, 'a processed batch takes no more records'); END;
-- But for the hash, which a record of before gets once.
CREATE TRIGGER log_record_no_update BEFORE UPDATE ON log_record
WHEN OLD.hash IS NOT NULL OR NEW.rowid <> OLD.rowid
  OR (NEW.book, NEW.batch, NEW.item, NEW.kind, NEW.source, NEW.request, NEW.at_ms, NEW.http_status, NEW.content_type,
      NEW.body_bytes, NEW.body_sha256)
    IS NOT (OLD.book, OLD.batch, OLD.item, OLD.kind, OLD.source, OLD.request, OLD.at_ms, OLD.http_status, OLD.content_type,
      OLD.body_bytes, OLD.body_sha256)
BEGIN SELECT RAISE(ABORT, 'records of the log never change'); END;
CREATE TRIGGER log_record_no_delete BEFORE DELETE ON log_record
BEGIN SELECT RAISE(ABORT, 'records of the log are never deleted'); END;

CREATE TRIGGER log_body_no_replace BEFORE INSERT ON log_body
WHEN EXISTS (SELECT 1 FROM log_body WHERE book = NEW.book AND batch = NEW.batch AND item = NEW.item)
BEGIN SELECT RAISE(ABORT, 'this record has its body'); END;
CREATE TRIGGER log_body_no_update BEFORE UPDATE ON log_body
BEGIN SELECT RAISE(ABORT, 'bodies of the log never change'); END;
CREATE TRIGGER log_body_no_delete BEFORE DELETE ON log_body
BEGIN SELECT RAISE(ABORT, 'bodies of the log are never deleted'); END;
