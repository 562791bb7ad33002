-- The outbox: one row per journal part and accounting system, with the exact bytes to send and the whole history of
-- what became of them. Every change of state has its line in the history, written first; the triggers see to it.

CREATE TABLE outbox (
  book bigint NOT NULL REFERENCES book (id),
  target text COLLATE "C" NOT NULL CHECK (length(target) >= 1),
  journal bigint NOT NULL,
  -- 1, 2, 3 ... of `parts`: a journal with too many lines is cut into parts that balance.
  part bigint NOT NULL CHECK (part >= 1),
  parts bigint NOT NULL,
  -- The natural key in the target.
  document text COLLATE "C" NOT NULL CHECK (length(document) BETWEEN 1 AND 21),
  state text NOT NULL CHECK (state IN ('queued', 'sending', 'unknown', 'held', 'refused', 'delivered', 'verified')),
  -- The payload in force, and how many keys it has used up.
  revision bigint NOT NULL CHECK (revision >= 1),
  generation bigint NOT NULL CHECK (generation >= 1),
  -- When the present key was sent first; null when it never was.
  sent_at_ms bigint,
  -- 1 when whatever was sent last got an HTTP answer.
  answered bigint NOT NULL CHECK (answered IN (0, 1)),
  -- Who works on it, and until when nobody else may.
  holder text COLLATE "C",
  holder_until_ms bigint,
  remote_id text COLLATE "C",
  remote_version text,
  -- The last line of its history.
  history bigint NOT NULL CHECK (history >= 0),
  queued_at_ms bigint NOT NULL,
  -- When it was last read back from the target.
  checked_at_ms bigint,
  PRIMARY KEY (book, target, journal, part),
  UNIQUE (book, target, document),
  UNIQUE (book, target, remote_id),
  FOREIGN KEY (book, journal) REFERENCES journal (book, id),
  CHECK (part <= parts),
  CHECK ((state = 'sending') = (holder IS NOT NULL)),
  CHECK ((holder IS NULL) = (holder_until_ms IS NULL)),
  CHECK ((state IN ('delivered', 'verified')) = (remote_id IS NOT NULL)),
  CHECK ((remote_id IS NULL) = (remote_version IS NULL))
);

CREATE INDEX outbox_state ON outbox (book, target, state, journal, part);

-- What was, is or will be sent: a new revision never changes an old one.
CREATE TABLE outbox_payload (
  book bigint NOT NULL,
  target text COLLATE "C" NOT NULL,
  journal bigint NOT NULL,
  part bigint NOT NULL,
  revision bigint NOT NULL CHECK (revision >= 1),
  body text NOT NULL,
  body_sha256 bytea NOT NULL CHECK (octet_length(body_sha256) = 32),
  -- The entry the body was made from, as JSON; amounts are texts of 10^-8.
  entry text NOT NULL,
  reason text NOT NULL,
  made_at_ms bigint NOT NULL,
  PRIMARY KEY (book, target, journal, part, revision),
  FOREIGN KEY (book, target, journal, part) REFERENCES outbox (book, target, journal, part) DEFERRABLE INITIALLY DEFERRED
);

-- The history of a row, line by line.
CREATE TABLE outbox_attempt (
  book bigint NOT NULL,
  target text COLLATE "C" NOT NULL,
  journal bigint NOT NULL,
  part bigint NOT NULL,
  n bigint NOT NULL CHECK (n >= 1),
  at_ms bigint NOT NULL,
  from_state text NOT NULL CHECK (from_state IN ('queued', 'sending', 'unknown', 'held', 'refused', 'delivered', 'verified')),
  to_state text NOT NULL CHECK (to_state IN ('queued', 'sending', 'unknown', 'held', 'refused', 'delivered', 'verified')),
  -- The key in use, for the target's own support.
  request_key text COLLATE "C" NOT NULL,
  message text NOT NULL,
  -- The target's own answer, where there was one worth keeping.
  evidence text,
  remote_id text COLLATE "C",
  holder text COLLATE "C" NOT NULL,
  -- The person who decided it; null for what the program did by its rules.
  by_person text CHECK (by_person IS NULL OR length(by_person) >= 1),
  PRIMARY KEY (book, target, journal, part, n),
  FOREIGN KEY (book, target, journal, part) REFERENCES outbox (book, target, journal, part)
);

-- What is known of a target as a whole. Not evidence: it may be forgotten, and is asked again.
CREATE TABLE outbox_target (
  book bigint NOT NULL REFERENCES book (id),
  target text COLLATE "C" NOT NULL,
  -- Nothing is asked of it before; null when it takes requests.
  paused_until_ms bigint,
  pause_reason text,
  -- Why the last pass could not end; null when it did.
  trouble text,
  passed_at_ms bigint,
  -- Entries changed in the target before this have been looked at, and when all of them last were.
  changes_seen_ms bigint,
  all_seen_ms bigint,
  PRIMARY KEY (book, target)
);

CREATE FUNCTION outbox_starts_queued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.state <> 'queued' OR new.revision <> 1 OR new.generation <> 1 OR new.history <> 0
    OR new.sent_at_ms IS NOT NULL
    OR NOT EXISTS (SELECT 1 FROM outbox_payload WHERE book = new.book AND target = new.target
      AND journal = new.journal AND part = new.part AND revision = 1) THEN
    RAISE EXCEPTION 'a row of the outbox starts queued, with its first payload and no history';
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER outbox_starts_queued BEFORE INSERT ON outbox
FOR EACH ROW EXECUTE FUNCTION outbox_starts_queued();

CREATE FUNCTION outbox_moves_by_the_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (new.book, new.target, new.journal, new.part, new.parts, new.document, new.queued_at_ms)
    IS DISTINCT FROM (old.book, old.target, old.journal, old.part, old.parts, old.document, old.queued_at_ms) THEN
    RAISE EXCEPTION 'a row of the outbox stays the row of its journal part';
  END IF;
  IF new.state <> old.state OR new.history <> old.history THEN
    IF (old.state, new.state) NOT IN (
      ('queued', 'sending'), ('queued', 'held'), ('queued', 'refused'),
      ('held', 'queued'), ('refused', 'queued'), ('unknown', 'sending'),
      ('sending', 'queued'), ('sending', 'unknown'), ('sending', 'held'), ('sending', 'refused'), ('sending', 'delivered'),
      ('delivered', 'verified'), ('delivered', 'queued'), ('verified', 'queued')) THEN
      RAISE EXCEPTION 'the outbox does not go that way';
    END IF;
    IF new.history <> old.history + 1 OR NOT EXISTS (SELECT 1 FROM outbox_attempt
      WHERE book = new.book AND target = new.target AND journal = new.journal AND part = new.part
        AND n = new.history AND from_state = old.state AND to_state = new.state
        -- What is delivered, and what was refused, is taken up again by a person alone.
        AND (old.state NOT IN ('delivered', 'verified', 'refused') OR new.state <> 'queued' OR by_person IS NOT NULL)) THEN
      RAISE EXCEPTION 'every change of state has its line in the history, written first';
    END IF;
  END IF;
  IF old.remote_id IS NOT NULL AND new.state IN ('delivered', 'verified') AND new.remote_id <> old.remote_id THEN
    RAISE EXCEPTION 'a delivered row stays with the entry it was delivered as';
  END IF;
  IF (new.revision, new.generation) IS DISTINCT FROM (old.revision, old.generation) AND (
    new.revision < old.revision OR new.generation < old.generation OR new.revision > old.revision + 1
    OR new.generation > old.generation + 1 OR old.state IN ('delivered', 'verified') AND new.state <> 'queued'
    OR NOT EXISTS (SELECT 1 FROM outbox_payload WHERE book = new.book AND target = new.target
      AND journal = new.journal AND part = new.part AND revision = new.revision)) THEN
    RAISE EXCEPTION 'revisions and keys only go on, one by one, and never of what is delivered';
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER outbox_moves_by_the_rules BEFORE UPDATE ON outbox
FOR EACH ROW EXECUTE FUNCTION outbox_moves_by_the_rules();

CREATE FUNCTION outbox_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'rows, payloads and history of the outbox are never deleted, payloads and history never change'; END $$;
CREATE TRIGGER outbox_no_delete BEFORE DELETE ON outbox
FOR EACH ROW EXECUTE FUNCTION outbox_is_append_only();
CREATE TRIGGER outbox_no_truncate BEFORE TRUNCATE ON outbox
FOR EACH STATEMENT EXECUTE FUNCTION outbox_is_append_only();
CREATE TRIGGER outbox_payload_no_change BEFORE UPDATE OR DELETE ON outbox_payload
FOR EACH ROW EXECUTE FUNCTION outbox_is_append_only();
CREATE TRIGGER outbox_payload_no_truncate BEFORE TRUNCATE ON outbox_payload
FOR EACH STATEMENT EXECUTE FUNCTION outbox_is_append_only();
CREATE TRIGGER outbox_attempt_no_change BEFORE UPDATE OR DELETE ON outbox_attempt
FOR EACH ROW EXECUTE FUNCTION outbox_is_append_only();
CREATE TRIGGER outbox_attempt_no_truncate BEFORE TRUNCATE ON outbox_attempt
FOR EACH STATEMENT EXECUTE FUNCTION outbox_is_append_only();

CREATE FUNCTION outbox_payload_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.revision <> 1 + (SELECT coalesce(max(revision), 0) FROM outbox_payload WHERE book = new.book
    AND target = new.target AND journal = new.journal AND part = new.part) THEN
    RAISE EXCEPTION 'payloads are numbered without gaps and never replaced';
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER outbox_payload_in_order BEFORE INSERT ON outbox_payload
FOR EACH ROW EXECUTE FUNCTION outbox_payload_in_order();

CREATE FUNCTION outbox_attempt_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.n <> 1 + (SELECT coalesce(max(n), 0) FROM outbox_attempt WHERE book = new.book
    AND target = new.target AND journal = new.journal AND part = new.part) THEN
    RAISE EXCEPTION 'the history of the outbox goes on line by line';
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER outbox_attempt_in_order BEFORE INSERT ON outbox_attempt
FOR EACH ROW EXECUTE FUNCTION outbox_attempt_in_order();
