-- When it was told that the incident is over.
ALTER TABLE alarms ADD COLUMN clear_told_at INTEGER;
--> statement-breakpoint
-- Of what was over before, nobody is told any more.
UPDATE alarms SET clear_told_at = cleared_at WHERE cleared_at IS NOT NULL;
--> statement-breakpoint
-- What is wrong is looked at all the time, and what was is kept for long.
CREATE INDEX alarms_open_by_id ON alarms (id) WHERE cleared_at IS NULL;
--> statement-breakpoint
-- For the purge of lanes in which nothing has started for long.
CREATE INDEX job_lanes_by_next ON job_lanes (next_at);
