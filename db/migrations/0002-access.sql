-- People. Their password hashes and links to identity providers are in identities, what proves them in two_factors.
CREATE TABLE users (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE,
  email_verified INTEGER NOT NULL DEFAULT 0,
  image TEXT,
  two_factor_enabled INTEGER NOT NULL DEFAULT 0,
  is_demo INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX users_demo ON users (is_demo) WHERE is_demo = 1;
--> statement-breakpoint
CREATE TABLE identities (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  provider_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  password_hash TEXT,
  scope TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (provider_id, account_id)
) STRICT;
--> statement-breakpoint
CREATE INDEX identities_by_user ON identities (user_id);
--> statement-breakpoint
CREATE TABLE verifications (
  id TEXT PRIMARY KEY,
  identifier TEXT NOT NULL,
  value TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX verifications_by_identifier ON verifications (identifier, created_at);
--> statement-breakpoint
CREATE INDEX verifications_by_expiry ON verifications (expires_at);
--> statement-breakpoint
-- secret and recovery codes are sealed: src/secrets.
CREATE TABLE two_factors (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
  secret TEXT NOT NULL,
  backup_codes TEXT NOT NULL,
  verified INTEGER NOT NULL DEFAULT 1,
  failed_verification_count INTEGER NOT NULL DEFAULT 0,
  locked_until INTEGER
) STRICT;
--> statement-breakpoint
-- Sessions of before had no person: who had one signs in again.
DROP TABLE sessions;
--> statement-breakpoint
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  token_hash TEXT NOT NULL UNIQUE,
  project_id TEXT REFERENCES projects (id),
  address TEXT,
  user_agent TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  last_used_at INTEGER,
  expires_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX sessions_by_user ON sessions (user_id, expires_at);
--> statement-breakpoint
-- The same name may be another team's too.
CREATE TABLE projects_2 (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  is_demo INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  archived_at INTEGER
) STRICT;
--> statement-breakpoint
INSERT INTO projects_2 (id, name, is_demo, created_at) SELECT id, name, name = 'Demo', created_at FROM projects;
--> statement-breakpoint
DROP TABLE projects;
--> statement-breakpoint
ALTER TABLE projects_2 RENAME TO projects;
--> statement-breakpoint
CREATE UNIQUE INDEX projects_demo ON projects (is_demo) WHERE is_demo = 1;
--> statement-breakpoint
CREATE INDEX projects_by_name ON projects (name);
--> statement-breakpoint
CREATE TABLE members (
  project_id TEXT NOT NULL REFERENCES projects (id),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'editor', 'writer', 'reviewer', 'viewer', 'billing')),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (project_id, user_id)
) STRICT;
--> statement-breakpoint
CREATE INDEX members_by_user ON members (user_id);
--> statement-breakpoint
CREATE TABLE invitations (
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  email TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'editor', 'writer', 'reviewer', 'viewer', 'billing')),
  token_hash TEXT NOT NULL UNIQUE,
  invited_by TEXT REFERENCES users (id) ON DELETE SET NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  accepted_at INTEGER,
  revoked_at INTEGER
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX invitations_open ON invitations (project_id, email) WHERE accepted_at IS NULL AND revoked_at IS NULL;
--> statement-breakpoint
CREATE TABLE api_keys_2 (
  id TEXT PRIMARY KEY,
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  key_hash TEXT NOT NULL UNIQUE,
  hint TEXT NOT NULL,
  scopes TEXT NOT NULL,
  allowed_addresses TEXT NOT NULL DEFAULT '[]',
  rotated_from TEXT,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;
--> statement-breakpoint
CREATE TABLE api_key_projects (
  key_id TEXT NOT NULL REFERENCES api_keys_2 (id) ON DELETE CASCADE,
  project_id TEXT NOT NULL REFERENCES projects (id),
  PRIMARY KEY (key_id, project_id)
) STRICT;
--> statement-breakpoint
INSERT INTO api_keys_2 (id, name, key_hash, hint, scopes, created_at, expires_at, revoked_at)
SELECT id, name, key_hash, hint, scopes, created_at, expires_at, revoked_at FROM api_keys;
--> statement-breakpoint
INSERT INTO api_key_projects (key_id, project_id) SELECT id, project_id FROM api_keys;
--> statement-breakpoint
DROP TABLE api_keys;
--> statement-breakpoint
ALTER TABLE api_keys_2 RENAME TO api_keys;
--> statement-breakpoint
CREATE INDEX api_keys_by_user ON api_keys (user_id, id);
--> statement-breakpoint
CREATE INDEX api_key_projects_by_project ON api_key_projects (project_id, key_id);
--> statement-breakpoint
CREATE UNIQUE INDEX api_keys_rotated_once ON api_keys (rotated_from) WHERE rotated_from IS NOT NULL;
--> statement-breakpoint
-- One row for each secret that this installation made for itself, sealed: src/secrets.
CREATE TABLE installation_secrets (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE audit_log (
  id TEXT PRIMARY KEY,
  project_id TEXT,
  user_id TEXT,
  actor TEXT NOT NULL,
  principal_kind TEXT NOT NULL,
  principal_id TEXT,
  action TEXT NOT NULL,
  target TEXT,
  details TEXT NOT NULL,
  address TEXT,
  request_id TEXT,
  created_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX audit_log_by_project ON audit_log (project_id, id);
--> statement-breakpoint
CREATE INDEX audit_log_by_user ON audit_log (user_id, id);
--> statement-breakpoint
CREATE TRIGGER audit_log_is_not_changed BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END;
--> statement-breakpoint
CREATE TRIGGER audit_log_is_not_shortened BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END;
--> statement-breakpoint
CREATE INDEX invitations_by_email ON invitations (email) WHERE accepted_at IS NULL AND revoked_at IS NULL;
