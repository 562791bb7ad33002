-- `answered` decided nothing: whether a key may be used again follows from when it was used first.

ALTER TABLE outbox DROP COLUMN answered;

-- A payload that was built anew may carry another date than its journal; all others carry the journal's.
CREATE INDEX outbox_rebuilt ON outbox (book, target, journal) WHERE revision > 1;

-- A person's word that an entry of the target is no copy of ours, though it says the same; or that it is one after all.
-- The last word on each counts; what was said before stays written.
CREATE TABLE outbox_copy_word (
  book bigint NOT NULL REFERENCES book (id),
  n bigint NOT NULL CHECK (n >= 1),
  target text COLLATE "C" NOT NULL CHECK (length(target) >= 1),
  -- Ours, and the target's id of the entry that looks like a copy of it.
  document text COLLATE "C" NOT NULL CHECK (length(document) >= 1),
  remote_id text COLLATE "C" NOT NULL CHECK (length(remote_id) >= 1),
  action text NOT NULL CHECK (action IN ('dismiss', 'suspect')),
  why text NOT NULL CHECK (length(why) >= 1),
  by_person text NOT NULL CHECK (length(by_person) >= 1),
  at_ms bigint NOT NULL,
  PRIMARY KEY (book, n),
  FOREIGN KEY (book, target, document) REFERENCES outbox (book, target, document)
);

CREATE INDEX outbox_copy_word_document ON outbox_copy_word (book, target, document);

CREATE TRIGGER outbox_copy_word_in_order BEFORE INSERT ON outbox_copy_word
FOR EACH ROW EXECUTE FUNCTION approval_is_numbered();
CREATE TRIGGER outbox_copy_word_no_change BEFORE UPDATE OR DELETE ON outbox_copy_word
FOR EACH ROW EXECUTE FUNCTION outbox_is_append_only();
CREATE TRIGGER outbox_copy_word_no_truncate BEFORE TRUNCATE ON outbox_copy_word
FOR EACH STATEMENT EXECUTE FUNCTION outbox_is_append_only();
