-- Statements of bank, PayPal, Razorpay and wallet accounts: the files, their sections, every line once, and where each
-- was seen. All of it follows from the landing; only what has become of a line changes.

CREATE TABLE statement_file (
  book bigint NOT NULL REFERENCES book (id),
  -- Where the file is in the landing, whole.
  batch bigint NOT NULL,
  item bigint NOT NULL,
  -- A source of kind 'money', or a panel whose wallet log it is.
  account bigint NOT NULL,
  name text NOT NULL,
  sha256 text NOT NULL,
  format text NOT NULL,
  imported_at_ms bigint NOT NULL,
  sections bigint NOT NULL,
  -- lines = fresh + known + uncounted.
  lines bigint NOT NULL,
  fresh bigint NOT NULL,
  known bigint NOT NULL,
  uncounted bigint NOT NULL,
  footing text NOT NULL CHECK (footing IN ('foots', 'differs', 'unproven')),
  footing_detail text NOT NULL,
  PRIMARY KEY (book, batch, item),
  UNIQUE (book, account, sha256),
  CHECK (lines = fresh + known + uncounted)
);

-- One account in one currency, as one file tells it.
CREATE TABLE statement_section (
  book bigint NOT NULL REFERENCES book (id),
  batch bigint NOT NULL,
  item bigint NOT NULL,
  section bigint NOT NULL,
  account bigint NOT NULL,
  format text NOT NULL,
  account_number text,
  currency text NOT NULL,
  opening bigint,
  opening_date text,
  closing bigint,
  closing_date text,
  -- The first and last day it speaks of; null when it has no line that counts and states no day.
  first_date text,
  last_date text,
  newest_first bigint NOT NULL CHECK (newest_first IN (0, 1)),
  -- The sum of its lines that count.
  counted bigint NOT NULL,
  footing text NOT NULL CHECK (footing IN ('foots', 'differs', 'unproven')),
  footing_detail text NOT NULL,
  PRIMARY KEY (book, batch, item, section)
);

CREATE INDEX statement_section_account ON statement_section (book, account, currency, first_date);

CREATE TABLE statement_line (
  book bigint NOT NULL REFERENCES book (id),
  id bigint NOT NULL,
  account bigint NOT NULL,
  currency text NOT NULL,
  -- What makes two prints the same line (docs/statements.md), and which of several identical lines it is.
  identity text NOT NULL,
  occurrence bigint NOT NULL CHECK (occurrence >= 1),
  -- Where it was seen first. The position is the line of a text file, else the number of the entry.
  batch bigint NOT NULL,
  item bigint NOT NULL,
  section bigint NOT NULL,
  position bigint NOT NULL,
  external_id text,
  date text NOT NULL,
  at_ms bigint,
  amount bigint NOT NULL,
  gross bigint,
  fee bigint,
  tax bigint,
  -- After the line, as printed.
  balance bigint,
  type text NOT NULL,
  raw_type text NOT NULL,
  -- Why it moved no money; null when it did.
  uncounted text,
  -- A JSON list.
  refs text NOT NULL,
  group_id text,
  counterparty text NOT NULL,
  description text NOT NULL,
  -- A person's word that it is a line of its own, although another looks the same; null otherwise.
  kept_batch bigint,
  kept_item bigint,
  kept_by text,
  kept_why text,
  matched bigint NOT NULL DEFAULT 0,
  disposition text NOT NULL DEFAULT 'open' CHECK (disposition IN ('open', 'matched', 'ignored')),
  PRIMARY KEY (book, id),
  UNIQUE (book, account, currency, identity, occurrence),
  CHECK (uncounted IS NOT NULL OR amount <> 0),
  CHECK (matched BETWEEN least(amount, 0) AND greatest(amount, 0))
);

CREATE INDEX statement_line_day ON statement_line (book, account, currency, date);
CREATE INDEX statement_line_open ON statement_line (book, account, id)
WHERE disposition = 'open' AND uncounted IS NULL;

-- Every file that shows a line.
CREATE TABLE statement_sighting (
  book bigint NOT NULL REFERENCES book (id),
  line bigint NOT NULL,
  batch bigint NOT NULL,
  item bigint NOT NULL,
  section bigint NOT NULL,
  position bigint NOT NULL,
  -- 0 when no file proves that what is printed here is this line, and not a second one that looks the same.
  certain bigint NOT NULL CHECK (certain IN (0, 1)),
  PRIMARY KEY (book, line, batch, item, section, position)
);

CREATE INDEX statement_sighting_place ON statement_sighting (book, batch, item, section);

CREATE TRIGGER statement_file_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON statement_file
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a statement file is what was imported');
CREATE TRIGGER statement_section_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON statement_section
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a section of a statement is what its file says');
CREATE TRIGGER statement_line_no_update BEFORE UPDATE OF
  book, id, account, currency, identity, occurrence, batch, item, section, position, external_id, date, at_ms, amount,
  gross, fee, tax, balance, type, raw_type, uncounted, refs, group_id, counterparty, description, kept_batch,
  kept_item, kept_by, kept_why
ON statement_line FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_change('a statement line is what its file says, only what it is matched with changes');
CREATE TRIGGER statement_line_no_delete BEFORE DELETE OR TRUNCATE ON statement_line
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a statement line is never deleted');
CREATE TRIGGER statement_sighting_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON statement_sighting
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('where a statement line was seen never changes');
