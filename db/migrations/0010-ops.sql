-- A job that is deleted takes its invocations along, which must not cost a walk of all of them.
CREATE INDEX step_invocations_by_job ON step_invocations (job_id);
--> statement-breakpoint
CREATE INDEX step_invocations_by_age ON step_invocations (created_at);
--> statement-breakpoint
CREATE INDEX invitations_by_expiry ON invitations (expires_at);
