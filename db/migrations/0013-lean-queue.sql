-- The same table with what every job pays for made cheaper: the columns that are looked at stand before what may be
-- long, and the rule on states is one that needs no list built for each row.
CREATE TABLE jobs_2 (
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  ready INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER,
  lane TEXT NOT NULL DEFAULT '',
  lease_token INTEGER NOT NULL DEFAULT 0,
  worker TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  cancel_requested_at INTEGER,
  dispatched_at INTEGER,
  error_group TEXT,
  run_id TEXT REFERENCES runs (id) ON DELETE CASCADE,
  item_key TEXT NOT NULL DEFAULT '',
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  error TEXT,
  input TEXT NOT NULL,
  output TEXT,
  CHECK (CASE WHEN due_at IS NULL THEN state = 'succeeded' OR state = 'dead' OR state = 'cancelled'
    ELSE state = 'queued' OR state = 'running' END),
  CHECK (ready = 0 OR due_at IS NOT NULL)
) STRICT;
--> statement-breakpoint
INSERT INTO jobs_2 (id, project_id, kind, state, ready, due_at, lane, lease_token, worker, attempts, failures,
  cancel_requested_at, dispatched_at, error_group, run_id, item_key, created_by, created_at, started_at, finished_at,
  error, input, output)
SELECT id, project_id, kind, state, ready, due_at, lane, lease_token, worker, attempts, failures,
  cancel_requested_at, dispatched_at, error_group, run_id, item_key, created_by, created_at, started_at, finished_at,
  error, input, output FROM jobs ORDER BY id;
--> statement-breakpoint
DROP TABLE jobs;
--> statement-breakpoint
ALTER TABLE jobs_2 RENAME TO jobs;
--> statement-breakpoint
CREATE INDEX jobs_by_project ON jobs (project_id, id);
--> statement-breakpoint
CREATE UNIQUE INDEX jobs_once_per_run ON jobs (run_id, kind, item_key) WHERE run_id IS NOT NULL;
--> statement-breakpoint
CREATE INDEX jobs_ready ON jobs (project_id, lane, id) WHERE ready = 1;
--> statement-breakpoint
CREATE INDEX jobs_later ON jobs (due_at) WHERE ready = 0 AND state = 'queued';
--> statement-breakpoint
CREATE INDEX jobs_leased ON jobs (due_at, lane) WHERE ready = 0 AND state = 'running';
--> statement-breakpoint
CREATE INDEX jobs_cancelling ON jobs (id) WHERE state = 'running' AND cancel_requested_at IS NOT NULL;
--> statement-breakpoint
CREATE INDEX jobs_dead ON jobs (project_id, error_group, id) WHERE state = 'dead';
--> statement-breakpoint
CREATE INDEX jobs_dispatched ON jobs (dispatched_at) WHERE state = 'queued' AND dispatched_at IS NOT NULL;
--> statement-breakpoint
CREATE INDEX jobs_dead_by_id ON jobs (project_id, id) WHERE state = 'dead';
--> statement-breakpoint
CREATE INDEX jobs_dead_by_time ON jobs (finished_at) WHERE state = 'dead';
--> statement-breakpoint
-- A number is never given twice as it is, because the newest event is always kept; and who catches up reads a short
-- stretch of the table rather than an index that every event would pay for.
CREATE TABLE events_2 (
  id INTEGER PRIMARY KEY,
  project_id TEXT NOT NULL,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
INSERT INTO events_2 (id, project_id, type, data, created_at)
SELECT id, project_id, type, data, created_at FROM events ORDER BY id;
--> statement-breakpoint
DROP TABLE events;
--> statement-breakpoint
ALTER TABLE events_2 RENAME TO events;
