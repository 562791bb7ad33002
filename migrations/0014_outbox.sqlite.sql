-- The outbox: one row per journal part and accounting system, with the exact bytes to send and the whole history of
-- what became of them. Every change of state has its line in the history, written first; the triggers see to it.

CREATE TABLE outbox (
  book INTEGER NOT NULL REFERENCES book (id),
  target TEXT NOT NULL CHECK (length(target) >= 1),
  journal INTEGER NOT NULL,
  -- 1, 2, 3 ... of `parts`: a journal with too many lines is cut into parts that balance.
  part INTEGER NOT NULL CHECK (part >= 1),
  parts INTEGER NOT NULL,
  -- The natural key in the target.
  document TEXT NOT NULL CHECK (length(document) BETWEEN 1 AND 21),
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'unknown', 'held', 'refused', 'delivered', 'verified')),
  -- The payload in force, and how many keys it has used up.
  revision INTEGER NOT NULL CHECK (revision >= 1),
  generation INTEGER NOT NULL CHECK (generation >= 1),
  -- When the present key was sent first; null when it never was.
  sent_at_ms INTEGER,
  -- 1 when whatever was sent last got an HTTP answer.
  answered INTEGER NOT NULL CHECK (answered IN (0, 1)),
  -- Who works on it, and until when nobody else may.
  holder TEXT,
  holder_until_ms INTEGER,
  remote_id TEXT,
  remote_version TEXT,
  -- The last line of its history.
  history INTEGER NOT NULL CHECK (history >= 0),
  queued_at_ms INTEGER NOT NULL,
  -- When it was last read back from the target.
  checked_at_ms INTEGER,
  PRIMARY KEY (book, target, journal, part),
  UNIQUE (book, target, document),
  UNIQUE (book, target, remote_id),
  FOREIGN KEY (book, journal) REFERENCES journal (book, id),
  CHECK (part <= parts),
  CHECK ((state = 'sending') = (holder IS NOT NULL)),
  CHECK ((holder IS NULL) = (holder_until_ms IS NULL)),
  CHECK ((state IN ('delivered', 'verified')) = (remote_id IS NOT NULL)),
  CHECK ((remote_id IS NULL) = (remote_version IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_state ON outbox (book, target, state, journal, part);

-- What was, is or will be sent: a new revision never changes an old one.
CREATE TABLE outbox_payload (
  book INTEGER NOT NULL,
  target TEXT NOT NULL,
  journal INTEGER NOT NULL,
  part INTEGER NOT NULL,
  revision INTEGER NOT NULL CHECK (revision >= 1),
  body TEXT NOT NULL,
  body_sha256 BLOB NOT NULL CHECK (length(body_sha256) = 32),
  -- The entry the body was made from, as JSON; amounts are texts of 10^-8.
  entry TEXT NOT NULL,
  reason TEXT NOT NULL,
  made_at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, target, journal, part, revision),
  FOREIGN KEY (book, target, journal, part) REFERENCES outbox (book, target, journal, part) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

-- The history of a row, line by line.
CREATE TABLE outbox_attempt (
  book INTEGER NOT NULL,
  target TEXT NOT NULL,
  journal INTEGER NOT NULL,
  part INTEGER NOT NULL,
  n INTEGER NOT NULL CHECK (n >= 1),
  at_ms INTEGER NOT NULL,
  from_state TEXT NOT NULL CHECK (from_state IN ('queued', 'sending', 'unknown', 'held', 'refused', 'delivered', 'verified')),
  to_state TEXT NOT NULL CHECK (to_state IN ('queued', 'sending', 'unknown', 'held', 'refused', 'delivered', 'verified')),
  -- The key in use, for the target's own support.
  request_key TEXT NOT NULL,
  message TEXT NOT NULL,
  -- The target's own answer, where there was one worth keeping.
  evidence TEXT,
  remote_id TEXT,
  holder TEXT NOT NULL,
  -- The person who decided it; null for what the program did by its rules.
  by_person TEXT CHECK (by_person IS NULL OR length(by_person) >= 1),
  PRIMARY KEY (book, target, journal, part, n),
  FOREIGN KEY (book, target, journal, part) REFERENCES outbox (book, target, journal, part)
) STRICT, WITHOUT ROWID;

-- What is known of a target as a whole. Not evidence: it may be forgotten, and is asked again.
CREATE TABLE outbox_target (
  book INTEGER NOT NULL REFERENCES book (id),
  target TEXT NOT NULL,
  -- Nothing is asked of it before; null when it takes requests.
  paused_until_ms INTEGER,
  pause_reason TEXT,
  -- Why the last pass could not end; null when it did.
  trouble TEXT,
  passed_at_ms INTEGER,
  -- Entries changed in the target before this have been looked at, and when all of them last were.
  changes_seen_ms INTEGER,
  all_seen_ms INTEGER,
  PRIMARY KEY (book, target)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER outbox_starts_queued BEFORE INSERT ON outbox
BEGIN
  SELECT RAISE(ABORT, 'a row of the outbox starts queued, with its first payload and no history')
  WHERE new.state <> 'queued' OR new.revision <> 1 OR new.generation <> 1 OR new.history <> 0
    OR new.sent_at_ms IS NOT NULL
    OR NOT EXISTS (SELECT 1 FROM outbox_payload WHERE book = new.book AND target = new.target
      AND journal = new.journal AND part = new.part AND revision = 1);
  SELECT RAISE(ABORT, 'this row of the outbox exists')
  WHERE EXISTS (SELECT 1 FROM outbox WHERE book = new.book AND target = new.target
    AND ((journal = new.journal AND part = new.part) OR document = new.document));
END;

CREATE TRIGGER outbox_keeps_what_it_is BEFORE UPDATE ON outbox
WHEN (new.book, new.target, new.journal, new.part, new.parts, new.document, new.queued_at_ms)
  IS NOT (old.book, old.target, old.journal, old.part, old.parts, old.document, old.queued_at_ms)
BEGIN SELECT RAISE(ABORT, 'a row of the outbox stays the row of its journal part'); END;

CREATE TRIGGER outbox_moves_by_the_rules BEFORE UPDATE ON outbox
WHEN new.state <> old.state OR new.history <> old.history
BEGIN
  SELECT RAISE(ABORT, 'the outbox does not go that way')
  WHERE (old.state, new.state) NOT IN (VALUES
    ('queued', 'sending'), ('queued', 'held'), ('queued', 'refused'),
    ('held', 'queued'), ('refused', 'queued'), ('unknown', 'sending'),
    ('sending', 'queued'), ('sending', 'unknown'), ('sending', 'held'), ('sending', 'refused'), ('sending', 'delivered'),
    ('delivered', 'verified'), ('delivered', 'queued'), ('verified', 'queued'));
  SELECT RAISE(ABORT, 'every change of state has its line in the history, written first')
  WHERE new.history <> old.history + 1 OR NOT EXISTS (SELECT 1 FROM outbox_attempt
    WHERE book = new.book AND target = new.target AND journal = new.journal AND part = new.part
      AND n = new.history AND from_state = old.state AND to_state = new.state
      -- What is delivered, and what was refused, is taken up again by a person alone.
      AND (old.state NOT IN ('delivered', 'verified', 'refused') OR new.state <> 'queued' OR by_person IS NOT NULL));
END;

CREATE TRIGGER outbox_keeps_its_entry BEFORE UPDATE ON outbox
WHEN old.remote_id IS NOT NULL AND new.state IN ('delivered', 'verified') AND new.remote_id <> old.remote_id
BEGIN SELECT RAISE(ABORT, 'a delivered row stays with the entry it was delivered as'); END;

CREATE TRIGGER outbox_counts_up BEFORE UPDATE ON outbox
WHEN (new.revision, new.generation) IS NOT (old.revision, old.generation)
BEGIN
  SELECT RAISE(ABORT, 'revisions and keys only go on, one by one, and never of what is delivered')
  WHERE new.revision < old.revision OR new.generation < old.generation OR new.revision > old.revision + 1
    OR new.generation > old.generation + 1 OR old.state IN ('delivered', 'verified') AND new.state <> 'queued'
    OR NOT EXISTS (SELECT 1 FROM outbox_payload WHERE book = new.book AND target = new.target
      AND journal = new.journal AND part = new.part AND revision = new.revision);
END;

CREATE TRIGGER outbox_no_delete BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'a row of the outbox is never deleted'); END;

CREATE TRIGGER outbox_payload_in_order BEFORE INSERT ON outbox_payload
WHEN new.revision <> 1 + (SELECT coalesce(max(revision), 0) FROM outbox_payload WHERE book = new.book
  AND target = new.target AND journal = new.journal AND part = new.part)
BEGIN SELECT RAISE(ABORT, 'payloads are numbered without gaps and never replaced'); END;
CREATE TRIGGER outbox_payload_no_update BEFORE UPDATE ON outbox_payload
BEGIN SELECT RAISE(ABORT, 'a payload never changes'); END;
CREATE TRIGGER outbox_payload_no_delete BEFORE DELETE ON outbox_payload
BEGIN SELECT RAISE(ABORT, 'a payload is never deleted'); END;

CREATE TRIGGER outbox_attempt_in_order BEFORE INSERT ON outbox_attempt
WHEN new.n <> 1 + (SELECT coalesce(max(n), 0) FROM outbox_attempt WHERE book = new.book
  AND target = new.target AND journal = new.journal AND part = new.part)
BEGIN SELECT RAISE(ABORT, 'the history of the outbox goes on line by line'); END;
CREATE TRIGGER outbox_attempt_no_update BEFORE UPDATE ON outbox_attempt
BEGIN SELECT RAISE(ABORT, 'the history of the outbox never changes'); END;
CREATE TRIGGER outbox_attempt_no_delete BEFORE DELETE ON outbox_attempt
BEGIN SELECT RAISE(ABORT, 'the history of the outbox is never deleted'); END;
