-- What was handed out as a file, and which journals were in it: the same journal must not go out twice unnoticed. Only
-- what was approved is in here; a preview is nothing to import.

CREATE TABLE export_file (
  book bigint NOT NULL REFERENCES book (id),
  n bigint NOT NULL CHECK (n >= 1),
  format text NOT NULL CHECK (length(format) >= 1),
  -- Absolute, on the machine that wrote it.
  path text NOT NULL CHECK (length(path) >= 1),
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  by_person text NOT NULL CHECK (length(by_person) >= 1),
  at_ms bigint NOT NULL,
  PRIMARY KEY (book, n)
);

CREATE INDEX export_file_path ON export_file (book, path, sha256);

CREATE TABLE export_journal (
  book bigint NOT NULL,
  journal bigint NOT NULL,
  file bigint NOT NULL,
  PRIMARY KEY (book, journal, file),
  FOREIGN KEY (book, journal) REFERENCES journal (book, id),
  FOREIGN KEY (book, file) REFERENCES export_file (book, n)
);

CREATE INDEX export_journal_file ON export_journal (book, file);

CREATE TRIGGER export_file_in_order BEFORE INSERT ON export_file
FOR EACH ROW EXECUTE FUNCTION approval_is_numbered();

CREATE FUNCTION export_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'what was exported never changes and is never forgotten'; END $$;
CREATE TRIGGER export_file_no_change BEFORE UPDATE OR DELETE ON export_file
FOR EACH ROW EXECUTE FUNCTION export_is_immutable();
CREATE TRIGGER export_file_no_truncate BEFORE TRUNCATE ON export_file
FOR EACH STATEMENT EXECUTE FUNCTION export_is_immutable();
CREATE TRIGGER export_journal_no_change BEFORE UPDATE OR DELETE ON export_journal
FOR EACH ROW EXECUTE FUNCTION export_is_immutable();
CREATE TRIGGER export_journal_no_truncate BEFORE TRUNCATE ON export_journal
FOR EACH STATEMENT EXECUTE FUNCTION export_is_immutable();
