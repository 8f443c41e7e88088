-- Who stands in for whom, and when a message was first posted.

-- +goose Up
CREATE TABLE delegations (
    organisation TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    until_at     BIGINT NOT NULL,
    body         TEXT   NOT NULL,
    PRIMARY KEY (organisation, person)
);

ALTER TABLE sent_messages ADD COLUMN posted_at BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE sent_messages DROP COLUMN posted_at;
DROP TABLE delegations;
