-- What accounting systems said of themselves, which version of a mapping somebody accepted for them, and what tags orders:
-- their client and the category of their service.

-- A company as it was pulled. A row is written only when something of it changed; nothing is changed or deleted.
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

CREATE TRIGGER target_company_no_update BEFORE UPDATE ON target_company
BEGIN SELECT RAISE(ABORT, 'target_company is append-only'); END;
CREATE TRIGGER target_company_no_delete BEFORE DELETE ON target_company
BEGIN SELECT RAISE(ABORT, 'target_company is append-only'); END;
CREATE TRIGGER mapping_version_no_update BEFORE UPDATE ON mapping_version
BEGIN SELECT RAISE(ABORT, 'mapping_version is append-only'); END;
CREATE TRIGGER mapping_version_no_delete BEFORE DELETE ON mapping_version
BEGIN SELECT RAISE(ABORT, 'mapping_version is append-only'); END;

-- Numbers are given in order, so that no row can be replaced or slipped in.
CREATE TRIGGER target_company_in_order BEFORE INSERT ON target_company
WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM target_company WHERE book = NEW.book AND target = NEW.target)
BEGIN SELECT RAISE(ABORT, 'the companies of a target are numbered without gaps'); END;
CREATE TRIGGER mapping_version_in_order BEFORE INSERT ON mapping_version
WHEN NEW.version <> (
  SELECT coalesce(max(version), 0) + 1 FROM mapping_version WHERE book = NEW.book AND target = NEW.target
)
BEGIN SELECT RAISE(ABORT, 'the versions of a mapping are numbered without gaps'); END;

-- Whom an order was for. Derived from the landing; an order may be tagged before it is registered.
CREATE TABLE order_client (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  order_id TEXT NOT NULL,
  client TEXT NOT NULL CHECK (length(client) >= 1),
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, order_id)
) STRICT, WITHOUT ROWID;

-- The category a panel's newest catalogue put a service into. Derived from the landing.
CREATE TABLE service_category (
  book INTEGER NOT NULL REFERENCES book (id),
  source INTEGER NOT NULL,
  service TEXT NOT NULL,
  category TEXT NOT NULL CHECK (length(category) >= 1),
  evidence_batch INTEGER NOT NULL,
  evidence_item INTEGER NOT NULL,
  PRIMARY KEY (book, source, service)
) STRICT, WITHOUT ROWID;
