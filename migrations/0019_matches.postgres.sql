-- Matches: which statement lines settle which open items, by a rule or by a person, and what a person has refused. All of
-- it follows from the landing. How much of a line or an item is matched is the sum of its active legs: kept here by
-- triggers, so that no program can match anything twice.

CREATE TABLE match_group (
  book bigint NOT NULL REFERENCES book (id),
  id bigint NOT NULL CHECK (id >= 1),
  status text NOT NULL CHECK (status IN ('proposed', 'active', 'undone')),
  -- A step of the cascade; "rule": the line settles by itself; the others are a person's word.
  step text NOT NULL CHECK (step IN (
    'reference', 'group', 'exact', 'fee', 'subset', 'tolerance', 'rule', 'decision', 'ignored', 'written-off')),
  origin text NOT NULL CHECK (origin IN ('automatic', 'human')),
  -- Per cent.
  confidence bigint NOT NULL CHECK (confidence BETWEEN 0 AND 100),
  -- Line legs less item legs.
  residual bigint NOT NULL,
  fee_rule text,
  -- JSON: what the residual is, or what a line without an item means.
  how text NOT NULL,
  reason text NOT NULL,
  batch bigint NOT NULL,
  item bigint NOT NULL,
  decided_by text,
  decided_why text,
  decided_at_ms bigint,
  undone_batch bigint,
  undone_item bigint,
  undone_by text,
  undone_why text,
  undone_at_ms bigint,
  PRIMARY KEY (book, id),
  CHECK ((origin = 'human') = (decided_by IS NOT NULL)),
  CHECK ((decided_by IS NULL) = (decided_why IS NULL) AND (decided_by IS NULL) = (decided_at_ms IS NULL)),
  CHECK ((status = 'undone') = (undone_batch IS NOT NULL) AND (undone_batch IS NULL) = (undone_item IS NULL)),
  CHECK (status <> 'undone' OR origin = 'automatic' OR undone_by IS NOT NULL)
);

CREATE INDEX match_group_status ON match_group (book, status, id) WHERE status = 'proposed';
CREATE INDEX match_group_batch ON match_group (book, batch);

CREATE TABLE match_leg (
  book bigint NOT NULL,
  match bigint NOT NULL,
  side text NOT NULL CHECK (side IN ('line', 'item')),
  -- statement_line.id or open_item.id.
  ref bigint NOT NULL,
  -- How much of it, signed like it.
  amount bigint NOT NULL CHECK (amount <> 0),
  -- JSON: what a line posts by this match, by transaction kind; null while something is missing, such as a rate.
  posts text,
  PRIMARY KEY (book, match, side, ref),
  FOREIGN KEY (book, match) REFERENCES match_group (book, id)
);

-- With the amount, so that adding up a line's matches reads this index alone.
CREATE INDEX match_leg_ref ON match_leg (book, side, ref, match, amount);
-- Lines whose match could not be booked yet.
CREATE INDEX match_leg_waiting ON match_leg (book, match) WHERE side = 'line' AND posts IS NULL;

-- By which references automatic matches can be found again when newer evidence names the same.
CREATE TABLE match_reference (
  book bigint NOT NULL REFERENCES book (id),
  reference text NOT NULL,
  match bigint NOT NULL,
  PRIMARY KEY (book, reference, match)
);

-- What newer evidence of the same amount may put in doubt.
CREATE INDEX statement_line_matched_amount ON statement_line (book, currency, amount) WHERE disposition = 'matched';
CREATE INDEX open_item_settled_amount ON open_item (book, currency, amount) WHERE status = 'settled';
CREATE INDEX match_group_loose ON match_group (book, id) WHERE status = 'active' AND origin = 'automatic' AND step IN ('fee', 'subset');

-- A pair a person has separated: never matched again by a rule. Item 0: the rule that settled the line by itself.
CREATE TABLE match_refusal (
  book bigint NOT NULL REFERENCES book (id),
  line bigint NOT NULL,
  open_item bigint NOT NULL,
  batch bigint NOT NULL,
  item bigint NOT NULL,
  decided_by text NOT NULL,
  decided_why text NOT NULL,
  decided_at_ms bigint NOT NULL,
  PRIMARY KEY (book, line, open_item)
);

-- Every decision as it was taken, for the control log.
CREATE TABLE match_decision (
  book bigint NOT NULL REFERENCES book (id),
  batch bigint NOT NULL,
  item bigint NOT NULL,
  decide text NOT NULL,
  decided_by text NOT NULL,
  decided_why text NOT NULL,
  decided_at_ms bigint NOT NULL,
  -- JSON: the decision itself, and the match it made or ended.
  request text NOT NULL,
  match bigint,
  PRIMARY KEY (book, batch, item)
);

-- What each reconciliation came to: counts and sums of every line it looked at.
CREATE TABLE match_run (
  book bigint NOT NULL REFERENCES book (id),
  batch bigint NOT NULL,
  item bigint NOT NULL,
  day text COLLATE "C" NOT NULL,
  at_ms bigint NOT NULL,
  summary text NOT NULL,
  -- The highest number of a match so far: numbers of proposals that went are not given again.
  last_match bigint NOT NULL,
  PRIMARY KEY (book, batch, item)
);

CREATE FUNCTION match_leg_names() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.side = 'line' AND NOT EXISTS (SELECT 1 FROM statement_line WHERE book = NEW.book AND id = NEW.ref AND uncounted IS NULL))
    OR (NEW.side = 'item' AND NOT EXISTS (SELECT 1 FROM open_item WHERE book = NEW.book AND id = NEW.ref))
    OR (SELECT status FROM match_group WHERE book = NEW.book AND id = NEW.match) = 'undone'
  THEN
    RAISE EXCEPTION 'a match names counted lines and open items of its book, and gets no legs once it is undone'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER match_leg_names BEFORE INSERT ON match_leg FOR EACH ROW EXECUTE FUNCTION match_leg_names();

CREATE FUNCTION match_leg_counts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  owner match_group%ROWTYPE;
BEGIN
  SELECT * INTO owner FROM match_group WHERE book = NEW.book AND id = NEW.match;
  IF owner.status <> 'active' THEN RETURN NULL; END IF;
  IF NEW.side = 'line' THEN
    UPDATE statement_line SET
      matched = matched + NEW.amount,
      disposition = CASE WHEN matched + NEW.amount <> amount THEN 'open' WHEN owner.step = 'ignored' THEN 'ignored' ELSE 'matched' END
    WHERE book = NEW.book AND id = NEW.ref;
  ELSE
    UPDATE open_item SET
      matched = matched + NEW.amount,
      status = CASE WHEN matched + NEW.amount = amount THEN 'settled' ELSE 'open' END
    WHERE book = NEW.book AND id = NEW.ref;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER match_leg_counts AFTER INSERT ON match_leg FOR EACH ROW EXECUTE FUNCTION match_leg_counts();

CREATE FUNCTION match_group_counts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  sign bigint := CASE NEW.status WHEN 'active' THEN 1 ELSE -1 END;
BEGIN
  UPDATE statement_line s SET
    matched = s.matched + sign * l.amount,
    disposition = CASE WHEN sign = -1 OR s.matched + l.amount <> s.amount THEN 'open' WHEN NEW.step = 'ignored' THEN 'ignored' ELSE 'matched' END
  FROM match_leg l
  WHERE l.book = NEW.book AND l.match = NEW.id AND l.side = 'line' AND s.book = l.book AND s.id = l.ref;
  UPDATE open_item o SET
    matched = o.matched + sign * l.amount,
    status = CASE WHEN sign = 1 AND o.matched + l.amount = o.amount THEN 'settled' ELSE 'open' END
  FROM match_leg l
  WHERE l.book = NEW.book AND l.match = NEW.id AND l.side = 'item' AND o.book = l.book AND o.id = l.ref;
  RETURN NULL;
END $$;
CREATE TRIGGER match_group_counts AFTER UPDATE OF status ON match_group FOR EACH ROW
  WHEN ((OLD.status = 'active') <> (NEW.status = 'active')) EXECUTE FUNCTION match_group_counts();

CREATE FUNCTION match_group_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = 'undone' OR (OLD.status = 'active' AND NEW.status NOT IN ('active', 'undone'))
    OR (OLD.status = 'proposed' AND NEW.status = 'undone')
    OR NEW.book <> OLD.book OR NEW.id <> OLD.id OR NEW.step <> OLD.step OR NEW.confidence <> OLD.confidence
    OR NEW.residual <> OLD.residual OR NEW.fee_rule IS DISTINCT FROM OLD.fee_rule OR NEW.how <> OLD.how
    OR (OLD.status = 'active' AND (NEW.origin <> OLD.origin OR NEW.decided_by IS DISTINCT FROM OLD.decided_by
      OR NEW.decided_why IS DISTINCT FROM OLD.decided_why OR NEW.decided_at_ms IS DISTINCT FROM OLD.decided_at_ms
      OR NEW.batch <> OLD.batch OR NEW.item <> OLD.item))
  THEN
    RAISE EXCEPTION 'a match is confirmed once and undone once, and nothing else of it changes'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER match_group_keeps BEFORE UPDATE ON match_group FOR EACH ROW EXECUTE FUNCTION match_group_keeps();

CREATE FUNCTION match_group_starts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status = 'undone' THEN
    RAISE EXCEPTION 'a match is made before it is undone' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER match_group_starts BEFORE INSERT ON match_group FOR EACH ROW EXECUTE FUNCTION match_group_starts();

CREATE FUNCTION match_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was text;
BEGIN
  IF TG_TABLE_NAME = 'match_group' THEN was := OLD.status;
  ELSE SELECT status INTO was FROM match_group WHERE book = OLD.book AND id = OLD.match;
  END IF;
  IF was <> 'proposed' THEN
    RAISE EXCEPTION 'a match is undone and never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER match_group_no_delete BEFORE DELETE ON match_group FOR EACH ROW EXECUTE FUNCTION match_no_delete();
CREATE TRIGGER match_leg_no_delete BEFORE DELETE ON match_leg FOR EACH ROW EXECUTE FUNCTION match_no_delete();
CREATE TRIGGER match_group_no_truncate BEFORE TRUNCATE ON match_group
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a match is undone and never deleted');
CREATE TRIGGER match_leg_no_truncate BEFORE TRUNCATE ON match_leg
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a match is undone and never deleted');

CREATE FUNCTION match_leg_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.posts IS NOT NULL OR NEW.posts IS NULL OR NEW.book <> OLD.book OR NEW.match <> OLD.match
    OR NEW.side <> OLD.side OR NEW.ref <> OLD.ref OR NEW.amount <> OLD.amount
  THEN
    RAISE EXCEPTION 'a leg of a match never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER match_leg_keeps BEFORE UPDATE ON match_leg FOR EACH ROW EXECUTE FUNCTION match_leg_keeps();

-- One function for both tables: a line or an item holds the sum of its active legs.
CREATE FUNCTION matched_is_sum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.matched <> (SELECT coalesce(sum(l.amount), 0) FROM match_leg l
    WHERE l.book = NEW.book AND l.side = TG_ARGV[0] AND l.ref = NEW.id
      -- A subquery and no join: the legs of one line are looked up first, whatever the planner knows.
      AND (SELECT status FROM match_group g WHERE g.book = l.book AND g.id = l.match) = 'active')
  THEN
    RAISE EXCEPTION 'what is matched of rows of % is the sum of their matches', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER statement_line_matched BEFORE UPDATE OF matched ON statement_line
  FOR EACH ROW EXECUTE FUNCTION matched_is_sum('line');
CREATE TRIGGER open_item_matched BEFORE UPDATE OF matched ON open_item
  FOR EACH ROW EXECUTE FUNCTION matched_is_sum('item');

CREATE FUNCTION starts_unmatched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % start unmatched', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER statement_line_starts_unmatched BEFORE INSERT ON statement_line
  FOR EACH ROW WHEN (NEW.matched <> 0) EXECUTE FUNCTION starts_unmatched();
CREATE TRIGGER open_item_starts_unmatched BEFORE INSERT ON open_item
  FOR EACH ROW WHEN (NEW.matched <> 0) EXECUTE FUNCTION starts_unmatched();

CREATE TRIGGER match_decision_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON match_decision
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a decision never changes, take another');
