-- What accounting systems said of themselves, which version of a mapping somebody accepted for them, and what tags orders:
-- their client and the category of their service.

-- A company as it was pulled. A row is written only when something of it changed; nothing is changed or deleted.
CREATE TABLE target_company (
  book bigint NOT NULL REFERENCES book (id),
  target text COLLATE "C" NOT NULL CHECK (length(target) >= 1),
  id bigint NOT NULL CHECK (id >= 1),
  pulled_at_ms bigint NOT NULL,
  pulled_by text NOT NULL CHECK (length(pulled_by) >= 1),
  company_id text NOT NULL,
  name text NOT NULL,
  -- The company as JSON, without the answers it was read from.
  company text NOT NULL,
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  -- The answers themselves: zstd of a JSON list of texts.
  answers bytea NOT NULL,
  PRIMARY KEY (book, target, id)
);

-- When the newest row was last found unchanged.
CREATE TABLE target_company_check (
  book bigint NOT NULL REFERENCES book (id),
  target text COLLATE "C" NOT NULL,
  checked_at_ms bigint NOT NULL,
  PRIMARY KEY (book, target)
);

-- The mapping of a target as a person accepted it.
CREATE TABLE mapping_version (
  book bigint NOT NULL REFERENCES book (id),
  target text COLLATE "C" NOT NULL CHECK (length(target) >= 1),
  version bigint NOT NULL CHECK (version >= 1),
  accepted_by text NOT NULL CHECK (length(accepted_by) >= 1),
  accepted_at_ms bigint NOT NULL,
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  -- One line for each account and rule, sorted: what the hash is taken over.
  lines text NOT NULL,
  -- The lines that are not as in the version before, each after "+ " or "- ".
  changes text NOT NULL,
  PRIMARY KEY (book, target, version)
);

CREATE FUNCTION target_record_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;

CREATE TRIGGER target_company_no_change BEFORE UPDATE OR DELETE ON target_company
FOR EACH ROW EXECUTE FUNCTION target_record_is_kept();
CREATE TRIGGER target_company_no_truncate BEFORE TRUNCATE ON target_company
FOR EACH STATEMENT EXECUTE FUNCTION target_record_is_kept();
CREATE TRIGGER mapping_version_no_change BEFORE UPDATE OR DELETE ON mapping_version
FOR EACH ROW EXECUTE FUNCTION target_record_is_kept();
CREATE TRIGGER mapping_version_no_truncate BEFORE TRUNCATE ON mapping_version
FOR EACH STATEMENT EXECUTE FUNCTION target_record_is_kept();

-- Numbers are given in order, so that no row can be slipped in.
CREATE FUNCTION target_company_is_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM target_company WHERE book = NEW.book AND target = NEW.target) THEN
    RAISE EXCEPTION 'the companies of a target are numbered without gaps';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER target_company_in_order BEFORE INSERT ON target_company
FOR EACH ROW EXECUTE FUNCTION target_company_is_next();

CREATE FUNCTION mapping_version_is_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version <> (
    SELECT coalesce(max(version), 0) + 1 FROM mapping_version WHERE book = NEW.book AND target = NEW.target
  ) THEN
    RAISE EXCEPTION 'the versions of a mapping are numbered without gaps';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER mapping_version_in_order BEFORE INSERT ON mapping_version
FOR EACH ROW EXECUTE FUNCTION mapping_version_is_next();

-- Whom an order was for. Derived from the landing; an order may be tagged before it is registered.
CREATE TABLE order_client (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  order_id text COLLATE "C" NOT NULL,
  client text NOT NULL CHECK (length(client) >= 1),
  evidence_batch bigint NOT NULL,
  evidence_item bigint NOT NULL,
  PRIMARY KEY (book, source, order_id)
);

-- The category a panel's newest catalogue put a service into. Derived from the landing.
CREATE TABLE service_category (
  book bigint NOT NULL REFERENCES book (id),
  source bigint NOT NULL,
  service text COLLATE "C" NOT NULL,
  category text NOT NULL CHECK (length(category) >= 1),
  evidence_batch bigint NOT NULL,
  evidence_item bigint NOT NULL,
  PRIMARY KEY (book, source, service)
);
