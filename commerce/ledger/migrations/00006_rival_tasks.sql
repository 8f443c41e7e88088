-- When somebody's part of a task was last written: orders and other tasks of the same people look at it.

-- +goose Up
ALTER TABLE task_people ADD COLUMN saved_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX task_people_newest ON task_people (state, saved_at);

-- +goose Down
DROP INDEX task_people_newest;
ALTER TABLE task_people DROP COLUMN saved_at;
