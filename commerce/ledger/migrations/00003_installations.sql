-- The tokens that workspaces of chat platforms have given to the bot, sealed.

-- +goose Up
CREATE TABLE installations (
    platform      TEXT   NOT NULL,
    workspace     TEXT   NOT NULL,
    key_id        TEXT   NOT NULL,
    sealed        TEXT   NOT NULL,
    installed_at  BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL,
    PRIMARY KEY (platform, workspace)
);

-- +goose Down
DROP TABLE installations;
