-- Counters that stay held: every decision about a reading is kept, so that a later one may replace it; what each reading
-- is to a fall nobody has decided; and the interval in which the truth lies meanwhile. All of it follows from the landing.

-- Of several decisions about one reading the one landed last is in force.
CREATE TABLE counter_decision (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  -- The reading.
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  -- Where the decision was landed.
  decided_batch INTEGER NOT NULL,
  decided_item INTEGER NOT NULL,
  decided_as TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_why TEXT NOT NULL,
  decided_at_ms INTEGER NOT NULL,
  -- The earlier day it corrects, and what was earned or spent beside a payout or a reset, where the person said so.
  day TEXT,
  earned INTEGER,
  PRIMARY KEY (book, source, batch, item, decided_batch, decided_item)
) STRICT, WITHOUT ROWID;

INSERT INTO counter_decision
  SELECT book, source, batch, item, decided_batch, decided_item, decided_as, decided_by, decided_why, decided_at_ms, NULL, NULL
  FROM counter_verdict
  WHERE decided_batch IS NOT NULL;

-- 'fall': held, and what comes after it is undecided; 'waiting': held behind one; 'provisional': booked on top of one.
ALTER TABLE counter_verdict ADD COLUMN role TEXT;
-- What the counter showed before a fall.
ALTER TABLE counter_verdict ADD COLUMN level INTEGER;
-- What the counter moved by without anything being earned or spent, by a person's decision.
ALTER TABLE counter_verdict ADD COLUMN jump INTEGER NOT NULL DEFAULT 0;
UPDATE counter_verdict SET jump = change WHERE status = 'accepted' AND decided_as = 'reset';

-- A fall that was held when this was introduced stays held from now on: the oldest one that is open, of each counter.
UPDATE counter_verdict AS fall
  SET role = 'fall', level = (
    SELECT reading.amount - fall.change FROM counter_reading AS reading
    WHERE reading.book = fall.book AND reading.source = fall.source AND reading.batch = fall.batch
      AND reading.item = fall.item AND reading.origin = 'api')
  WHERE status = 'held' AND change < 0 AND code IN ('COUNTER_DECREASE', 'COUNTER_RESET', 'COUNTER_UNPAID')
    AND NOT EXISTS (
      SELECT 1 FROM counter_verdict AS older
      WHERE older.book = fall.book AND older.source = fall.source AND older.status = 'held' AND older.change < 0
        AND older.code IN ('COUNTER_DECREASE', 'COUNTER_RESET', 'COUNTER_UNPAID')
        AND (older.batch < fall.batch OR (older.batch = fall.batch AND older.item < fall.item)));

-- Readings accepted later than they were landed are accepted where they are, not by a row of their own.
UPDATE counter_reading AS reading
  SET accepted = 1, accounted = (
    SELECT later.accounted FROM counter_reading AS later
    WHERE later.origin = 'decision' AND later.book = reading.book AND later.source = reading.source
      AND later.observed_at_ms = reading.observed_at_ms AND later.amount = reading.amount
    ORDER BY later.batch DESC, later.item DESC, later.line DESC LIMIT 1)
  WHERE origin = 'api' AND decision <> 'rejected' AND EXISTS (
    SELECT 1 FROM counter_reading AS later
    WHERE later.origin = 'decision' AND later.book = reading.book AND later.source = reading.source
      AND later.observed_at_ms = reading.observed_at_ms AND later.amount = reading.amount);
DELETE FROM counter_reading WHERE origin = 'decision';

-- One row each time what is undecided changes; the newest is in force, and without a day nothing is.
CREATE TABLE counter_undecided (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  -- The first undecided day, and the reading to decide about.
  since TEXT,
  reading TEXT,
  -- What is booked provisionally since, and the least and the most it can be in total; null: nothing says how much at most.
  booked INTEGER NOT NULL,
  low INTEGER NOT NULL,
  high INTEGER,
  PRIMARY KEY (book, source, batch, item)
) STRICT, WITHOUT ROWID;
