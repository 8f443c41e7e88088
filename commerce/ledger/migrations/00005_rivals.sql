-- When somebody's part of an order was last written: another order of the same people looks at it.

-- +goose Up
ALTER TABLE assignments ADD COLUMN saved_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX assignments_newest ON assignments (state, saved_at);

-- +goose Down
DROP INDEX assignments_newest;
ALTER TABLE assignments DROP COLUMN saved_at;
