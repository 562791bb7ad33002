-- How a book reaches its accounting systems: which company, and the tokens, encrypted with a key that is not in here.
-- One row per target. Renewal is single-flight over processes: whoever writes refreshing_by first does it.

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
