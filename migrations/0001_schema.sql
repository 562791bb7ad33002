-- The schema of the books, on SQLite. PostgreSQL's is made from the same statements when a database is migrated
-- (src/db/postgres-script.ts); the little that it has of its own is in 0001_schema.postgres.sql.
--
-- Read as a book in eleven chapters: the log, the ledger, orders and wallets, counters, statements, matching,
-- exceptions, journals, delivery, connections, running. A table's indexes and guards (triggers) stand below it.
--
-- What holds everywhere:
-- * Amounts are counts of 10^-8 of a currency unit. Debits are positive, credits negative.
-- * `…_ms` is an instant: milliseconds since 1970 in UTC. Days are texts, '2026-03-18', in the time zone of the book.
-- * `book` names a row of book, and a numeric `source` one of source. A text `source` is the name of it.
-- * `batch` and `item`, also as `evidence_batch` and `evidence_item`, are a place in the log: the record a row follows
--   from.
-- * What the log, the ledger and sealed journals say never changes, and what was sent moves by its rules; guards refuse
--   the rest, whoever writes. Everything else needs none: it follows from the log, and `ledger verify --rebuild` makes
--   it again and compares; or it is operational: who runs, what was told.
-- * REPLACE deletes without firing delete triggers on connections that leave recursive_triggers off, so the bodies of
--   the log have a guard called `…_no_replace`. PostgreSQL has no REPLACE: there the keys alone refuse a second row.

-- =====================================================================================================================
-- The log
-- =====================================================================================================================
--
-- What the outside world said, byte for byte, and what people decided about it: the only input of all the rest.

-- A company's books, made once. Its currency is the one it reports in, its time zone says when its days begin.
CREATE TABLE book (
  id INTEGER PRIMARY KEY CHECK (id >= 1),
  name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  time_zone TEXT NOT NULL
) STRICT;

-- The id that lasts of each book: it starts the numbers of its journals and stands in the memo of every entry, so that
-- no accounting system, and no other book, takes an entry for somebody else's. It is random, made once, and never
-- follows from the name, which may be the same elsewhere.
CREATE TABLE book_identity (
  book INTEGER PRIMARY KEY REFERENCES book (id),
  lasting_id TEXT NOT NULL UNIQUE CHECK (length(lasting_id) = 8)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER book_identity_no_update BEFORE UPDATE ON book_identity
BEGIN SELECT RAISE(ABORT, 'a book keeps its id'); END;
CREATE TRIGGER book_identity_no_delete BEFORE DELETE ON book_identity
BEGIN SELECT RAISE(ABORT, 'the id of a book is never deleted'); END;

-- What arrived (an answer, a file, a webhook) or what a person decided: one record each, chained by their hashes from
-- the first one of the book. A batch is what was kept in one transaction, and is processed in one.
CREATE TABLE log_record (
  book INTEGER NOT NULL REFERENCES book (id),
  batch INTEGER NOT NULL CHECK (batch >= 1),
  item INTEGER NOT NULL CHECK (item >= 1),
  -- What it is: 'panel-statuses', 'settings', 'webhook' …
  kind TEXT NOT NULL,
  -- The source it came from; '' where none did.
  source TEXT NOT NULL,
  -- What was asked, as JSON, without secrets.
  request TEXT NOT NULL,
  -- When it was fetched, received or said.
  at_ms INTEGER NOT NULL,
  -- Null for what no HTTP answer brought.
  http_status INTEGER,
  content_type TEXT NOT NULL,
  body_bytes INTEGER NOT NULL,
  -- SHA-256 of the body before compression.
  body_sha256 BLOB NOT NULL CHECK (length(body_sha256) = 32),
  -- SHA-256 over the hash of the record before and every field (src/log/record-hash.ts).
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (book, batch, item)
) STRICT;

-- The newest list of an origin is found without reading the log.
CREATE INDEX log_record_rates ON log_record (book, request, batch) WHERE kind = 'rates';

CREATE TRIGGER log_record_in_order BEFORE INSERT ON log_record
WHEN NOT coalesce(
  (SELECT (new.batch = last.batch AND new.item = last.item + 1) OR (new.batch = last.batch + 1 AND new.item = 1)
    FROM log_record AS last WHERE last.book = new.book ORDER BY last.batch DESC, last.item DESC LIMIT 1),
  new.batch = 1 AND new.item = 1)
BEGIN SELECT RAISE(ABORT, 'a record of the log follows the last one of its book'); END;

-- What has been processed is complete: a record slipped into it later would be evidence of nothing.
CREATE TRIGGER log_record_no_late BEFORE INSERT ON log_record
WHEN new.batch <= (SELECT batch FROM processed WHERE book = new.book)
BEGIN SELECT RAISE(ABORT, 'a processed batch takes no more records'); END;
CREATE TRIGGER log_record_no_update BEFORE UPDATE ON log_record
BEGIN SELECT RAISE(ABORT, 'records of the log never change'); END;
CREATE TRIGGER log_record_no_delete BEFORE DELETE ON log_record
BEGIN SELECT RAISE(ABORT, 'records of the log are never deleted'); END;

-- The body of a record. It stands apart: a record names its body by length and SHA-256, so that one can be erased and
-- the chain still holds.
CREATE TABLE log_body (
  book INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  encoding TEXT NOT NULL CHECK (encoding IN ('identity', 'zstd')),
  body BLOB NOT NULL,
  PRIMARY KEY (book, batch, item),
  FOREIGN KEY (book, batch, item) REFERENCES log_record (book, batch, item)
) STRICT;

CREATE TRIGGER log_body_no_replace BEFORE INSERT ON log_body
WHEN EXISTS (SELECT 1 FROM log_body WHERE book = new.book AND batch = new.batch AND item = new.item)
BEGIN SELECT RAISE(ABORT, 'this record has its body'); END;
CREATE TRIGGER log_body_no_update BEFORE UPDATE ON log_body
BEGIN SELECT RAISE(ABORT, 'bodies of the log never change'); END;
CREATE TRIGGER log_body_no_delete BEFORE DELETE ON log_body
BEGIN SELECT RAISE(ABORT, 'bodies of the log are never deleted'); END;

-- How far the log has been turned into all the rest. A batch commits together with this row.
CREATE TABLE processed (
  book INTEGER PRIMARY KEY REFERENCES book (id),
  -- The last batch that was, and the batch of the settings in force.
  batch INTEGER NOT NULL,
  settings_batch INTEGER NOT NULL
) STRICT;

-- A row of a file, or an answer, that could not be read: it waits until somebody decides, or until a later good answer
-- about the same thing comes.
CREATE TABLE quarantine (
  book INTEGER NOT NULL REFERENCES book (id),
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  -- Of the file; 0 for an answer.
  line INTEGER NOT NULL,
  source TEXT NOT NULL,
  object TEXT NOT NULL,
  reason TEXT NOT NULL,
  -- The object of the exception that tells of it; '' when none does.
  about TEXT NOT NULL DEFAULT '',
  -- How it ended, and by which record; null while it waits.
  ended TEXT CHECK (ended IN ('superseded', 'read-again', 'closed', 'told')),
  ended_batch INTEGER,
  ended_item INTEGER,
  ended_at_ms INTEGER,
  ended_by TEXT,
  ended_why TEXT,
  PRIMARY KEY (book, batch, item, line)
) STRICT, WITHOUT ROWID;

CREATE INDEX quarantine_waiting ON quarantine (book, source, about) WHERE ended IS NULL;

-- Files that were imported whole, by the hash of their bytes. The same bytes may go once into each source: two panels
-- can have equal lists, and a history that went into the wrong panel must still find the right one.
CREATE TABLE imported_file (
  book INTEGER NOT NULL REFERENCES book (id),
  sha256 TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  -- '' for files whose rows name their sources.
  source TEXT NOT NULL,
  imported_at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, sha256, kind, source)
) STRICT, WITHOUT ROWID;

-- How far the spool of webhook deliveries (migrations/spool) has been landed. Moves in the transaction that lands them.
CREATE TABLE webhook_cursor (
  book INTEGER NOT NULL REFERENCES book (id),
  spool TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (book, spool)
) STRICT, WITHOUT ROWID;

-- =====================================================================================================================
-- The ledger
-- =====================================================================================================================
--
-- Transactions and postings that never change, and the head that closes batches. Rows are inserted beyond the head and
-- count for nothing until the head moves over them; that one move checks the whole range at once, which is as strict as
-- a check per row and several times as fast. Until then rows may be withdrawn, never changed; from then on they stay
-- for ever.

-- A vendor or money account of a book: a panel, a publisher, an ad network, a bank account. The number stands in the
-- chain of the ledger for the name, so neither ever moves to the other.
CREATE TABLE source (
  book INTEGER NOT NULL REFERENCES book (id),
  id INTEGER NOT NULL CHECK (id >= 1),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  -- 'panel', 'publisher', 'advertiser' or 'money'.
  kind TEXT NOT NULL,
  PRIMARY KEY (book, id),
  UNIQUE (book, name)
) STRICT, WITHOUT ROWID;

-- An account of the ledger: "1310:netpanel" (code and wallet) or "3900" (code alone).
CREATE TABLE account (
  book INTEGER NOT NULL REFERENCES book (id),
  id INTEGER NOT NULL CHECK (id >= 1),
  key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
  PRIMARY KEY (book, id),
  UNIQUE (book, key)
) STRICT, WITHOUT ROWID;

-- One change of one thing: the charge of an order, a payout, a fee. What changes later is a further version; `amount`
-- is the difference to the version before and `cumulative` what all of them come to.
CREATE TABLE txn (
  book INTEGER NOT NULL,
  -- 1, 2, 3 … per book, in the order of recording.
  seq INTEGER NOT NULL CHECK (seq >= 1),
  source INTEGER NOT NULL,
  -- What changed, as its source calls it ('order:123', 'payout:PO-1'), and which of its amounts ('charge', 'refund' …).
  object TEXT NOT NULL,
  kind TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  amount INTEGER NOT NULL CHECK (amount <> 0),
  -- Below zero where an order paid before the opening takes its refund back after it (W0).
  cumulative INTEGER NOT NULL,
  -- The day in the books, and when it was recorded.
  effective_date TEXT NOT NULL,
  recorded_at_ms INTEGER NOT NULL CHECK (recorded_at_ms >= 0),
  -- Why: the posting rule, and a sentence for a person.
  rule TEXT NOT NULL,
  memo TEXT NOT NULL,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  -- SHA-256 over the hash of the transaction before, all fields and the postings (src/domain/canonical.ts).
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (book, seq),
  UNIQUE (book, source, object, kind, version),
  CHECK (version > 1 OR amount = cumulative)
) STRICT, WITHOUT ROWID;

-- Registers and drill-downs ask for a day.
CREATE INDEX txn_day ON txn (book, effective_date, seq);

CREATE TRIGGER txn_beyond_head AFTER INSERT ON txn
WHEN new.seq <= (SELECT seq FROM head WHERE book = new.book)
BEGIN SELECT RAISE(ABORT, 'a transaction is inserted beyond the head of its book: closed sequences never change'); END;
CREATE TRIGGER txn_no_update BEFORE UPDATE ON txn
BEGIN SELECT RAISE(ABORT, 'transactions never change: post a new version instead'); END;
CREATE TRIGGER txn_no_delete BEFORE DELETE ON txn
WHEN old.seq <= (SELECT seq FROM head WHERE book = old.book)
BEGIN SELECT RAISE(ABORT, 'transactions are never deleted: post a new version instead'); END;

-- A debit (positive) or credit (negative) of a transaction. Those of a transaction sum to zero.
CREATE TABLE posting (
  book INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  line INTEGER NOT NULL CHECK (line >= 1),
  account INTEGER NOT NULL,
  amount INTEGER NOT NULL CHECK (amount <> 0),
  PRIMARY KEY (book, seq, line)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER posting_beyond_head AFTER INSERT ON posting
WHEN new.seq <= (SELECT seq FROM head WHERE book = new.book)
BEGIN SELECT RAISE(ABORT, 'a posting is inserted beyond the head of its book: closed sequences never change'); END;
CREATE TRIGGER posting_no_update BEFORE UPDATE ON posting
BEGIN SELECT RAISE(ABORT, 'postings never change: post a new version instead'); END;
CREATE TRIGGER posting_no_delete BEFORE DELETE ON posting
WHEN old.seq <= (SELECT seq FROM head WHERE book = old.book)
BEGIN SELECT RAISE(ABORT, 'postings are never deleted: post a new version instead'); END;

-- The last closed sequence of each book, when it was recorded, and its hash: zero, zero and zeros for an empty book.
CREATE TABLE head (
  book INTEGER PRIMARY KEY REFERENCES book (id),
  seq INTEGER NOT NULL,
  recorded_at_ms INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER head_starts_empty BEFORE INSERT ON head
WHEN new.seq <> 0 OR new.recorded_at_ms <> 0 OR new.hash <> zeroblob(32)
  OR EXISTS (SELECT 1 FROM head WHERE book = new.book)
BEGIN SELECT RAISE(ABORT, 'a book has one head, and it starts at zero'); END;
CREATE TRIGGER head_no_delete BEFORE DELETE ON head
BEGIN SELECT RAISE(ABORT, 'the head of a book is never deleted'); END;

-- The plus signs before what is made distinct: without them SQLite reads a whole index of the book to find the few days
-- and sources of one batch in order. PostgreSQL has a version of its own, whose plans do not depend on statistics.
CREATE TRIGGER head_closes_batch BEFORE UPDATE ON head
BEGIN
  SELECT RAISE(ABORT, 'the head of a book only moves forward in sequence and in time')
  WHERE new.book <> old.book OR new.seq <= old.seq OR new.recorded_at_ms < old.recorded_at_ms;

  SELECT RAISE(ABORT, 'the head moves over consecutive sequences, all recorded at its own time')
  WHERE (SELECT count(*) FROM txn
      WHERE book = new.book AND seq > old.seq AND recorded_at_ms = new.recorded_at_ms) <> new.seq - old.seq
    OR EXISTS (SELECT 1 FROM txn WHERE book = new.book AND seq > new.seq)
    OR (SELECT count(*) FROM txn WHERE book = new.book AND seq > old.seq) <> new.seq - old.seq;

  SELECT RAISE(ABORT, 'the head carries the hash of the last transaction it closes')
  WHERE new.hash IS NOT (SELECT hash FROM txn WHERE book = new.book AND seq = new.seq);

  SELECT RAISE(ABORT, 'a posting without a transaction cannot be closed')
  WHERE EXISTS (SELECT 1 FROM posting WHERE book = new.book AND seq > new.seq);

  SELECT RAISE(ABORT, 'a transaction has at least two postings that sum to zero, and its debits are its amount')
  WHERE EXISTS (
    SELECT 1 FROM txn t LEFT JOIN posting p ON p.book = t.book AND p.seq = t.seq
    WHERE t.book = new.book AND t.seq > old.seq
    GROUP BY t.seq
    HAVING count(p.line) < 2 OR sum(p.amount) <> 0 OR sum(max(p.amount, 0)) <> abs(t.amount)
  );

  SELECT RAISE(ABORT, 'a posting names an account of its book')
  WHERE EXISTS (
    SELECT 1 FROM (SELECT DISTINCT +account AS account FROM posting WHERE book = new.book AND seq > old.seq) used
    WHERE NOT EXISTS (SELECT 1 FROM account WHERE book = new.book AND id = used.account)
  );

  SELECT RAISE(ABORT, 'a transaction is dated on a day of the calendar')
  WHERE EXISTS (
    SELECT 1 FROM (SELECT DISTINCT +effective_date AS effective_date FROM txn WHERE book = new.book AND seq > old.seq) used
    WHERE effective_date IS NOT date(effective_date)
  );

  SELECT RAISE(ABORT, 'a transaction names a source of its book')
  WHERE EXISTS (
    SELECT 1 FROM (SELECT DISTINCT +source AS source FROM txn WHERE book = new.book AND seq > old.seq) used
    WHERE NOT EXISTS (SELECT 1 FROM source WHERE book = new.book AND id = used.source)
  );

  SELECT RAISE(ABORT, 'a version follows the one before it, in the same currency and from its cumulative amount')
  WHERE EXISTS (
    SELECT 1 FROM txn t
    LEFT JOIN txn p ON p.book = t.book AND p.source = t.source AND p.object = t.object AND p.kind = t.kind
      AND p.version = t.version - 1
    WHERE t.book = new.book AND t.seq > old.seq AND t.version > 1
      AND (p.seq IS NULL OR p.seq > t.seq OR p.currency <> t.currency OR p.cumulative + t.amount <> t.cumulative)
  );
END;

-- Kept as transactions are posted and rebuildable from them: what every report starts from.
CREATE TABLE balance (
  book INTEGER NOT NULL,
  account INTEGER NOT NULL,
  currency TEXT NOT NULL,
  day TEXT NOT NULL CHECK (day = date(day)),
  debit INTEGER NOT NULL CHECK (debit >= 0),
  credit INTEGER NOT NULL CHECK (credit >= 0),
  PRIMARY KEY (book, account, currency, day),
  FOREIGN KEY (book, account) REFERENCES account (book, id)
) STRICT, WITHOUT ROWID;

-- Exchange rates as they were landed. A rate corrected later is one more row: the newest batch counts, and what an
-- earlier posting was booked at stays to be seen.
CREATE TABLE rate (
  book INTEGER NOT NULL REFERENCES book (id),
  from_currency TEXT NOT NULL CHECK (length(from_currency) = 3),
  to_currency TEXT NOT NULL CHECK (length(to_currency) = 3),
  day TEXT NOT NULL CHECK (day = date(day)),
  -- The place in the log that says so.
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  -- As it was written.
  text TEXT NOT NULL,
  PRIMARY KEY (book, from_currency, to_currency, day, batch, item),
  CHECK (from_currency <> to_currency)
) STRICT, WITHOUT ROWID;

-- =====================================================================================================================
-- Orders and wallets
-- =====================================================================================================================
--
-- What panels were asked and what they said. No vendor call lists orders, so the registry is the list of what to ask
-- about. What we ask vendors to do is in the log before it is sent: a process that dies in between leaves an order of
-- unknown outcome, never a second one.

-- An order, registered once. Its latest answer changes often and has rows of its own, which are first written when an
-- order is answered: one wide row for both would be written small by an import and split its page as it grows.
CREATE TABLE panel_order (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  order_id TEXT NOT NULL,
  -- How it came to be known: 'added' (placed from here), 'history' (a list), 'typed-in', 'webhook', 'scan', 'answered'
  -- (a panel told of it unasked) or 'parent'.
  origin TEXT NOT NULL,
  service TEXT,
  quantity INTEGER,
  ordered_at_ms INTEGER,
  -- What an imported list shows: its charge counts as any charge shown (O1), its remains where the status tells none (O2).
  listed_charge INTEGER,
  listed_decimals INTEGER,
  listed_remains INTEGER,
  -- The order that named this one as its run (O5).
  parent TEXT,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, order_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX panel_order_placed ON panel_order (book, source, ordered_at_ms, order_id) WHERE ordered_at_ms IS NOT NULL;
CREATE INDEX panel_order_runs ON panel_order (book, source, parent) WHERE parent IS NOT NULL;

-- What the answers about an order came to, and what the books made of it. No row before the first answer.
CREATE TABLE order_state (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  order_id TEXT NOT NULL,
  -- Null when the panel has been asked and never knew the order.
  status TEXT,
  -- Of the latest answer that showed one; the highest that counts, which is the cost; the one that counts now (O1).
  charge INTEGER,
  charge_decimals INTEGER,
  highest_charge INTEGER,
  confirmed_charge INTEGER,
  remains INTEGER,
  observed_at_ms INTEGER,
  terminal_at_ms INTEGER,
  first_seen_ms INTEGER,
  first_seen_finished INTEGER NOT NULL,
  -- What the first answer with a charge said: of an order in the opening only what changes afterwards is posted (W0).
  first_cost INTEGER,
  first_claim INTEGER NOT NULL,
  -- What the ledger holds for this order: its cost, and its refund as owed.
  charged INTEGER NOT NULL,
  charge_version INTEGER NOT NULL,
  refunded INTEGER NOT NULL,
  refund_version INTEGER NOT NULL,
  -- The refund it claims, and since when; posted at the wallet's next look (O3, O7).
  claim INTEGER NOT NULL,
  claim_ms INTEGER,
  -- What nobody has told of it: quantity, charge or runs.
  unclear TEXT,
  -- How many times in a row the panel said that it does not know the order.
  refusals INTEGER NOT NULL,
  -- When to ask again; 0 is "every run" (open), null is "never again".
  due_at_ms INTEGER,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, order_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX order_state_due ON order_state (book, source, due_at_ms, order_id) WHERE due_at_ms IS NOT NULL;
CREATE INDEX order_state_claimed ON order_state (book, source, order_id) WHERE claim <> refunded;
CREATE INDEX order_state_unclear ON order_state (book, source, order_id) WHERE unclear IS NOT NULL;

-- Endings in which a panel has lowered a charge, and the order that showed it first (O4).
CREATE TABLE lowered_ending (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  ending TEXT NOT NULL,
  order_id TEXT NOT NULL,
  PRIMARY KEY (book, source, ending)
) STRICT, WITHOUT ROWID;

-- Registered orders that nobody has asked about: due in the next run.
CREATE TABLE order_unasked (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  order_id TEXT NOT NULL,
  PRIMARY KEY (book, source, order_id)
) STRICT, WITHOUT ROWID;

-- Orders a panel says have changed. A row goes when an answer newer than the hint has been booked.
CREATE TABLE order_hint (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  order_id TEXT NOT NULL,
  received_at_ms INTEGER NOT NULL,
  -- As the hint said; never booked from.
  status TEXT NOT NULL,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, order_id)
) STRICT, WITHOUT ROWID;

-- Whom an order was for. An order may be tagged before it is registered.
CREATE TABLE order_client (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  order_id TEXT NOT NULL,
  client TEXT NOT NULL CHECK (length(client) >= 1),
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, order_id)
) STRICT, WITHOUT ROWID;

-- Ids whose answer was read: those not in the registry do not belong to the account. Ranges neither overlap nor touch.
CREATE TABLE scanned_ids (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  first_id INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  PRIMARY KEY (book, source, first_id),
  CHECK (first_id BETWEEN 0 AND last_id)
) STRICT, WITHOUT ROWID;

-- What came of all scans of a panel so far, in ids.
CREATE TABLE scan_total (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  -- Orders of the account.
  found INTEGER NOT NULL,
  -- Answered as unknown.
  unknown INTEGER NOT NULL,
  -- Asked about without an answer that could be read.
  unanswered INTEGER NOT NULL,
  -- The highest id found; null before the first.
  highest_found INTEGER,
  PRIMARY KEY (book, source)
) STRICT, WITHOUT ROWID;

-- One row for each order we tried to place. `ref` is the run that placed it.
CREATE TABLE panel_add (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  ref TEXT NOT NULL,
  -- 'sent': landed, no answer kept yet. 'unknown' waits for a person; the rest are final.
  state TEXT NOT NULL CHECK (state IN ('sent', 'placed', 'refused', 'unknown', 'not-placed')),
  service TEXT NOT NULL,
  -- The order as it was sent, JSON without the key.
  parameters TEXT NOT NULL,
  quantity INTEGER,
  -- What the catalogue says it costs.
  expected INTEGER NOT NULL,
  -- Every price it may have, as a JSON list: the unit of a rate or the account's discount may not be known yet.
  prices TEXT NOT NULL,
  sent_at_ms INTEGER NOT NULL,
  balance_before INTEGER,
  balance_after INTEGER,
  balance_decimals INTEGER,
  order_id TEXT,
  -- What came of sending it: 'placed', the code of a refusal or failure, 'lost', or '' before an answer.
  outcome TEXT NOT NULL,
  -- What happened, as a sentence.
  detail TEXT NOT NULL,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, ref)
) STRICT, WITHOUT ROWID;

CREATE INDEX panel_add_open ON panel_add (book, source, ref) WHERE state IN ('sent', 'unknown');

-- A campaign's budget is a commitment: disclosed, never booked.
CREATE TABLE campaign (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  ref TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('sent', 'created', 'refused', 'unknown')),
  name TEXT NOT NULL,
  budget INTEGER NOT NULL,
  target_url TEXT NOT NULL,
  sent_at_ms INTEGER NOT NULL,
  campaign_id TEXT,
  detail TEXT NOT NULL,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, ref)
) STRICT, WITHOUT ROWID;

-- What a service cost, from when to when: a row is written only when something of it changed.
CREATE TABLE service_rate (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  service TEXT NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  -- The last catalogue that showed it; null while the newest one does.
  last_seen_ms INTEGER,
  rate INTEGER NOT NULL,
  min INTEGER,
  max INTEGER,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, service, first_seen_ms)
) STRICT, WITHOUT ROWID;

-- The newest whole catalogue of a panel.
CREATE TABLE panel_catalogue (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  -- When the newest whole catalogue was read.
  seen_ms INTEGER NOT NULL,
  services INTEGER NOT NULL,
  PRIMARY KEY (book, source)
) STRICT, WITHOUT ROWID;

-- The category a panel's newest catalogue put a service into.
CREATE TABLE service_category (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  service TEXT NOT NULL,
  category TEXT NOT NULL CHECK (length(category) >= 1),
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, service)
) STRICT, WITHOUT ROWID;

-- What a panel's wallet held, as it was read before or after its orders were asked about, and what the books had then.
CREATE TABLE wallet_reading (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  observed_at_ms INTEGER NOT NULL,
  -- 'before' or 'after' a polling pass.
  moment TEXT NOT NULL,
  balance INTEGER NOT NULL,
  currency TEXT NOT NULL,
  -- What the books had for the wallet then.
  booked INTEGER NOT NULL,
  -- 1 when the balance did not move during the pass, so answers and balance describe one instant.
  consistent INTEGER NOT NULL,
  -- Decimals of the answer.
  decimals INTEGER,
  PRIMARY KEY (book, source, batch, item)
) STRICT, WITHOUT ROWID;

-- The balance a person stated a wallet to begin with; also zero, which posts nothing (W0).
CREATE TABLE wallet_opening (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  day TEXT NOT NULL,
  balance INTEGER NOT NULL,
  PRIMARY KEY (book, source)
) STRICT, WITHOUT ROWID;

-- The nights of a wallet: what each look read, what was charged and claimed since the one before, and what the rules made of
-- it. The newest has no look yet.
CREATE TABLE wallet_night (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  night INTEGER NOT NULL,
  -- Batch of the reading its pass began with.
  pass INTEGER,
  at_ms INTEGER,
  balance INTEGER,
  -- What the wallet moved by while it was read, and one unit of the last decimal it shows.
  width INTEGER NOT NULL,
  unit INTEGER NOT NULL,
  charges INTEGER NOT NULL,
  claims INTEGER NOT NULL,
  claim_count INTEGER NOT NULL,
  -- 1: a person released its claims (O7).
  released INTEGER NOT NULL,
  gained INTEGER NOT NULL,
  paid INTEGER NOT NULL,
  rounding INTEGER NOT NULL,
  shortfall INTEGER NOT NULL,
  rest INTEGER NOT NULL,
  owed INTEGER NOT NULL,
  overdue INTEGER NOT NULL,
  held INTEGER NOT NULL,
  PRIMARY KEY (book, source, night),
  CHECK ((pass IS NULL) = (at_ms IS NULL) AND (pass IS NULL) = (balance IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX wallet_night_look ON wallet_night (book, source, at_ms) WHERE at_ms IS NOT NULL;

-- Claims of a night by orders first seen finished, by the night since which the wallet may have paid them (W2).
CREATE TABLE wallet_late_claim (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  night INTEGER NOT NULL,
  since INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  claim_count INTEGER NOT NULL,
  PRIMARY KEY (book, source, night, since)
) STRICT, WITHOUT ROWID;

-- =====================================================================================================================
-- Counters
-- =====================================================================================================================
--
-- What publishers and ad networks say was earned or spent so far: a figure that only a new reading of it explains.

-- What a counter showed, and what files state of it: facts. What they come to is worked out anew each time.
CREATE TABLE counter_reading (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  line INTEGER NOT NULL,
  observed_at_ms INTEGER NOT NULL,
  -- The vendor's day it was read on, or stated for, by the time zone of then.
  read_on TEXT NOT NULL,
  -- 'api'; from a file 'opening' (counting begins with it) or 'day-total' (`amount` is what the day came to).
  origin TEXT NOT NULL CHECK (origin IN ('api', 'opening', 'day-total')),
  -- Totals as the vendor says them.
  impressions INTEGER,
  clicks INTEGER,
  amount INTEGER NOT NULL,
  PRIMARY KEY (book, source, batch, item, line)
) STRICT, WITHOUT ROWID;

-- What people said of readings. Of several words about one reading the one landed last is in force.
CREATE TABLE counter_answer (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  -- The reading, a place in the log: "12.1".
  reading TEXT NOT NULL,
  -- Where the answer was landed.
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  word TEXT NOT NULL,
  -- What was earned or spent beside what the counter moved by, where the person said so.
  earned INTEGER,
  -- The reading it was compared with; null of the first.
  against TEXT,
  said_by TEXT NOT NULL,
  why TEXT NOT NULL,
  said_at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, source, reading, batch, item)
) STRICT, WITHOUT ROWID;

-- Payouts on record and what came back of them.
CREATE TABLE counter_payout (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  -- "payout", "payout-fee" or "payout-returned", and what it is known by.
  payout TEXT NOT NULL,
  reference TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  paid_on TEXT NOT NULL,
  -- 'stated' by a file or a person; a 'line' that a rule of its account says to be one; 'due' by the schedule; a 'fall' of
  -- the counter that a person says was one.
  origin TEXT NOT NULL CHECK (origin IN ('stated', 'line', 'due', 'fall')),
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, payout)
) STRICT, WITHOUT ROWID;

-- A payout is found by its reference or near its day, not among all there ever were.
CREATE INDEX counter_payout_reference ON counter_payout (book, source, reference);
CREATE INDEX counter_payout_day ON counter_payout (book, source, paid_on);

-- Conversions an ad network told of: evidence to compare a day's counters with, never booked.
CREATE TABLE conversion (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  -- The vendor's day.
  day TEXT NOT NULL,
  payout INTEGER NOT NULL,
  receptions INTEGER NOT NULL,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, day, sha256)
) STRICT, WITHOUT ROWID;

-- =====================================================================================================================
-- Statements
-- =====================================================================================================================
--
-- Statements of bank, PayPal, Razorpay and wallet accounts: the files, their sections, every line once, and where
-- each was seen. Only what has become of a line changes.

-- A statement file that a person took back whole. Its bytes stay in the log and its lines keep their numbers; of what was
-- made of it beside them only this is left, so that the same file or a mended one can be imported again.
CREATE TABLE statement_undo (
  book INTEGER NOT NULL REFERENCES book (id),
  -- Where the file is in the log, whole.
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  account INTEGER NOT NULL,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  format TEXT NOT NULL,
  imported_at_ms INTEGER NOT NULL,
  footing TEXT NOT NULL CHECK (footing IN ('foots', 'differs', 'unproven')),
  -- Lines that no other file shows.
  lines INTEGER NOT NULL,
  -- Where the decision is in the log, and whose it was.
  undone_batch INTEGER NOT NULL,
  undone_item INTEGER NOT NULL,
  undone_by TEXT NOT NULL,
  undone_why TEXT NOT NULL,
  undone_at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, batch, item)
) STRICT, WITHOUT ROWID;

-- A statement file that was imported, and what came of it. Of a bank's CSV the profile it was read by stands with its request in the log.
CREATE TABLE statement_file (
  book INTEGER NOT NULL REFERENCES book (id),
  -- Where the file is in the log, whole.
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  -- A source of kind 'money'.
  account INTEGER NOT NULL,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  format TEXT NOT NULL,
  imported_at_ms INTEGER NOT NULL,
  sections INTEGER NOT NULL,
  -- lines = fresh + known + uncounted.
  lines INTEGER NOT NULL,
  fresh INTEGER NOT NULL,
  known INTEGER NOT NULL,
  uncounted INTEGER NOT NULL,
  footing TEXT NOT NULL CHECK (footing IN ('foots', 'differs', 'unproven')),
  footing_detail TEXT NOT NULL,
  PRIMARY KEY (book, batch, item),
  UNIQUE (book, account, sha256),
  CHECK (lines = fresh + known + uncounted)
) STRICT, WITHOUT ROWID;

-- One account in one currency, as one file tells it.
CREATE TABLE statement_section (
  book INTEGER NOT NULL REFERENCES book (id),
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  section INTEGER NOT NULL,
  account INTEGER NOT NULL,
  format TEXT NOT NULL,
  account_number TEXT,
  currency TEXT NOT NULL,
  opening INTEGER,
  opening_date TEXT,
  closing INTEGER,
  closing_date TEXT,
  -- The first and last day it speaks of; null when it has no line that counts and states no day.
  first_date TEXT,
  last_date TEXT,
  -- The sum of its lines that count.
  counted INTEGER NOT NULL,
  footing TEXT NOT NULL CHECK (footing IN ('foots', 'differs', 'unproven')),
  footing_detail TEXT NOT NULL,
  PRIMARY KEY (book, batch, item, section)
) STRICT, WITHOUT ROWID;

CREATE INDEX statement_section_account ON statement_section (book, account, currency, first_date);

-- A line of a statement, once, however many files show it.
CREATE TABLE statement_line (
  book INTEGER NOT NULL REFERENCES book (id),
  id INTEGER NOT NULL,
  account INTEGER NOT NULL,
  currency TEXT NOT NULL,
  -- What makes two prints the same line (docs/statements.md), and which of several identical lines it is.
  identity TEXT NOT NULL,
  occurrence INTEGER NOT NULL CHECK (occurrence >= 1),
  -- Where it was seen first. The position is the line of a text file, else the number of the entry.
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  section INTEGER NOT NULL,
  position INTEGER NOT NULL,
  external_id TEXT,
  date TEXT NOT NULL,
  at_ms INTEGER,
  amount INTEGER NOT NULL,
  gross INTEGER,
  fee INTEGER,
  tax INTEGER,
  -- After the line, as printed.
  balance INTEGER,
  type TEXT NOT NULL,
  raw_type TEXT NOT NULL,
  -- Why it moved no money; null when it did.
  uncounted TEXT,
  -- A JSON list.
  refs TEXT NOT NULL,
  group_id TEXT,
  counterparty TEXT NOT NULL,
  description TEXT NOT NULL,
  -- A person's word that it is a line of its own, although another looks the same; null otherwise.
  kept_batch INTEGER,
  kept_item INTEGER,
  kept_by TEXT,
  kept_why TEXT,
  -- How much of it active matches take, signed like the amount, and what has become of it. Kept by the matches alone.
  matched INTEGER NOT NULL DEFAULT 0,
  disposition TEXT NOT NULL DEFAULT 'open' CHECK (disposition IN ('open', 'matched', 'ignored')),
  PRIMARY KEY (book, id),
  UNIQUE (book, account, currency, identity, occurrence),
  CHECK (uncounted IS NOT NULL OR amount <> 0),
  CHECK (matched BETWEEN min(amount, 0) AND max(amount, 0))
) STRICT, WITHOUT ROWID;

CREATE INDEX statement_line_day ON statement_line (book, account, currency, date);
CREATE INDEX statement_line_open ON statement_line (book, account, id)
WHERE disposition = 'open' AND uncounted IS NULL;
CREATE INDEX statement_line_matched_amount ON statement_line (book, currency, amount, date) WHERE disposition = 'matched';

-- Every file that shows a line.
CREATE TABLE statement_sighting (
  book INTEGER NOT NULL REFERENCES book (id),
  line INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  section INTEGER NOT NULL,
  position INTEGER NOT NULL,
  -- 0 when no file proves that what is printed here is this line, and not a second one that looks the same.
  certain INTEGER NOT NULL CHECK (certain IN (0, 1)),
  PRIMARY KEY (book, line, batch, item, section, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX statement_sighting_place ON statement_sighting (book, batch, item, section);

-- The months of the proof of cash as the last run of the proofs left them. All of it follows from statement lines and
-- their sections: a run reads only months in which one of these changed, and those after them.
CREATE TABLE cash_month (
  book INTEGER NOT NULL REFERENCES book (id),
  account INTEGER NOT NULL,
  currency TEXT NOT NULL,
  month TEXT NOT NULL,
  -- All counted lines through its last day.
  lines INTEGER NOT NULL,
  -- What the account held on its last day by its statements; null when none tells a balance.
  stated INTEGER,
  PRIMARY KEY (book, account, currency, month)
) STRICT, WITHOUT ROWID;

-- What each run of the proofs came to, as the night tells it.
CREATE TABLE proof_run (
  book INTEGER NOT NULL REFERENCES book (id),
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  day TEXT NOT NULL,
  -- The newest statement line then: the next run reads the newer ones.
  line INTEGER NOT NULL,
  cash INTEGER NOT NULL,
  cash_differing INTEGER NOT NULL,
  cash_unproven INTEGER NOT NULL,
  clearing INTEGER NOT NULL,
  clearing_differing INTEGER NOT NULL,
  PRIMARY KEY (book, batch, item)
) STRICT, WITHOUT ROWID;

-- =====================================================================================================================
-- Matching
-- =====================================================================================================================
--
-- Which statement lines settle which open items, by a rule or by a person, and what a person has refused. How much of a
-- line or an item is matched is the sum of its active legs: kept here by two triggers, so that no program can match
-- anything beyond its amount.

-- What the books expect a statement to show: one row for each payout, top-up, transfer, settlement or refund.
CREATE TABLE open_item (
  book INTEGER NOT NULL REFERENCES book (id),
  id INTEGER NOT NULL CHECK (id >= 1),
  kind TEXT NOT NULL
    CHECK (kind IN ('payout', 'payout-return', 'top-up', 'transfer', 'settlement', 'wallet-refund')),
  -- The vendor; for transfers and settlements the money account the money left.
  source TEXT NOT NULL,
  -- The money account that should show it; '' for any.
  account TEXT NOT NULL,
  -- What it is about, as the ledger or the registry calls it: "payout:due-2026-03-18", "top-up:INV-7", "line:12".
  object TEXT NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  -- As the money account sees it: in positive, out negative; zero once the evidence takes it back.
  amount INTEGER NOT NULL,
  -- The first day a statement may show it, and the last on which that is in order.
  date TEXT NOT NULL,
  last_date TEXT NOT NULL,
  -- JSON lists: ids a line may name, and lower-case words its text may have.
  refs TEXT NOT NULL,
  words TEXT NOT NULL,
  -- How much of it lines have settled, signed like the amount. Kept by the matches alone.
  matched INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'settled', 'withdrawn')),
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, id),
  UNIQUE (book, source, object),
  CHECK (matched = 0 OR (amount > 0 AND matched BETWEEN 0 AND amount) OR (amount < 0 AND matched BETWEEN amount AND 0)),
  CHECK (status <> 'settled' OR matched = amount),
  CHECK (status <> 'withdrawn' OR matched = 0)
) STRICT, WITHOUT ROWID;

-- A night looks at what is open, not at what was ever settled.
CREATE INDEX open_item_open ON open_item (book, id) WHERE status = 'open';
CREATE INDEX open_item_settled_amount ON open_item (book, currency, amount, last_date) WHERE status = 'settled';

-- How far the evidence has been turned into open items: a position in each table they come from.
CREATE TABLE open_item_progress (
  book INTEGER NOT NULL REFERENCES book (id),
  origin TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (book, origin)
) STRICT, WITHOUT ROWID;

-- Lines and items that settle each other.
CREATE TABLE match_group (
  book INTEGER NOT NULL REFERENCES book (id),
  id INTEGER NOT NULL CHECK (id >= 1),
  status TEXT NOT NULL CHECK (status IN ('proposed', 'active', 'undone')),
  -- By which rule; "rule": the line settles by itself; the others are a person's word.
  step TEXT NOT NULL CHECK (step IN (
    'reference', 'group', 'exact', 'part', 'fee', 'subset', 'rule', 'decision', 'ignored', 'written-off')),
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
CREATE INDEX match_group_loose ON match_group (book, id) WHERE status = 'active' AND origin = 'automatic' AND step IN ('fee', 'subset');

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

-- A line or an item, or a part of it, in a match.
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
-- Which matches convert between currencies, without reading what all the others post.
CREATE INDEX match_leg_converting ON match_leg (book, match) WHERE side = 'line' AND instr(posts, 'conversion-') > 0;

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

-- =====================================================================================================================
-- Exceptions
-- =====================================================================================================================
--
-- What is wrong or waits for a person, with its history.

-- Something that is wrong or waits for a person. It keeps its number for ever; what was said of it before is its
-- history.
CREATE TABLE exception (
  book INTEGER NOT NULL REFERENCES book (id),
  source TEXT NOT NULL,
  -- What is wrong, by a code of src/domain/exceptions; and what it is about.
  code TEXT NOT NULL,
  object TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
  -- The money in question; null where no sum is.
  amount INTEGER,
  currency TEXT,
  detail TEXT NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  closed_at_ms INTEGER,
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  -- How many lines of history it has.
  events INTEGER NOT NULL DEFAULT 0,
  -- Whom a person gave it to; null: whom the configuration names.
  owner TEXT,
  -- How a person resolved it, while that stands.
  resolution TEXT,
  -- What was true when it was resolved without a posting: the same check saying the same again does not open it.
  resolved_facts TEXT,
  PRIMARY KEY (book, source, code, object)
) STRICT, WITHOUT ROWID;

-- Settling an object closes what is open about it, whatever its code.
CREATE INDEX exception_open ON exception (book, source, object) WHERE status = 'open';
-- A look at a book groups what is open by code, every minute under the daemon: from the index alone.
CREATE INDEX exception_open_by_code ON exception (book, source, code, currency, first_seen_ms, amount)
  WHERE status = 'open';
CREATE UNIQUE INDEX exception_number ON exception (book, number);
-- Settling an object also forgets that a person had resolved it.
CREATE INDEX exception_resolved ON exception (book, source, object) WHERE resolved_facts IS NOT NULL;

-- One line per change: what the queue said after it. As-of reports read the last line known at an instant.
CREATE TABLE exception_event (
  book INTEGER NOT NULL,
  exception INTEGER NOT NULL,
  n INTEGER NOT NULL CHECK (n >= 1),
  at_ms INTEGER NOT NULL,
  event TEXT NOT NULL CHECK (event IN ('opened', 'changed', 'closed', 'reopened', 'assigned', 'resolved')),
  status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
  amount INTEGER,
  currency TEXT,
  detail TEXT NOT NULL,
  owner TEXT,
  -- What made the change: the place in the log; null where it was not kept.
  evidence_batch INTEGER,
  evidence_item INTEGER,
  -- The person who decided it; null for what the program found.
  by_person TEXT CHECK (by_person IS NULL OR length(by_person) >= 1),
  why TEXT,
  resolution TEXT,
  PRIMARY KEY (book, exception, n),
  FOREIGN KEY (book, exception) REFERENCES exception (book, number),
  CHECK ((event IN ('assigned', 'resolved')) = (by_person IS NOT NULL)),
  CHECK ((by_person IS NULL) = (why IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX exception_event_at ON exception_event (book, at_ms);

-- =====================================================================================================================
-- Journals
-- =====================================================================================================================
--
-- The cent-exact image of sealed ranges of the ledger. Only sealed journals have rows; a draft is computed. Lines are
-- written first and the journal row closes them, so the database can check the whole and then refuse changes.

-- A sealed day of one currency, or a journal that takes one back or repeats it.
CREATE TABLE journal (
  book INTEGER NOT NULL REFERENCES book (id),
  -- 1, 2, 3 ... per book in the order of sealing.
  id INTEGER NOT NULL CHECK (id >= 1),
  -- The accounting day, and 1, 2, 3 ... within it.
  day TEXT NOT NULL CHECK (length(day) = 10),
  number INTEGER NOT NULL CHECK (number >= 1),
  -- The natural key in the target.
  document TEXT NOT NULL CHECK (length(document) BETWEEN 1 AND 21),
  -- The date in the target: later than the day when the target's books were closed.
  document_date TEXT NOT NULL CHECK (length(document_date) = 10 AND document_date >= day),
  currency TEXT NOT NULL,
  -- The range of ledger sequences it covers, both ends inside.
  from_seq INTEGER NOT NULL CHECK (from_seq >= 1),
  to_seq INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('approved', 'delivered', 'verified')),
  approved_by TEXT NOT NULL,
  approved_at_ms INTEGER NOT NULL,
  -- Where ledger and log stood just before, with 16 hex digits of their hashes: "11:0709fb7233cd0af5 12.3:5e6f7a8b1a2b3c4d".
  heads TEXT NOT NULL CHECK (length(heads) >= 18),
  line_count INTEGER NOT NULL CHECK (line_count >= 2),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (book, id),
  UNIQUE (book, day, number),
  UNIQUE (book, document),
  CHECK (to_seq >= from_seq)
) STRICT;

CREATE INDEX journal_document_date ON journal (book, document_date);

CREATE TRIGGER journal_keeps_what_was_sealed BEFORE UPDATE ON journal
WHEN (new.book, new.id, new.day, new.number, new.document, new.document_date, new.currency, new.from_seq, new.to_seq,
  new.approved_by, new.approved_at_ms, new.heads, new.line_count, new.hash)
  IS NOT (old.book, old.id, old.day, old.number, old.document, old.document_date, old.currency, old.from_seq, old.to_seq,
  old.approved_by, old.approved_at_ms, old.heads, old.line_count, old.hash)
  OR (old.status, new.status) NOT IN (VALUES ('approved', 'delivered'), ('delivered', 'verified'))
BEGIN SELECT RAISE(ABORT, 'a sealed journal never changes, and its status only goes on'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'a sealed journal is never deleted'); END;
CREATE TRIGGER journal_closes_its_lines BEFORE INSERT ON journal
BEGIN
  SELECT RAISE(ABORT, 'a journal is sealed as approved')
  WHERE new.status <> 'approved';
  SELECT RAISE(ABORT, 'a sealed journal never changes: correct it with another journal')
  WHERE EXISTS (SELECT 1 FROM journal WHERE book = new.book AND (id = new.id OR document = new.document
    OR (day = new.day AND number = new.number)));
  SELECT RAISE(ABORT, 'journals are numbered without gaps in the order of sealing')
  WHERE new.id <> 1 + (SELECT coalesce(max(id), 0) FROM journal WHERE book = new.book);
  SELECT RAISE(ABORT, 'a journal covers ledger sequences after the last journal of its day and currency')
  WHERE NOT EXISTS (SELECT 1 FROM journal_link WHERE book = new.book AND journal = new.id)
    AND new.from_seq <> 1 + (SELECT coalesce(max(to_seq), 0) FROM journal
      WHERE book = new.book AND day = new.day AND currency = new.currency);
  SELECT RAISE(ABORT, 'a linked journal has the day, currency and range of the journal it takes back or repeats')
  WHERE EXISTS (SELECT 1 FROM journal_link AS link JOIN journal AS subject ON subject.book = link.book AND subject.id = link.subject
    WHERE link.book = new.book AND link.journal = new.id
      AND (subject.day, subject.currency, subject.from_seq, subject.to_seq, subject.line_count)
        IS NOT (new.day, new.currency, new.from_seq, new.to_seq, new.line_count));
  SELECT RAISE(ABORT, 'a reversal has the negated lines of its subject, and a replacement the same')
  WHERE EXISTS (SELECT 1 FROM journal_link AS link
    JOIN journal_line AS line ON line.book = link.book AND line.journal = link.journal
    LEFT JOIN journal_line AS before ON before.book = link.book AND before.journal = link.subject AND before.account = line.account
    WHERE link.book = new.book AND link.journal = new.id
      AND (line.exact, line.rounded) IS NOT (CASE link.kind WHEN 'reversal' THEN -before.exact ELSE before.exact END,
        CASE link.kind WHEN 'reversal' THEN -before.rounded ELSE before.rounded END));
  SELECT RAISE(ABORT, 'a journal sums to zero, exactly and rounded, over all the lines it says it has')
  WHERE NOT EXISTS (SELECT 1 FROM (
    SELECT count(*) AS lines, sum(exact) AS exact, sum(rounded) AS rounded
    FROM journal_line WHERE book = new.book AND journal = new.id
  ) AS sealed WHERE lines = new.line_count AND exact = 0 AND rounded = 0);
END;

-- What a journal comes to on one account.
CREATE TABLE journal_line (
  book INTEGER NOT NULL,
  journal INTEGER NOT NULL,
  account INTEGER NOT NULL,
  -- Debit positive, credit negative. Rounded is a whole number of minor units and may be zero.
  exact INTEGER NOT NULL,
  rounded INTEGER NOT NULL,
  PRIMARY KEY (book, journal, account),
  FOREIGN KEY (book, journal) REFERENCES journal (book, id) DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (book, account) REFERENCES account (book, id),
  CHECK (exact <> 0 OR rounded <> 0)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER journal_line_before_its_journal BEFORE INSERT ON journal_line
WHEN EXISTS (SELECT 1 FROM journal WHERE book = new.book AND id = new.journal)
BEGIN SELECT RAISE(ABORT, 'a sealed journal takes no more lines'); END;
CREATE TRIGGER journal_line_no_update BEFORE UPDATE ON journal_line
BEGIN SELECT RAISE(ABORT, 'the lines of a journal never change'); END;
CREATE TRIGGER journal_line_no_delete BEFORE DELETE ON journal_line
BEGIN SELECT RAISE(ABORT, 'the lines of a journal are never deleted'); END;

-- A journal that takes back or repeats another, written before it is sealed.
CREATE TABLE journal_link (
  book INTEGER NOT NULL,
  journal INTEGER NOT NULL,
  -- reversal: the negated lines of its subject. replacement: the same lines as its subject, which is reversed.
  kind TEXT NOT NULL CHECK (kind IN ('reversal', 'replacement')),
  subject INTEGER NOT NULL,
  -- The journal that sealed the range first. It is in force when it has as many replacements as reversals.
  root INTEGER NOT NULL,
  why TEXT NOT NULL CHECK (length(why) >= 1),
  PRIMARY KEY (book, journal),
  UNIQUE (book, subject, kind),
  FOREIGN KEY (book, journal) REFERENCES journal (book, id) DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (book, subject) REFERENCES journal (book, id),
  FOREIGN KEY (book, root) REFERENCES journal (book, id),
  CHECK (subject < journal AND root <= subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX journal_link_root ON journal_link (book, root, kind);

-- What a person holds back: the draft of a day, or a sealed journal from its delivery. The last line of each counts.
CREATE TABLE journal_hold (
  book INTEGER NOT NULL REFERENCES book (id),
  n INTEGER NOT NULL CHECK (n >= 1),
  day TEXT CHECK (length(day) = 10),
  journal INTEGER,
  action TEXT NOT NULL CHECK (action IN ('hold', 'release')),
  why TEXT NOT NULL,
  by_person TEXT NOT NULL CHECK (length(by_person) >= 1),
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, n),
  FOREIGN KEY (book, journal) REFERENCES journal (book, id),
  CHECK ((day IS NULL) <> (journal IS NULL)),
  CHECK (action = 'release' OR length(why) >= 1)
) STRICT, WITHOUT ROWID;

-- Who prepared a draft, and the hash of exactly what: its lines and what every target would be sent.
CREATE TABLE journal_preparation (
  book INTEGER NOT NULL REFERENCES book (id),
  n INTEGER NOT NULL CHECK (n >= 1),
  day TEXT NOT NULL CHECK (length(day) = 10),
  currency TEXT NOT NULL,
  head_seq INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  by_person TEXT NOT NULL CHECK (length(by_person) >= 1),
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX journal_preparation_day ON journal_preparation (book, day, currency);

-- =====================================================================================================================
-- Delivery
-- =====================================================================================================================
--
-- What goes to accounting systems and into files. One row per journal part and system, with the exact bytes to send and
-- the whole history of what became of them: operational, and kept for ever.

-- A part of a journal for one accounting system. Every change of state has its line in the history, written first.
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
  -- Which process is sending it, and until when it is believed to be alive.
  holder TEXT,
  holder_until_ms INTEGER,
  remote_id TEXT,
  remote_version TEXT,
  -- The last line of its history.
  history INTEGER NOT NULL CHECK (history >= 0),
  queued_at_ms INTEGER NOT NULL,
  -- When it was last read back from the target.
  checked_at_ms INTEGER,
  -- Batch of the log that says the last of it: what was announced, answered or decided. Null while nothing was.
  record INTEGER,
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
-- A payload that was built anew may carry another date than its journal; all others carry the journal's.
CREATE INDEX outbox_rebuilt ON outbox (book, target, journal) WHERE revision > 1;

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
CREATE TRIGGER outbox_moves_by_the_rules BEFORE UPDATE ON outbox
BEGIN
  SELECT RAISE(ABORT, 'a row of the outbox stays the row of its journal part')
  WHERE (new.book, new.target, new.journal, new.part, new.parts, new.document, new.queued_at_ms)
    IS NOT (old.book, old.target, old.journal, old.part, old.parts, old.document, old.queued_at_ms);
  SELECT RAISE(ABORT, 'the outbox does not go that way')
  WHERE (new.state <> old.state OR new.history <> old.history) AND (old.state, new.state) NOT IN (VALUES
    ('queued', 'sending'), ('queued', 'held'), ('queued', 'refused'),
    ('held', 'queued'), ('refused', 'queued'), ('unknown', 'sending'),
    ('sending', 'queued'), ('sending', 'unknown'), ('sending', 'held'), ('sending', 'refused'), ('sending', 'delivered'),
    ('delivered', 'verified'), ('delivered', 'queued'), ('verified', 'queued'));
  SELECT RAISE(ABORT, 'every change of state has its line in the history, written first')
  WHERE (new.state <> old.state OR new.history <> old.history)
    AND (new.history <> old.history + 1 OR NOT EXISTS (SELECT 1 FROM outbox_attempt
      WHERE book = new.book AND target = new.target AND journal = new.journal AND part = new.part
        AND n = new.history AND from_state = old.state AND to_state = new.state
        -- What is delivered, and what was refused, is taken up again by a person alone.
        AND (old.state NOT IN ('delivered', 'verified', 'refused') OR new.state <> 'queued' OR by_person IS NOT NULL)));
  SELECT RAISE(ABORT, 'a delivered row stays with the entry it was delivered as')
  WHERE old.remote_id IS NOT NULL AND new.state IN ('delivered', 'verified') AND new.remote_id <> old.remote_id;
  SELECT RAISE(ABORT, 'revisions and keys only go on, one by one, and never of what is delivered')
  WHERE (new.revision, new.generation) IS NOT (old.revision, old.generation)
    AND (new.revision < old.revision OR new.generation < old.generation OR new.revision > old.revision + 1
      OR new.generation > old.generation + 1 OR old.state IN ('delivered', 'verified') AND new.state <> 'queued'
      OR NOT EXISTS (SELECT 1 FROM outbox_payload WHERE book = new.book AND target = new.target
        AND journal = new.journal AND part = new.part AND revision = new.revision));
END;
CREATE TRIGGER outbox_no_delete BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'a row of the outbox is never deleted'); END;

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

CREATE TRIGGER outbox_payload_in_order BEFORE INSERT ON outbox_payload
WHEN new.revision <> 1 + (SELECT coalesce(max(revision), 0) FROM outbox_payload WHERE book = new.book
  AND target = new.target AND journal = new.journal AND part = new.part)
BEGIN SELECT RAISE(ABORT, 'payloads are numbered without gaps and never replaced'); END;
CREATE TRIGGER outbox_payload_no_update BEFORE UPDATE ON outbox_payload
BEGIN SELECT RAISE(ABORT, 'a payload never changes'); END;
CREATE TRIGGER outbox_payload_no_delete BEFORE DELETE ON outbox_payload
BEGIN SELECT RAISE(ABORT, 'a payload is never deleted'); END;

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

CREATE TRIGGER outbox_attempt_in_order BEFORE INSERT ON outbox_attempt
WHEN new.n <> 1 + (SELECT coalesce(max(n), 0) FROM outbox_attempt WHERE book = new.book
  AND target = new.target AND journal = new.journal AND part = new.part)
BEGIN SELECT RAISE(ABORT, 'the history of the outbox goes on line by line'); END;
CREATE TRIGGER outbox_attempt_no_update BEFORE UPDATE ON outbox_attempt
BEGIN SELECT RAISE(ABORT, 'the history of the outbox never changes'); END;
CREATE TRIGGER outbox_attempt_no_delete BEFORE DELETE ON outbox_attempt
BEGIN SELECT RAISE(ABORT, 'the history of the outbox is never deleted'); END;

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

-- A person's word on an entry of a target: that it is no copy of ours though it says the same, that one of ours may stay as
-- somebody changed it there; or on the id of a tieout book that this database does not know, and whose entries are there.
-- The last word on each counts; what was said before stays written.
CREATE TABLE target_word (
  book INTEGER NOT NULL REFERENCES book (id),
  n INTEGER NOT NULL CHECK (n >= 1),
  target TEXT NOT NULL CHECK (length(target) >= 1),
  -- Ours; '' of a word on a book.
  document TEXT NOT NULL,
  -- The target's id of the entry; the lasting id of the book.
  id TEXT NOT NULL CHECK (length(id) >= 1),
  action TEXT NOT NULL CHECK (action IN ('dismiss', 'suspect', 'keep', 'correct', 'another', 'take-over')),
  -- Of what is kept: what it said then, hashed, or "gone"; '' otherwise.
  content TEXT NOT NULL,
  why TEXT NOT NULL CHECK (length(why) >= 1),
  by_person TEXT NOT NULL CHECK (length(by_person) >= 1),
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX target_word_document ON target_word (book, target, document);

-- A company as its accounting system described it. A row is written only when something of it changed.
CREATE TABLE target_company (
  book INTEGER NOT NULL REFERENCES book (id),
  target TEXT NOT NULL CHECK (length(target) >= 1),
  id INTEGER NOT NULL CHECK (id >= 1),
  pulled_at_ms INTEGER NOT NULL,
  pulled_by TEXT NOT NULL CHECK (length(pulled_by) >= 1),
  company_id TEXT NOT NULL,
  name TEXT NOT NULL,
  -- The company as JSON, without the answers it was read from.
  company TEXT NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  -- The answers themselves: zstd of a JSON list of texts.
  answers BLOB NOT NULL,
  PRIMARY KEY (book, target, id)
) STRICT, WITHOUT ROWID;

-- When the newest row was last found unchanged.
CREATE TABLE target_company_check (
  book INTEGER NOT NULL REFERENCES book (id),
  target TEXT NOT NULL,
  checked_at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, target)
) STRICT, WITHOUT ROWID;

-- The mapping of a target as a person accepted it.
CREATE TABLE mapping_version (
  book INTEGER NOT NULL REFERENCES book (id),
  target TEXT NOT NULL CHECK (length(target) >= 1),
  version INTEGER NOT NULL CHECK (version >= 1),
  accepted_by TEXT NOT NULL CHECK (length(accepted_by) >= 1),
  accepted_at_ms INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  -- One line for each account and rule, sorted: what the hash is taken over.
  lines TEXT NOT NULL,
  -- The lines that are not as in the version before, each after "+ " or "- ".
  changes TEXT NOT NULL,
  PRIMARY KEY (book, target, version)
) STRICT, WITHOUT ROWID;

-- A file that was handed out. Only what was approved is in it; a preview is nothing to import.
CREATE TABLE export_file (
  book INTEGER NOT NULL REFERENCES book (id),
  n INTEGER NOT NULL CHECK (n >= 1),
  format TEXT NOT NULL CHECK (length(format) >= 1),
  -- Absolute, on the machine that wrote it.
  path TEXT NOT NULL CHECK (length(path) >= 1),
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  by_person TEXT NOT NULL CHECK (length(by_person) >= 1),
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX export_file_path ON export_file (book, path, sha256);

-- The journals that were in it: the same one must not go out twice unnoticed.
CREATE TABLE export_journal (
  book INTEGER NOT NULL,
  journal INTEGER NOT NULL,
  file INTEGER NOT NULL,
  PRIMARY KEY (book, journal, file),
  FOREIGN KEY (book, journal) REFERENCES journal (book, id),
  FOREIGN KEY (book, file) REFERENCES export_file (book, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX export_journal_file ON export_journal (book, file);

-- =====================================================================================================================
-- Connections
-- =====================================================================================================================
--
-- How a book reaches its accounting systems. Operational.

-- Which company a target is connected to, and the tokens, encrypted with a key that is not in here. Renewal is
-- single-flight over processes: whoever writes refreshing_by first does it.
CREATE TABLE connection (
  book INTEGER NOT NULL REFERENCES book (id),
  target TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('quickbooks', 'xero')),
  -- broken: the vendor wants consent anew; disconnected: a person ended it.
  status TEXT NOT NULL CHECK (status IN ('connected', 'broken', 'disconnected')),
  -- QuickBooks' realm, Xero's tenant.
  company_id TEXT NOT NULL,
  company_name TEXT NOT NULL,
  -- Home currency; null when the vendor did not say.
  company_currency TEXT,
  -- Xero's id of the connection, which disconnecting needs; else ''.
  vendor_connection TEXT NOT NULL,
  scopes TEXT NOT NULL,
  access_token TEXT,
  refresh_token TEXT,
  access_expires_at_ms INTEGER NOT NULL,
  refresh_expires_at_ms INTEGER,
  -- After this no renewal helps; null when the vendor did not say.
  hard_expires_at_ms INTEGER,
  -- Grows with every change of the tokens.
  version INTEGER NOT NULL,
  refreshing_by TEXT,
  refreshing_until_ms INTEGER,
  -- Renewals in a row that brought no token.
  failures INTEGER NOT NULL,
  trouble TEXT,
  trouble_at_ms INTEGER,
  -- The vendor asked not to be asked before.
  blocked_until_ms INTEGER,
  connected_by TEXT NOT NULL,
  connected_at_ms INTEGER NOT NULL,
  renewed_at_ms INTEGER,
  PRIMARY KEY (book, target),
  -- What is connected has a token to ask with, and what a person ended has none left.
  CHECK (status <> 'connected' OR access_token IS NOT NULL),
  CHECK (status <> 'disconnected' OR (access_token IS NULL AND refresh_token IS NULL))
) STRICT, WITHOUT ROWID;

-- =====================================================================================================================
-- Running
-- =====================================================================================================================
--
-- Which nights were due, who runs them, and who was told what. Operational: nothing here reaches the books.

-- A command that reads or writes books: a night, an import. What it has done so far is in its steps.
CREATE TABLE run (
  book INTEGER NOT NULL REFERENCES book (id),
  id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  -- As JSON: a killed run is found by its kind and arguments, and goes on.
  arguments TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'failed', 'abandoned')),
  started_at_ms INTEGER NOT NULL,
  finished_at_ms INTEGER,
  -- What it came to, as JSON.
  summary TEXT NOT NULL,
  PRIMARY KEY (book, id)
) STRICT, WITHOUT ROWID;

-- Where each step of a run stands, so that a killed run goes on where it was.
CREATE TABLE run_step (
  book INTEGER NOT NULL REFERENCES book (id),
  run INTEGER NOT NULL,
  step TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'finished')),
  -- As JSON: how far it came, and what it counted.
  position TEXT NOT NULL,
  counts TEXT NOT NULL,
  PRIMARY KEY (book, run, step)
) STRICT, WITHOUT ROWID;

-- One writer per book, across processes.
CREATE TABLE lease (
  book INTEGER PRIMARY KEY REFERENCES book (id),
  holder TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT;

-- Since when a book is scheduled: what was due before is nobody's omission.
CREATE TABLE schedule (
  book INTEGER PRIMARY KEY REFERENCES book (id),
  known_since_ms INTEGER NOT NULL,
  -- The weekly proof: when the last one was started, and how it ended, in the words of the program.
  proof_started_ms INTEGER,
  proof_outcome TEXT NOT NULL DEFAULT '',
  proof_detail TEXT NOT NULL DEFAULT ''
) STRICT;

-- One row for every night that was started, by the instant it was due. The key is why it cannot be started twice.
CREATE TABLE schedule_tick (
  book INTEGER NOT NULL REFERENCES book (id),
  due_at_ms INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'done', 'retry', 'failed')),
  attempts INTEGER NOT NULL,
  started_at_ms INTEGER NOT NULL,
  -- When to try again, for 'retry'.
  retry_at_ms INTEGER,
  finished_at_ms INTEGER,
  -- Who runs it, and until when it is believed to be alive.
  holder TEXT NOT NULL,
  alive_until_ms INTEGER NOT NULL,
  detail TEXT NOT NULL,
  -- How the last attempt ended, in the words of the program; '' before the first has.
  outcome TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (book, due_at_ms)
) STRICT, WITHOUT ROWID;

-- When the next request to a vendor may start, for all processes together, in microseconds; and the clock that said so.
CREATE TABLE rate_slot (
  origin TEXT PRIMARY KEY,
  next_us INTEGER NOT NULL,
  now_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is wrong with a book now, or was: one row per rule and object.
CREATE TABLE alert (
  book INTEGER NOT NULL REFERENCES book (id),
  rule TEXT NOT NULL,
  -- What in the book it is about: a source, a source and an exception code, or '' for the book itself.
  object TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'resolved')),
  severity TEXT NOT NULL CHECK (severity IN ('warning', 'critical')),
  title TEXT NOT NULL,
  detail TEXT NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  -- How many looks that were kept saw it since it opened: at most one in ten minutes.
  times_seen INTEGER NOT NULL CHECK (times_seen >= 1),
  -- When the newest message about it was written.
  last_said_ms INTEGER NOT NULL,
  resolved_at_ms INTEGER,
  -- By which reading it was last judged: one that is about a source's figure changes only with a newer reading.
  evidence_batch INTEGER,
  PRIMARY KEY (book, rule, object),
  CHECK ((status = 'resolved') = (resolved_at_ms IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX alert_open ON alert (book, rule, object) WHERE status = 'open';

-- A message is written once, with the text it is sent with, before anything is sent.
CREATE TABLE alert_message (
  book INTEGER NOT NULL REFERENCES book (id),
  id INTEGER NOT NULL CHECK (id >= 1),
  rule TEXT NOT NULL,
  object TEXT NOT NULL,
  event TEXT NOT NULL CHECK (event IN ('opened', 'raised', 'repeated', 'resolved')),
  severity TEXT NOT NULL CHECK (severity IN ('warning', 'critical')),
  title TEXT NOT NULL,
  detail TEXT NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  written_at_ms INTEGER NOT NULL,
  PRIMARY KEY (book, id)
) STRICT, WITHOUT ROWID;

-- One row per message and channel: written with the message, marked after the channel took it, so a crash in between
-- sends it again and never loses it.
CREATE TABLE alert_delivery (
  book INTEGER NOT NULL,
  message INTEGER NOT NULL,
  channel TEXT NOT NULL,
  -- 'superseded': a newer message about the same alert made it pointless before it was sent; 'given-up': refused for
  -- good.
  status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'superseded', 'given-up')),
  attempts INTEGER NOT NULL DEFAULT 0,
  -- Until then a process is sending it; one that dies leaves it to the next after that.
  claimed_until_ms INTEGER NOT NULL DEFAULT 0,
  settled_at_ms INTEGER,
  -- Why the last attempt failed, without secrets.
  error TEXT,
  PRIMARY KEY (book, message, channel),
  FOREIGN KEY (book, message) REFERENCES alert_message (book, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX alert_delivery_pending ON alert_delivery (channel, book, message) WHERE status = 'pending';

-- A channel that fails is left alone for a while, whatever it has to say.
CREATE TABLE alert_channel (
  name TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  retry_at_ms INTEGER NOT NULL,
  last_error TEXT,
  last_error_at_ms INTEGER,
  last_delivered_at_ms INTEGER
) STRICT, WITHOUT ROWID;

-- =====================================================================================================================
-- Query plans of SQLite
-- =====================================================================================================================
--
-- A night costs what it adds, not what is there. SQLite chooses among the keys of the ledger by statistics, and without
-- any it looks up (book, source, object) by scanning the book. These are the proportions of a book of a million
-- transactions; they are never measured again, so that a query plan is the same in every book and on every day.

ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('txn', 'txn', '1000000 500000 1'),
  ('txn', 'sqlite_autoindex_txn_2', '1000000 500000 100000 3 2 1'),
  ('txn', 'txn_day', '1000000 500000 3000 1'),
  ('posting', 'posting', '2000000 1000000 2 1'),
  ('panel_order', 'panel_order', '1000000 500000 100000 1'),
  ('panel_order', 'panel_order_placed', '1000000 500000 100000 2 1'),
  ('order_state', 'order_state', '1000000 500000 100000 1'),
  ('order_state', 'order_state_due', '1000000 500000 100000 100 1'),
  ('order_state', 'order_state_claimed', '1000 500 100 1');
-- Makes this very connection use them, too.
ANALYZE sqlite_schema;
