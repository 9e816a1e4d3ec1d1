-- What is wrong with the installation, and was: a row for each incident.
CREATE TABLE alarms (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  subject TEXT NOT NULL,
  message TEXT NOT NULL,
  raised_at INTEGER NOT NULL,
  told_at INTEGER,
  cleared_at INTEGER
) STRICT;
--> statement-breakpoint
-- One incident at a time of each sort, whoever finds it.
CREATE UNIQUE INDEX alarms_open ON alarms (name, subject) WHERE cleared_at IS NULL;
--> statement-breakpoint
CREATE INDEX alarms_cleared ON alarms (cleared_at) WHERE cleared_at IS NOT NULL;
