-- Dead letters in the order in which they are listed: newest first, with an entry for none but the dead.
CREATE INDEX jobs_dead_by_id ON jobs (project_id, id) WHERE state = 'dead';
