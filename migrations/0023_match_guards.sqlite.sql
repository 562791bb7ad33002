-- What statements, open items and matches say follows from the landing, whoever writes to the database: rows come and
-- change only while a landed batch is being processed, and what is derived from other rows agrees with them.

-- A line's disposition and an item's status are what its active matches make of it.
CREATE TRIGGER statement_line_disposition BEFORE UPDATE OF amount, matched, disposition ON statement_line
WHEN (new.disposition <> 'open') <> (new.uncounted IS NULL AND new.matched = new.amount)
  OR (new.disposition <> 'open' AND NOT EXISTS (SELECT 1 FROM match_leg l
    WHERE l.book = new.book AND l.side = 'line' AND l.ref = new.id
      AND (SELECT CASE WHEN g.status <> 'active' THEN '' WHEN g.step = 'ignored' THEN 'ignored' ELSE 'matched' END
        FROM match_group g WHERE g.book = l.book AND g.id = l.match) = new.disposition))
BEGIN SELECT RAISE(ABORT, 'what has become of a line is what its matches say'); END;
CREATE TRIGGER statement_line_starts_open BEFORE INSERT ON statement_line
WHEN new.disposition <> 'open'
BEGIN SELECT RAISE(ABORT, 'a line starts open'); END;
CREATE TRIGGER open_item_status BEFORE UPDATE OF amount, matched, status ON open_item
WHEN new.status <> CASE WHEN new.amount = 0 THEN 'withdrawn' WHEN new.matched = new.amount THEN 'settled' ELSE 'open' END
BEGIN SELECT RAISE(ABORT, 'the status of an open item is what its amount and its matches say'); END;
CREATE TRIGGER open_item_starts_open BEFORE INSERT ON open_item
WHEN new.status <> CASE WHEN new.amount = 0 THEN 'withdrawn' ELSE 'open' END
BEGIN SELECT RAISE(ABORT, 'the status of an open item is what its amount and its matches say'); END;

-- Rows come while a landed batch is being processed.
CREATE TRIGGER statement_line_follows BEFORE INSERT ON statement_line
WHEN NOT EXISTS (SELECT 1 FROM landing WHERE book = new.book
  AND batch > coalesce((SELECT batch FROM processed WHERE book = new.book), 0))
BEGIN SELECT RAISE(ABORT, 'statement lines come while a landed batch is being processed'); END;
CREATE TRIGGER open_item_follows BEFORE INSERT ON open_item
WHEN NOT EXISTS (SELECT 1 FROM landing WHERE book = new.book
  AND batch > coalesce((SELECT batch FROM processed WHERE book = new.book), 0))
BEGIN SELECT RAISE(ABORT, 'open items come while a landed batch is being processed'); END;
CREATE TRIGGER open_item_evidence BEFORE UPDATE OF kind, account, currency, amount, date, last_date, refs, words,
  evidence_batch, evidence_item ON open_item
WHEN NOT EXISTS (SELECT 1 FROM landing WHERE book = new.book
  AND batch > coalesce((SELECT batch FROM processed WHERE book = new.book), 0))
BEGIN SELECT RAISE(ABORT, 'open items change while a landed batch is being processed'); END;
CREATE TRIGGER match_group_follows BEFORE INSERT ON match_group
WHEN NOT EXISTS (SELECT 1 FROM landing WHERE book = new.book
  AND batch > coalesce((SELECT batch FROM processed WHERE book = new.book), 0))
BEGIN SELECT RAISE(ABORT, 'matches are made while a landed batch is being processed'); END;
CREATE TRIGGER match_group_evidence BEFORE UPDATE ON match_group
WHEN NOT EXISTS (SELECT 1 FROM landing WHERE book = new.book
  AND batch > coalesce((SELECT batch FROM processed WHERE book = new.book), 0))
BEGIN SELECT RAISE(ABORT, 'matches change while a landed batch is being processed'); END;
CREATE TRIGGER match_leg_follows BEFORE INSERT ON match_leg
WHEN NOT EXISTS (SELECT 1 FROM landing WHERE book = new.book
  AND batch > coalesce((SELECT batch FROM processed WHERE book = new.book), 0))
BEGIN SELECT RAISE(ABORT, 'matches are made while a landed batch is being processed'); END;
CREATE TRIGGER match_leg_evidence BEFORE UPDATE ON match_leg
WHEN NOT EXISTS (SELECT 1 FROM landing WHERE book = new.book
  AND batch > coalesce((SELECT batch FROM processed WHERE book = new.book), 0))
BEGIN SELECT RAISE(ABORT, 'matches change while a landed batch is being processed'); END;
CREATE TRIGGER match_refusal_follows BEFORE INSERT ON match_refusal
WHEN NOT EXISTS (SELECT 1 FROM landing WHERE book = new.book
  AND batch > coalesce((SELECT batch FROM processed WHERE book = new.book), 0))
BEGIN SELECT RAISE(ABORT, 'pairs are separated while a landed batch is being processed'); END;
CREATE TRIGGER match_decision_follows BEFORE INSERT ON match_decision
WHEN NOT EXISTS (SELECT 1 FROM landing WHERE book = new.book
  AND batch > coalesce((SELECT batch FROM processed WHERE book = new.book), 0))
BEGIN SELECT RAISE(ABORT, 'decisions are kept while a landed batch is being processed'); END;
CREATE TRIGGER match_run_follows BEFORE INSERT ON match_run
WHEN NOT EXISTS (SELECT 1 FROM landing WHERE book = new.book
  AND batch > coalesce((SELECT batch FROM processed WHERE book = new.book), 0))
BEGIN SELECT RAISE(ABORT, 'a reconciliation is kept while its landed batch is being processed'); END;

-- What is kept for ever.
CREATE TRIGGER open_item_keeps BEFORE UPDATE OF book, id, source, object ON open_item
BEGIN SELECT RAISE(ABORT, 'an open item stays about the same thing'); END;
CREATE TRIGGER open_item_no_delete BEFORE DELETE ON open_item
BEGIN SELECT RAISE(ABORT, 'an open item is withdrawn and never deleted'); END;
CREATE TRIGGER match_group_reason BEFORE UPDATE OF reason ON match_group
BEGIN SELECT RAISE(ABORT, 'the reason of a match never changes'); END;
CREATE TRIGGER match_refusal_no_update BEFORE UPDATE ON match_refusal
BEGIN SELECT RAISE(ABORT, 'what a person has separated stays as it was said'); END;
-- A person who matches the pair takes it back.
CREATE TRIGGER match_refusal_no_delete BEFORE DELETE ON match_refusal
WHEN NOT EXISTS (SELECT 1 FROM match_leg l JOIN match_leg i ON i.book = l.book AND i.match = l.match AND i.side = 'item'
  JOIN match_group g ON g.book = l.book AND g.id = l.match
  WHERE l.book = old.book AND l.side = 'line' AND l.ref = old.line AND i.ref = old.open_item
    AND g.status = 'active' AND g.origin = 'human')
BEGIN SELECT RAISE(ABORT, 'a pair stays separated until a person matches it'); END;
CREATE TRIGGER match_run_no_update BEFORE UPDATE ON match_run
BEGIN SELECT RAISE(ABORT, 'what a reconciliation came to never changes'); END;
CREATE TRIGGER match_run_no_delete BEFORE DELETE ON match_run
BEGIN SELECT RAISE(ABORT, 'what a reconciliation came to is never deleted'); END;
CREATE TRIGGER match_reference_no_update BEFORE UPDATE ON match_reference
BEGIN SELECT RAISE(ABORT, 'what a match names never changes'); END;
CREATE TRIGGER match_reference_no_delete BEFORE DELETE ON match_reference
BEGIN SELECT RAISE(ABORT, 'what a match names is never deleted'); END;

-- REPLACE deletes without firing the triggers above on connections that leave recursive_triggers off.
CREATE TRIGGER statement_line_no_replace BEFORE INSERT ON statement_line
WHEN EXISTS (SELECT 1 FROM statement_line WHERE book = new.book AND id = new.id)
  OR EXISTS (SELECT 1 FROM statement_line WHERE book = new.book AND account = new.account AND currency = new.currency
    AND identity = new.identity AND occurrence = new.occurrence)
BEGIN SELECT RAISE(ABORT, 'this statement line exists'); END;
CREATE TRIGGER open_item_no_replace BEFORE INSERT ON open_item
WHEN EXISTS (SELECT 1 FROM open_item WHERE book = new.book AND id = new.id)
  OR EXISTS (SELECT 1 FROM open_item WHERE book = new.book AND source = new.source AND object = new.object)
BEGIN SELECT RAISE(ABORT, 'this open item exists'); END;
-- Refusing a pair twice is no mistake: the first word stays.
CREATE TRIGGER match_refusal_no_replace BEFORE INSERT ON match_refusal
WHEN EXISTS (SELECT 1 FROM match_refusal WHERE book = new.book AND line = new.line AND open_item = new.open_item)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER match_decision_no_replace BEFORE INSERT ON match_decision
WHEN EXISTS (SELECT 1 FROM match_decision WHERE book = new.book AND batch = new.batch AND item = new.item)
BEGIN SELECT RAISE(ABORT, 'this decision exists'); END;
CREATE TRIGGER match_run_no_replace BEFORE INSERT ON match_run
WHEN EXISTS (SELECT 1 FROM match_run WHERE book = new.book AND batch = new.batch AND item = new.item)
BEGIN SELECT RAISE(ABORT, 'this reconciliation exists'); END;

-- Set back, all of the above would take any change for one that is being processed.
CREATE TRIGGER processed_moves_on BEFORE UPDATE ON processed
WHEN new.book <> old.book OR new.batch < old.batch
  OR new.batch > (SELECT coalesce(max(batch), 0) FROM landing WHERE book = new.book)
BEGIN SELECT RAISE(ABORT, 'what is processed moves on through the landing, and never back'); END;
CREATE TRIGGER processed_no_delete BEFORE DELETE ON processed
BEGIN SELECT RAISE(ABORT, 'what is processed moves on through the landing, and never back'); END;
CREATE TRIGGER processed_no_replace BEFORE INSERT ON processed
WHEN EXISTS (SELECT 1 FROM processed WHERE book = new.book)
BEGIN SELECT RAISE(ABORT, 'what is processed of a book is one row'); END;
