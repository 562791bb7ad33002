-- The same bytes may be imported once into each source: two panels can have equal lists, and a history that went into the
-- wrong panel must still find the right one.

ALTER TABLE imported_file RENAME TO imported_file_before;

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

INSERT INTO imported_file (book, sha256, name, kind, source, imported_at_ms)
SELECT book, sha256, name, kind, source, imported_at_ms FROM imported_file_before;

DROP TABLE imported_file_before;
