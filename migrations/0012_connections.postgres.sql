-- How a book reaches its accounting systems: which company, and the tokens, encrypted with a key that is not in here.
-- One row per target. Renewal is single-flight over processes: whoever writes refreshing_by first does it.

CREATE TABLE connection (
  book bigint NOT NULL REFERENCES book (id),
  target text NOT NULL,
  type text NOT NULL CHECK (type IN ('quickbooks', 'xero')),
  -- broken: the vendor wants consent anew; disconnected: a person ended it.
  status text NOT NULL CHECK (status IN ('connected', 'broken', 'disconnected')),
  -- QuickBooks' realm, Xero's tenant.
  company_id text NOT NULL,
  company_name text NOT NULL,
  -- Home currency; null when the vendor did not say.
  company_currency text,
  -- Xero's id of the connection, which disconnecting needs; else ''.
  vendor_connection text NOT NULL,
  scopes text NOT NULL,
  access_token text,
  refresh_token text,
  access_expires_at_ms bigint NOT NULL,
  refresh_expires_at_ms bigint,
  -- After this no renewal helps; null when the vendor did not say.
  hard_expires_at_ms bigint,
  -- Grows with every change of the tokens.
  version bigint NOT NULL,
  refreshing_by text,
  refreshing_until_ms bigint,
  -- Renewals in a row that brought no token.
  failures bigint NOT NULL,
  trouble text,
  trouble_at_ms bigint,
  -- The vendor asked not to be asked before.
  blocked_until_ms bigint,
  connected_by text NOT NULL,
  connected_at_ms bigint NOT NULL,
  renewed_at_ms bigint,
  PRIMARY KEY (book, target),
  -- What is connected has a token to ask with, and what a person ended has none left.
  CHECK (status <> 'connected' OR access_token IS NOT NULL),
  CHECK (status <> 'disconnected' OR (access_token IS NULL AND refresh_token IS NULL))
);
