-- The log: what arrived and what people decided about it, one record each, chained by their hashes from the first one of the book. Their
-- bodies stand apart: a record names its body by length and SHA-256, so that one can be erased and the chain still holds.
ALTER TABLE landing RENAME TO log_record;
DROP TRIGGER landing_no_change ON log_record;
DROP TRIGGER landing_no_truncate ON log_record;
DROP TRIGGER landing_no_late ON log_record;
DROP FUNCTION landing_is_immutable();
DROP FUNCTION landing_is_complete();
ALTER INDEX landing_pkey RENAME TO log_record_pkey;
ALTER TABLE log_record RENAME CONSTRAINT landing_book_fkey TO log_record_book_fkey;
ALTER TABLE log_record RENAME COLUMN fetched_at_ms TO at_ms;

CREATE TABLE log_body (
  book bigint NOT NULL,
  batch bigint NOT NULL,
  item bigint NOT NULL,
  encoding text NOT NULL CHECK (encoding IN ('identity', 'zstd')),
  body bytea NOT NULL,
  PRIMARY KEY (book, batch, item),
  FOREIGN KEY (book, batch, item) REFERENCES log_record (book, batch, item)
);
INSERT INTO log_body SELECT book, batch, item, encoding, body FROM log_record;
ALTER TABLE log_record DROP COLUMN body;
ALTER TABLE log_record DROP COLUMN encoding;

-- SHA-256 over the hash of the record before and every field (src/evidence/record-hash.ts). Null only in records of before
-- there was a chain, until the next one is appended.
ALTER TABLE log_record ADD COLUMN hash bytea CHECK (octet_length(hash) = 32);

CREATE FUNCTION log_record_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.hash IS NULL OR NOT coalesce(
    (SELECT (NEW.batch = last.batch AND NEW.item = last.item + 1) OR (NEW.batch = last.batch + 1 AND NEW.item = 1)
      FROM log_record AS last WHERE last.book = NEW.book ORDER BY last.batch DESC, last.item DESC LIMIT 1),
    NEW.batch = 1 AND NEW.item = 1)
  THEN
    RAISE EXCEPTION 'a record of the log follows the last one of its book' USING ERRCODE = 'restrict_violation';
  END IF;
  -- What has been processed is complete: a record slipped into it later would be evidence of nothing.
  IF NEW.batch <= (SELECT batch FROM processed WHERE book = NEW.book) THEN
    RAISE EXCEPTION 'a processed batch takes no more records' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER log_record_in_order BEFORE INSERT ON log_record FOR EACH ROW EXECUTE FUNCTION log_record_in_order();
CREATE TRIGGER log_record_no_update BEFORE UPDATE OF book, batch, item, kind, source, request, at_ms, http_status, content_type, body_bytes, body_sha256 ON log_record
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('records of the log never change');
CREATE TRIGGER log_record_chained_once BEFORE UPDATE OF hash ON log_record
  FOR EACH ROW WHEN (OLD.hash IS NOT NULL) EXECUTE FUNCTION refuse_row('records of the log never change');
CREATE TRIGGER log_record_no_delete BEFORE DELETE OR TRUNCATE ON log_record
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('records of the log are never deleted');
CREATE TRIGGER log_body_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON log_body
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('bodies of the log never change and are never deleted');

-- By the table's new name.
CREATE OR REPLACE FUNCTION follows_landing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The highest number and not EXISTS, for which the planner would read the log from its beginning, row after row.
  IF coalesce((SELECT max(batch) FROM log_record WHERE book = NEW.book), 0)
    <= coalesce((SELECT batch FROM processed WHERE book = NEW.book), 0)
  THEN
    RAISE EXCEPTION 'rows of % come and change while a landed batch is being processed', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION processed_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.book <> OLD.book OR NEW.batch < OLD.batch
    OR NEW.batch > coalesce((SELECT max(batch) FROM log_record WHERE book = NEW.book), 0)
  THEN
    RAISE EXCEPTION 'what is processed moves on through the landing, and never back'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
