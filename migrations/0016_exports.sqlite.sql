-- What was handed out as a file, and which journals were in it: the same journal must not go out twice unnoticed. Only
-- what was approved is in here; a preview is nothing to import.

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

CREATE TABLE export_journal (
  book INTEGER NOT NULL,
  journal INTEGER NOT NULL,
  file INTEGER NOT NULL,
  PRIMARY KEY (book, journal, file),
  FOREIGN KEY (book, journal) REFERENCES journal (book, id),
  FOREIGN KEY (book, file) REFERENCES export_file (book, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX export_journal_file ON export_journal (book, file);

CREATE TRIGGER export_file_in_order BEFORE INSERT ON export_file
WHEN new.n <> 1 + (SELECT coalesce(max(n), 0) FROM export_file WHERE book = new.book)
BEGIN SELECT RAISE(ABORT, 'exported files are numbered without gaps and never replaced'); END;
CREATE TRIGGER export_file_no_update BEFORE UPDATE ON export_file
BEGIN SELECT RAISE(ABORT, 'what was exported never changes'); END;
CREATE TRIGGER export_file_no_delete BEFORE DELETE ON export_file
BEGIN SELECT RAISE(ABORT, 'what was exported is never forgotten'); END;
CREATE TRIGGER export_journal_no_update BEFORE UPDATE ON export_journal
BEGIN SELECT RAISE(ABORT, 'what was exported never changes'); END;
CREATE TRIGGER export_journal_no_delete BEFORE DELETE ON export_journal
BEGIN SELECT RAISE(ABORT, 'what was exported is never forgotten'); END;
