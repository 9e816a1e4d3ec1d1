-- What was given to a queue outside of the database and has not begun yet: few, and none where there is no such queue.
CREATE INDEX jobs_dispatched ON jobs (dispatched_at) WHERE state = 'queued' AND dispatched_at IS NOT NULL;
