-- Whose proof it is, where it is somebody's: all of a person's can be ended at once.
ALTER TABLE verifications ADD COLUMN user_id TEXT REFERENCES users (id) ON DELETE CASCADE;
--> statement-breakpoint
CREATE INDEX verifications_by_user ON verifications (user_id) WHERE user_id IS NOT NULL;
