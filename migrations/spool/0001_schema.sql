-- What vendors posted to us, kept in a file of its own beside the books: SQLite has one writer to a file, and a vendor
-- is not made to wait for a night that is being booked. On PostgreSQL these tables stand with the books: the script of the
-- same name there takes them in.

-- One row. `token` tells one spool from another, should the file be lost and made anew: sequences start again with it.
CREATE TABLE webhook_spool (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  token TEXT NOT NULL,
  last_sequence INTEGER NOT NULL
) STRICT;

INSERT INTO webhook_spool (id, token, last_sequence) VALUES (1, lower(hex(randomblob(16))), 0);

-- What came, until it is landed: one row for the same bytes from the same vendor, however often they come. `book` and
-- `source` are names.
CREATE TABLE webhook_delivery (
  book TEXT NOT NULL,
  source TEXT NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  -- Of the latest reception of these bytes: whoever reads on from a sequence sees it again.
  sequence INTEGER NOT NULL,
  first_received_at_ms INTEGER NOT NULL,
  last_received_at_ms INTEGER NOT NULL,
  -- How often these very bytes have come.
  receptions INTEGER NOT NULL CHECK (receptions >= 1),
  content_type TEXT NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (book, source, sha256)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX webhook_delivery_sequence ON webhook_delivery (book, sequence);
