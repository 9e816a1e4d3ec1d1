-- ready = 1 while a consumer may take the job now. It then stands in jobs_ready, which is walked project by project;
-- what waits for its time or its lease stands in one of the two indexes by due_at, and what has ended in none.
ALTER TABLE jobs ADD COLUMN ready INTEGER NOT NULL DEFAULT 0 CHECK (ready = 0 OR due_at IS NOT NULL);
--> statement-breakpoint
-- What limits are shared by: the kind, or the kind and a key such as a provider.
ALTER TABLE jobs ADD COLUMN lane TEXT NOT NULL DEFAULT '';
--> statement-breakpoint
-- When its id was given to a queue outside of the database.
ALTER TABLE jobs ADD COLUMN dispatched_at INTEGER;
--> statement-breakpoint
ALTER TABLE jobs ADD COLUMN error_group TEXT;
--> statement-breakpoint
DROP INDEX jobs_due;
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
-- The earliest time at which a job of a lane with a rate may start.
CREATE TABLE job_lanes (
  lane TEXT PRIMARY KEY,
  next_at INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
-- Which job stands for a unique key, and until when.
CREATE TABLE job_keys (
  project_id TEXT NOT NULL REFERENCES projects (id),
  key TEXT NOT NULL,
  job_id TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (project_id, key)
) STRICT;
--> statement-breakpoint
CREATE INDEX job_keys_by_until ON job_keys (until);
--> statement-breakpoint
-- A row while the queue delivers nothing.
CREATE TABLE queue_pauses (
  queue TEXT PRIMARY KEY,
  since INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
-- Consumers as they last told of themselves.
CREATE TABLE consumers (
  id TEXT PRIMARY KEY,
  started_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  slots INTEGER NOT NULL,
  running INTEGER NOT NULL
) STRICT;
