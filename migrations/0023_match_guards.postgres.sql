-- What statements, open items and matches say follows from the landing, whoever writes to the database: rows come and
-- change only while a landed batch is being processed, and what is derived from other rows agrees with them.

-- A line's disposition and an item's status are what its active matches make of it.
CREATE FUNCTION disposition_of_matches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.disposition <> 'open') <> (NEW.uncounted IS NULL AND NEW.matched = NEW.amount)
    OR (NEW.disposition <> 'open' AND NOT EXISTS (SELECT 1 FROM match_leg l
      WHERE l.book = NEW.book AND l.side = 'line' AND l.ref = NEW.id
        AND (SELECT CASE WHEN g.status <> 'active' THEN '' WHEN g.step = 'ignored' THEN 'ignored' ELSE 'matched' END
          FROM match_group g WHERE g.book = l.book AND g.id = l.match) = NEW.disposition))
  THEN
    RAISE EXCEPTION 'what has become of a line is what its matches say' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER statement_line_disposition BEFORE UPDATE OF amount, matched, disposition ON statement_line
  FOR EACH ROW EXECUTE FUNCTION disposition_of_matches();

CREATE FUNCTION refuse_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER statement_line_starts_open BEFORE INSERT ON statement_line
  FOR EACH ROW WHEN (NEW.disposition <> 'open') EXECUTE FUNCTION refuse_row('a line starts open');
CREATE TRIGGER open_item_status BEFORE UPDATE OF amount, matched, status ON open_item
  FOR EACH ROW
  WHEN (NEW.status <> CASE WHEN NEW.amount = 0 THEN 'withdrawn' WHEN NEW.matched = NEW.amount THEN 'settled' ELSE 'open' END)
  EXECUTE FUNCTION refuse_row('the status of an open item is what its amount and its matches say');
CREATE TRIGGER open_item_starts_open BEFORE INSERT ON open_item
  FOR EACH ROW WHEN (NEW.status <> CASE WHEN NEW.amount = 0 THEN 'withdrawn' ELSE 'open' END)
  EXECUTE FUNCTION refuse_row('the status of an open item is what its amount and its matches say');

-- Rows come while a landed batch is being processed.
CREATE FUNCTION follows_landing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The highest number and not EXISTS, for which the planner would read the landing from its beginning, row after row.
  IF coalesce((SELECT max(batch) FROM landing WHERE book = NEW.book), 0)
    <= coalesce((SELECT batch FROM processed WHERE book = NEW.book), 0)
  THEN
    RAISE EXCEPTION 'rows of % come and change while a landed batch is being processed', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER statement_line_follows BEFORE INSERT ON statement_line FOR EACH ROW EXECUTE FUNCTION follows_landing();
CREATE TRIGGER open_item_follows BEFORE INSERT ON open_item FOR EACH ROW EXECUTE FUNCTION follows_landing();
CREATE TRIGGER open_item_evidence BEFORE UPDATE OF kind, account, currency, amount, date, last_date, refs, words,
  evidence_batch, evidence_item ON open_item FOR EACH ROW EXECUTE FUNCTION follows_landing();
CREATE TRIGGER match_group_follows BEFORE INSERT OR UPDATE ON match_group
  FOR EACH ROW EXECUTE FUNCTION follows_landing();
CREATE TRIGGER match_leg_follows BEFORE INSERT OR UPDATE ON match_leg FOR EACH ROW EXECUTE FUNCTION follows_landing();
CREATE TRIGGER match_refusal_follows BEFORE INSERT ON match_refusal FOR EACH ROW EXECUTE FUNCTION follows_landing();
CREATE TRIGGER match_decision_follows BEFORE INSERT ON match_decision FOR EACH ROW EXECUTE FUNCTION follows_landing();
CREATE TRIGGER match_run_follows BEFORE INSERT ON match_run FOR EACH ROW EXECUTE FUNCTION follows_landing();

-- What is kept for ever.
CREATE TRIGGER open_item_keeps BEFORE UPDATE OF book, id, source, object ON open_item
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('an open item stays about the same thing');
CREATE TRIGGER open_item_no_delete BEFORE DELETE OR TRUNCATE ON open_item
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('an open item is withdrawn and never deleted');
CREATE TRIGGER match_group_reason BEFORE UPDATE OF reason ON match_group
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the reason of a match never changes');
CREATE TRIGGER match_refusal_no_change BEFORE UPDATE OR TRUNCATE ON match_refusal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what a person has separated stays as it was said');
-- A person who matches the pair takes it back.
CREATE FUNCTION refusal_is_matched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM match_leg l JOIN match_leg i ON i.book = l.book AND i.match = l.match AND i.side = 'item'
    JOIN match_group g ON g.book = l.book AND g.id = l.match
    WHERE l.book = OLD.book AND l.side = 'line' AND l.ref = OLD.line AND i.ref = OLD.open_item
      AND g.status = 'active' AND g.origin = 'human')
  THEN
    RAISE EXCEPTION 'a pair stays separated until a person matches it' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER match_refusal_no_delete BEFORE DELETE ON match_refusal
  FOR EACH ROW EXECUTE FUNCTION refusal_is_matched();
CREATE TRIGGER match_run_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON match_run
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what a reconciliation came to never changes');
CREATE TRIGGER match_reference_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON match_reference
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what a match names never changes');

-- Set back, all of the above would take any change for one that is being processed.
CREATE FUNCTION processed_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.book <> OLD.book OR NEW.batch < OLD.batch
    OR NEW.batch > coalesce((SELECT max(batch) FROM landing WHERE book = NEW.book), 0)
  THEN
    RAISE EXCEPTION 'what is processed moves on through the landing, and never back'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER processed_moves_on BEFORE UPDATE ON processed FOR EACH ROW EXECUTE FUNCTION processed_moves_on();
CREATE TRIGGER processed_no_delete BEFORE DELETE OR TRUNCATE ON processed
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what is processed moves on through the landing, and never back');
