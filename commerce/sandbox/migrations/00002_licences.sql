-- +goose Up

-- How many seats there will be from renews_at on, 0 for as many as are owned.
ALTER TABLE sandbox_seats ADD COLUMN planned INTEGER NOT NULL DEFAULT 0;

-- Each licence taken away, without a constraint, so that one taken twice shows.
CREATE TABLE sandbox_removals (
    organisation TEXT   NOT NULL,
    sku          TEXT   NOT NULL,
    user_id      TEXT   NOT NULL,
    at           BIGINT NOT NULL
);
