-- The same bytes may be imported once into each source: two panels can have equal lists, and a history that went into the
-- wrong panel must still find the right one. The source is '' for files whose rows name their sources.

ALTER TABLE imported_file DROP CONSTRAINT imported_file_pkey;
ALTER TABLE imported_file ADD PRIMARY KEY (book, sha256, kind, source);
