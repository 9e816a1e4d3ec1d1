-- The one row a batch writes to prove that its condition held: see atomically() in db/connect.ts.
CREATE TABLE batch_guard (
  id INTEGER PRIMARY KEY,
  holds INTEGER NOT NULL CHECK (holds = 1)
) STRICT;
--> statement-breakpoint
CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  name TEXT NOT NULL,
  key_hash TEXT NOT NULL UNIQUE,
  hint TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;
--> statement-breakpoint
CREATE INDEX api_keys_by_project ON api_keys (project_id);
--> statement-breakpoint
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  token_hash TEXT NOT NULL UNIQUE,
  api_key_id TEXT REFERENCES api_keys (id),
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE sources (
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  file_name TEXT,
  text TEXT NOT NULL,
  characters INTEGER NOT NULL,
  words INTEGER NOT NULL,
  passage_count INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX sources_by_project ON sources (project_id, id);
--> statement-breakpoint
CREATE TABLE passages (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  project_id TEXT NOT NULL,
  source_id TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  start_offset INTEGER NOT NULL,
  end_offset INTEGER NOT NULL,
  text TEXT NOT NULL,
  speaker TEXT,
  time_ms INTEGER,
  heading TEXT,
  heading_level INTEGER,
  UNIQUE (source_id, position)
) STRICT;
--> statement-breakpoint
-- Holds the words only, not the text; the project's id is a term of its own, so that a search walks no
-- other project's passages.
CREATE VIRTUAL TABLE passages_fts USING fts5 (
  project,
  terms,
  content = '',
  contentless_delete = 1,
  tokenize = 'porter unicode61 remove_diacritics 2'
);
--> statement-breakpoint
CREATE TABLE documents (
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  title TEXT NOT NULL,
  title_chosen INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL DEFAULT 'draft',
  current_version INTEGER NOT NULL DEFAULT 0,
  revision INTEGER NOT NULL DEFAULT 1,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER
) STRICT;
--> statement-breakpoint
CREATE INDEX documents_by_project ON documents (project_id, id) WHERE deleted_at IS NULL;
--> statement-breakpoint
CREATE TABLE document_sources (
  document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  source_id TEXT NOT NULL REFERENCES sources (id),
  project_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (document_id, source_id)
) STRICT;
--> statement-breakpoint
CREATE TABLE document_versions (
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL,
  document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  frontmatter TEXT NOT NULL,
  preamble TEXT NOT NULL,
  preamble_citations TEXT NOT NULL,
  outline TEXT NOT NULL,
  words INTEGER NOT NULL,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  run_id TEXT,
  job_id TEXT,
  restored_from INTEGER,
  created_at INTEGER NOT NULL,
  UNIQUE (document_id, number)
) STRICT;
--> statement-breakpoint
CREATE TABLE sections (
  version_id TEXT NOT NULL REFERENCES document_versions (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  project_id TEXT NOT NULL,
  id TEXT NOT NULL,
  heading TEXT NOT NULL,
  level INTEGER NOT NULL,
  markdown TEXT NOT NULL,
  citations TEXT NOT NULL,
  PRIMARY KEY (version_id, position)
) STRICT;
--> statement-breakpoint
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  pipeline TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  source_ids TEXT NOT NULL,
  options TEXT NOT NULL,
  error TEXT,
  version_number INTEGER,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER
) STRICT;
--> statement-breakpoint
CREATE INDEX runs_by_project ON runs (project_id, id);
--> statement-breakpoint
CREATE INDEX runs_by_document ON runs (project_id, document_id, id);
--> statement-breakpoint
-- due_at is when a consumer may take the job: its start while queued, the end of its lease while running,
-- NULL once it has ended. One index therefore finds new work and work whose worker died alike.
CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'dead', 'cancelled')),
  run_id TEXT REFERENCES runs (id) ON DELETE CASCADE,
  item_key TEXT NOT NULL DEFAULT '',
  input TEXT NOT NULL,
  output TEXT,
  error TEXT,
  due_at INTEGER,
  lease_token INTEGER NOT NULL DEFAULT 0,
  worker TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  cancel_requested_at INTEGER,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  CHECK ((due_at IS NULL) = (state IN ('succeeded', 'dead', 'cancelled')))
) STRICT;
--> statement-breakpoint
CREATE INDEX jobs_due ON jobs (due_at, id) WHERE due_at IS NOT NULL;
--> statement-breakpoint
CREATE INDEX jobs_by_project ON jobs (project_id, id);
--> statement-breakpoint
CREATE UNIQUE INDEX jobs_once_per_run ON jobs (run_id, kind, item_key) WHERE run_id IS NOT NULL;
--> statement-breakpoint
CREATE TABLE step_invocations (
  project_id TEXT NOT NULL REFERENCES projects (id),
  idempotency_key TEXT NOT NULL,
  operation TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  answer TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (project_id, idempotency_key)
) STRICT;
--> statement-breakpoint
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id TEXT NOT NULL,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX events_by_project ON events (project_id, id);
