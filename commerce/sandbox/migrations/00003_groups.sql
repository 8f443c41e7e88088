-- +goose Up

-- Whether a group gives the licence, beside the person's own or in its place: then only the
-- group can take it away.
ALTER TABLE sandbox_licences ADD COLUMN by_group BOOLEAN NOT NULL DEFAULT FALSE;
