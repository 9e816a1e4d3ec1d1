-- What was taken of a rate limit in one part of its window. A process takes a block at a time and spends it in
-- memory; `granted` is the last block. Subjects are keyed hashes: they stand for addresses and accounts.
CREATE TABLE rate_windows (
  subject TEXT NOT NULL,
  part INTEGER NOT NULL,
  taken INTEGER NOT NULL,
  granted INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (subject, part)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX rate_windows_by_expiry ON rate_windows (expires_at);
--> statement-breakpoint
-- Tries to sign in to one account from one address since the last that succeeded.
CREATE TABLE sign_in_tries (
  subject TEXT PRIMARY KEY,
  tries INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX sign_in_tries_by_expiry ON sign_in_tries (expires_at);
--> statement-breakpoint
-- An account and an address from which somebody signed in to it.
CREATE TABLE familiar_addresses (
  subject TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX familiar_addresses_by_expiry ON familiar_addresses (expires_at);
