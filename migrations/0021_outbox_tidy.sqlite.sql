-- `answered` decided nothing: whether a key may be used again follows from when it was used first.

ALTER TABLE outbox DROP COLUMN answered;

-- A payload that was built anew may carry another date than its journal; all others carry the journal's.
CREATE INDEX outbox_rebuilt ON outbox (book, target, journal) WHERE revision > 1;

-- A person's word that an entry of the target is no copy of ours, though it says the same; or that it is one after all.
-- The last word on each counts; what was said before stays written.
CREATE TABLE outbox_copy_word (
  book INTEGER NOT NULL REFERENCES book (id),
  n INTEGER NOT NULL CHECK (n >= 1),
  target TEXT NOT NULL CHECK (length(target) >= 1),
  -- Ours, and the target's id of the entry that looks like a copy of it.
  document TEXT NOT NULL CHECK (length(document) >= 1),
  remote_id TEXT NOT NULL CHECK (length(remote_id) >= 1),
  action TEXT NOT NULL CHECK (action IN ('dismiss', 'suspect')),
  why TEXT NOT NULL CHECK (length(why) >= 1),
  by_person TEXT NOT NULL CHECK (length(by_person) >= 1),
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, n),
  FOREIGN KEY (book, target, document) REFERENCES outbox (book, target, document)
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_copy_word_document ON outbox_copy_word (book, target, document);

CREATE TRIGGER outbox_copy_word_in_order BEFORE INSERT ON outbox_copy_word
WHEN new.n <> 1 + (SELECT coalesce(max(n), 0) FROM outbox_copy_word WHERE book = new.book)
BEGIN SELECT RAISE(ABORT, 'words on copies are numbered without gaps and never replaced'); END;
CREATE TRIGGER outbox_copy_word_no_update BEFORE UPDATE ON outbox_copy_word
BEGIN SELECT RAISE(ABORT, 'a word on a copy never changes'); END;
CREATE TRIGGER outbox_copy_word_no_delete BEFORE DELETE ON outbox_copy_word
BEGIN SELECT RAISE(ABORT, 'a word on a copy is never deleted'); END;
