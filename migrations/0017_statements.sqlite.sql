-- Statements of bank, PayPal, Razorpay and wallet accounts: the files, their sections, every line once, and where each
-- was seen. All of it follows from the landing; only what has become of a line changes.

CREATE TABLE statement_file (
  book INTEGER NOT NULL REFERENCES book (id),
  -- Where the file is in the landing, whole.
  batch INTEGER NOT NULL,
  item INTEGER NOT NULL,
  -- A source of kind 'money', or a panel whose wallet log it is.
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
  newest_first INTEGER NOT NULL CHECK (newest_first IN (0, 1)),
  -- The sum of its lines that count.
  counted INTEGER NOT NULL,
  footing TEXT NOT NULL CHECK (footing IN ('foots', 'differs', 'unproven')),
  footing_detail TEXT NOT NULL,
  PRIMARY KEY (book, batch, item, section)
) STRICT, WITHOUT ROWID;

CREATE INDEX statement_section_account ON statement_section (book, account, currency, first_date);

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

CREATE TRIGGER statement_file_no_update BEFORE UPDATE ON statement_file
BEGIN SELECT RAISE(ABORT, 'a statement file is what was imported'); END;
CREATE TRIGGER statement_file_no_delete BEFORE DELETE ON statement_file
BEGIN SELECT RAISE(ABORT, 'a statement file is what was imported'); END;
CREATE TRIGGER statement_section_no_update BEFORE UPDATE ON statement_section
BEGIN SELECT RAISE(ABORT, 'a section of a statement is what its file says'); END;
CREATE TRIGGER statement_section_no_delete BEFORE DELETE ON statement_section
BEGIN SELECT RAISE(ABORT, 'a section of a statement is what its file says'); END;
CREATE TRIGGER statement_line_no_update BEFORE UPDATE OF
  book, id, account, currency, identity, occurrence, batch, item, section, position, external_id, date, at_ms, amount,
  gross, fee, tax, balance, type, raw_type, uncounted, refs, group_id, counterparty, description, kept_batch,
  kept_item, kept_by, kept_why
ON statement_line
BEGIN SELECT RAISE(ABORT, 'a statement line is what its file says: only what it is matched with changes'); END;
CREATE TRIGGER statement_line_no_delete BEFORE DELETE ON statement_line
BEGIN SELECT RAISE(ABORT, 'a statement line is never deleted'); END;
CREATE TRIGGER statement_sighting_no_update BEFORE UPDATE ON statement_sighting
BEGIN SELECT RAISE(ABORT, 'where a statement line was seen never changes'); END;
CREATE TRIGGER statement_sighting_no_delete BEFORE DELETE ON statement_sighting
BEGIN SELECT RAISE(ABORT, 'where a statement line was seen never changes'); END;
