-- Runs on their way: few, whatever has ended.
CREATE INDEX runs_active ON runs (id) WHERE state IN ('queued', 'running');
--> statement-breakpoint
CREATE INDEX jobs_dead_by_time ON jobs (finished_at) WHERE state = 'dead';
