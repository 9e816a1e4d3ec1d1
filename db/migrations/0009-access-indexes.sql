-- Whose invitations end with them.
CREATE INDEX invitations_by_inviter ON invitations (invited_by, project_id);
--> statement-breakpoint
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
--> statement-breakpoint
-- Each filter of the audit log, in the order in which the log is read.
CREATE INDEX audit_log_by_action ON audit_log (project_id, action, id);
--> statement-breakpoint
CREATE INDEX audit_log_by_actor ON audit_log (project_id, user_id, id);
--> statement-breakpoint
CREATE INDEX audit_log_by_target ON audit_log (project_id, target, id);
