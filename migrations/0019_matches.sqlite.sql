-- Matches: which statement lines settle which open items, by a rule or by a person, and what a person has refused. All of
-- it follows from the landing. How much of a line or an item is matched is the sum of its active legs: kept here by
-- triggers, so that no program can match anything twice.

CREATE TABLE match_group (
  book INTEGER NOT NULL REFERENCES book (id),
  id INTEGER NOT NULL CHECK (id >= 1),
  status TEXT NOT NULL CHECK (status IN ('proposed', 'active', 'undone')),
  -- A step of the cascade; "rule": the line settles by itself; the others are a person's word.
  step TEXT NOT NULL CHECK (step IN (
    'reference', 'group', 'exact', 'fee', 'subset', 'tolerance', 'rule', 'decision', 'ignored', 'written-off')),
  origin TEXT NOT NULL CHECK (origin IN ('automatic', 'human')),
  -- Per cent.
  confidence INTEGER NOT NULL CHECK (confidence BETWEEN 0 AND 100),
  -- Line legs less item legs.
  residual INTEGER NOT NULL,
  fee_rule TEXT,
  -- JSON: what the residual is, or what a line without an item means.
  how TEXT NOT NULL,
  reason TEXT NOT NULL,
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  decided_by TEXT,
  decided_why TEXT,
  decided_at_ms INTEGER,
  undone_batch INTEGER,
  undone_item INTEGER,
  undone_by TEXT,
  undone_why TEXT,
  undone_at_ms INTEGER,
  PRIMARY KEY (book, id),
  CHECK ((origin = 'human') = (decided_by IS NOT NULL)),
  CHECK ((decided_by IS NULL) = (decided_why IS NULL) AND (decided_by IS NULL) = (decided_at_ms IS NULL)),
  CHECK ((status = 'undone') = (undone_batch IS NOT NULL) AND (undone_batch IS NULL) = (undone_item IS NULL)),
  CHECK (status <> 'undone' OR origin = 'automatic' OR undone_by IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX match_group_status ON match_group (book, status, id) WHERE status = 'proposed';
CREATE INDEX match_group_batch ON match_group (book, batch);

CREATE TABLE match_leg (
  book INTEGER NOT NULL,
  match INTEGER NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('line', 'item')),
  -- statement_line.id or open_item.id.
  ref INTEGER NOT NULL,
  -- How much of it, signed like it.
  amount INTEGER NOT NULL CHECK (amount <> 0),
  -- JSON: what a line posts by this match, by transaction kind; null while something is missing, such as a rate.
  posts TEXT,
  PRIMARY KEY (book, match, side, ref),
  FOREIGN KEY (book, match) REFERENCES match_group (book, id)
) STRICT, WITHOUT ROWID;

-- With the amount, so that adding up a line's matches reads this index alone.
CREATE INDEX match_leg_ref ON match_leg (book, side, ref, match, amount);
-- Lines whose match could not be booked yet.
CREATE INDEX match_leg_waiting ON match_leg (book, match) WHERE side = 'line' AND posts IS NULL;

-- By which references automatic matches can be found again when newer evidence names the same.
CREATE TABLE match_reference (
  book INTEGER NOT NULL REFERENCES book (id),
  reference TEXT NOT NULL,
  match INTEGER NOT NULL,
  PRIMARY KEY (book, reference, match)
) STRICT, WITHOUT ROWID;

-- What newer evidence of the same amount may put in doubt.
CREATE INDEX statement_line_matched_amount ON statement_line (book, currency, amount) WHERE disposition = 'matched';
CREATE INDEX open_item_settled_amount ON open_item (book, currency, amount) WHERE status = 'settled';
CREATE INDEX match_group_loose ON match_group (book, id) WHERE status = 'active' AND origin = 'automatic' AND step IN ('fee', 'subset');

-- A pair a person has separated: never matched again by a rule. Item 0: the rule that settled the line by itself.
CREATE TABLE match_refusal (
  book INTEGER NOT NULL REFERENCES book (id),
  line INTEGER NOT NULL,
  open_item INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  decided_by TEXT NOT NULL,
  decided_why TEXT NOT NULL,
  decided_at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, line, open_item)
) STRICT, WITHOUT ROWID;

-- Every decision as it was taken, for the control log.
CREATE TABLE match_decision (
  book INTEGER NOT NULL REFERENCES book (id),
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  decide TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_why TEXT NOT NULL,
  decided_at_ms INTEGER NOT NULL,
  -- JSON: the decision itself, and the match it made or ended.
  request TEXT NOT NULL,
  match INTEGER,
  PRIMARY KEY (book, batch, item)
) STRICT, WITHOUT ROWID;

-- What each reconciliation came to: counts and sums of every line it looked at.
CREATE TABLE match_run (
  book INTEGER NOT NULL REFERENCES book (id),
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  day TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  summary TEXT NOT NULL,
  -- The highest number of a match so far: numbers of proposals that went are not given again.
  last_match INTEGER NOT NULL,
  PRIMARY KEY (book, batch, item)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER match_leg_counts AFTER INSERT ON match_leg
WHEN (SELECT status FROM match_group WHERE book = new.book AND id = new.match) = 'active'
BEGIN
  UPDATE statement_line SET
    matched = matched + new.amount,
    disposition = CASE WHEN matched + new.amount <> amount THEN 'open'
      WHEN (SELECT step FROM match_group WHERE book = new.book AND id = new.match) = 'ignored' THEN 'ignored'
      ELSE 'matched' END
  WHERE new.side = 'line' AND book = new.book AND id = new.ref;
  UPDATE open_item SET
    matched = matched + new.amount,
    status = CASE WHEN matched + new.amount = amount THEN 'settled' ELSE 'open' END
  WHERE new.side = 'item' AND book = new.book AND id = new.ref;
END;

CREATE TRIGGER match_leg_names BEFORE INSERT ON match_leg
WHEN (new.side = 'line' AND NOT EXISTS (SELECT 1 FROM statement_line WHERE book = new.book AND id = new.ref AND uncounted IS NULL))
  OR (new.side = 'item' AND NOT EXISTS (SELECT 1 FROM open_item WHERE book = new.book AND id = new.ref))
  OR (SELECT status FROM match_group WHERE book = new.book AND id = new.match) = 'undone'
BEGIN SELECT RAISE(ABORT, 'a match names counted lines and open items of its book, and gets no legs once it is undone'); END;

CREATE TRIGGER match_group_counts AFTER UPDATE OF status ON match_group
WHEN (old.status = 'active') <> (new.status = 'active')
BEGIN
  UPDATE statement_line SET
    matched = matched + (SELECT CASE new.status WHEN 'active' THEN l.amount ELSE -l.amount END FROM match_leg l
      WHERE l.book = new.book AND l.match = new.id AND l.side = 'line' AND l.ref = statement_line.id),
    disposition = CASE WHEN new.status = 'active' AND matched + (SELECT l.amount FROM match_leg l
        WHERE l.book = new.book AND l.match = new.id AND l.side = 'line' AND l.ref = statement_line.id) = amount
      THEN CASE new.step WHEN 'ignored' THEN 'ignored' ELSE 'matched' END ELSE 'open' END
  WHERE book = new.book AND id IN (SELECT ref FROM match_leg WHERE book = new.book AND match = new.id AND side = 'line');
  UPDATE open_item SET
    matched = matched + (SELECT CASE new.status WHEN 'active' THEN l.amount ELSE -l.amount END FROM match_leg l
      WHERE l.book = new.book AND l.match = new.id AND l.side = 'item' AND l.ref = open_item.id),
    status = CASE WHEN new.status = 'active' AND matched + (SELECT l.amount FROM match_leg l
        WHERE l.book = new.book AND l.match = new.id AND l.side = 'item' AND l.ref = open_item.id) = amount
      THEN 'settled' ELSE 'open' END
  WHERE book = new.book AND id IN (SELECT ref FROM match_leg WHERE book = new.book AND match = new.id AND side = 'item');
END;

CREATE TRIGGER match_group_keeps BEFORE UPDATE ON match_group
WHEN old.status = 'undone' OR (old.status = 'active' AND new.status <> 'active' AND new.status <> 'undone')
  OR (old.status = 'proposed' AND new.status = 'undone')
  OR new.book <> old.book OR new.id <> old.id OR new.step <> old.step OR new.confidence <> old.confidence
  OR new.residual <> old.residual OR new.fee_rule IS NOT old.fee_rule OR new.how <> old.how
  OR (old.status = 'active' AND (new.origin <> old.origin OR new.decided_by IS NOT old.decided_by
    OR new.decided_why IS NOT old.decided_why OR new.decided_at_ms IS NOT old.decided_at_ms
    OR new.batch <> old.batch OR new.item <> old.item))
BEGIN SELECT RAISE(ABORT, 'a match is confirmed once and undone once, and nothing else of it changes'); END;
CREATE TRIGGER match_group_no_delete BEFORE DELETE ON match_group
WHEN old.status <> 'proposed'
BEGIN SELECT RAISE(ABORT, 'a match is undone and never deleted'); END;
CREATE TRIGGER match_group_no_replace BEFORE INSERT ON match_group
WHEN EXISTS (SELECT 1 FROM match_group WHERE book = new.book AND id = new.id) OR new.status = 'undone'
BEGIN SELECT RAISE(ABORT, 'a match is made once'); END;
CREATE TRIGGER match_leg_keeps BEFORE UPDATE ON match_leg
WHEN old.posts IS NOT NULL OR new.posts IS NULL OR new.book <> old.book OR new.match <> old.match
  OR new.side <> old.side OR new.ref <> old.ref OR new.amount <> old.amount
BEGIN SELECT RAISE(ABORT, 'a leg of a match never changes'); END;
CREATE TRIGGER match_leg_no_delete BEFORE DELETE ON match_leg
WHEN (SELECT status FROM match_group WHERE book = old.book AND id = old.match) <> 'proposed'
BEGIN SELECT RAISE(ABORT, 'a leg of a match is never deleted'); END;
CREATE TRIGGER match_leg_no_replace BEFORE INSERT ON match_leg
WHEN EXISTS (SELECT 1 FROM match_leg WHERE book = new.book AND match = new.match AND side = new.side AND ref = new.ref)
BEGIN SELECT RAISE(ABORT, 'a match takes a line or an item once'); END;

CREATE TRIGGER statement_line_matched BEFORE UPDATE OF matched ON statement_line
WHEN new.matched <> (SELECT coalesce(sum(l.amount), 0) FROM match_leg l
    WHERE l.book = new.book AND l.side = 'line' AND l.ref = new.id
      -- A subquery and no join: the legs of one line are looked up first, whatever the planner knows.
      AND (SELECT status FROM match_group g WHERE g.book = l.book AND g.id = l.match) = 'active')
BEGIN SELECT RAISE(ABORT, 'what is matched of a line is the sum of its matches'); END;
CREATE TRIGGER statement_line_starts_unmatched BEFORE INSERT ON statement_line
WHEN new.matched <> 0
BEGIN SELECT RAISE(ABORT, 'a line starts unmatched'); END;
CREATE TRIGGER open_item_matched BEFORE UPDATE OF matched ON open_item
WHEN new.matched <> (SELECT coalesce(sum(l.amount), 0) FROM match_leg l
    WHERE l.book = new.book AND l.side = 'item' AND l.ref = new.id
      -- A subquery and no join: the legs of one line are looked up first, whatever the planner knows.
      AND (SELECT status FROM match_group g WHERE g.book = l.book AND g.id = l.match) = 'active')
BEGIN SELECT RAISE(ABORT, 'what is matched of an open item is the sum of its matches'); END;
CREATE TRIGGER open_item_starts_unmatched BEFORE INSERT ON open_item
WHEN new.matched <> 0
BEGIN SELECT RAISE(ABORT, 'an open item starts unmatched'); END;

CREATE TRIGGER match_decision_no_update BEFORE UPDATE ON match_decision
BEGIN SELECT RAISE(ABORT, 'a decision never changes: take another'); END;
CREATE TRIGGER match_decision_no_delete BEFORE DELETE ON match_decision
BEGIN SELECT RAISE(ABORT, 'a decision is never deleted: take another'); END;
