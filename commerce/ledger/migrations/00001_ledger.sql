-- One dialect for SQLite and PostgreSQL. Times are microseconds since 1970 in UTC, 0
-- for none; bodies are JSON, and the columns beside them are what is searched by.

-- +goose Up
CREATE TABLE counters (
    name  TEXT   PRIMARY KEY,
    value BIGINT NOT NULL
);
-- The first order is CW-1001: a number of four digits is easier to say than one of one.
INSERT INTO counters (name, value) VALUES ('order', 1000);

-- A row to lock; made when an organisation is first locked.
CREATE TABLE organisations (
    id TEXT PRIMARY KEY
);

CREATE TABLE applied (
    event  TEXT   PRIMARY KEY,
    result TEXT   NOT NULL,
    at     BIGINT NOT NULL
);

CREATE TABLE carts (
    organisation TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    revision     BIGINT NOT NULL,
    body         TEXT   NOT NULL,
    PRIMARY KEY (organisation, person)
);

-- The last constraint is what forbids two orders of one submit.
CREATE TABLE orders (
    id            TEXT   PRIMARY KEY,
    key           TEXT   NOT NULL UNIQUE,
    organisation  TEXT   NOT NULL,
    person        TEXT   NOT NULL,
    cart_revision BIGINT NOT NULL,
    submitted_at  BIGINT NOT NULL,
    state         TEXT   NOT NULL,
    version       BIGINT NOT NULL,
    job_version   BIGINT NOT NULL, -- the version that the job under way was made for
    body          TEXT   NOT NULL,
    due_at        BIGINT NOT NULL,
    lease_until   BIGINT NOT NULL,
    lease_by      TEXT   NOT NULL,
    UNIQUE (organisation, person, cart_revision)
);
CREATE INDEX orders_newest ON orders (submitted_at, id);
CREATE INDEX orders_of_organisation ON orders (organisation, submitted_at, id);
CREATE INDEX orders_by_state ON orders (state, submitted_at, id);
CREATE INDEX orders_due ON orders (due_at) WHERE due_at > 0;

CREATE TABLE order_lines (
    order_id       TEXT   NOT NULL REFERENCES orders (id),
    line           BIGINT NOT NULL,
    organisation   TEXT   NOT NULL,
    graph_sku      TEXT   NOT NULL,
    quantity       BIGINT NOT NULL,
    state          TEXT   NOT NULL,
    provisioned_at BIGINT NOT NULL,
    PRIMARY KEY (order_id, line)
);
CREATE INDEX order_lines_open ON order_lines (organisation, state, provisioned_at);

-- Every session that an order ever had: news of an old one may come late.
CREATE TABLE payment_sessions (
    session  TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id)
);

CREATE TABLE payment_tokens (
    order_id TEXT PRIMARY KEY REFERENCES orders (id),
    hash     TEXT NOT NULL UNIQUE,
    key_id   TEXT NOT NULL,
    sealed   TEXT NOT NULL
);

CREATE TABLE assignments (
    order_id TEXT   NOT NULL REFERENCES orders (id),
    user_id  TEXT   NOT NULL,
    line     BIGINT NOT NULL,
    name     TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    PRIMARY KEY (order_id, user_id)
);

CREATE TABLE sent_messages (
    order_id      TEXT   NOT NULL,
    platform      TEXT   NOT NULL,
    workspace     TEXT   NOT NULL,
    account       TEXT   NOT NULL,
    ref           TEXT   NOT NULL,
    version       BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL,
    claimed_by    TEXT   NOT NULL,
    PRIMARY KEY (order_id, platform, workspace, account)
);

-- body is what mac covers, byte for byte; the other columns repeat it, to search by.
CREATE TABLE audit_entries (
    organisation TEXT   NOT NULL,
    seq          BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    order_id     TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    mac          TEXT   NOT NULL,
    PRIMARY KEY (organisation, seq)
);
CREATE INDEX audit_entries_of_order ON audit_entries (order_id);

CREATE TABLE audit_heads (
    organisation TEXT   PRIMARY KEY,
    seq          BIGINT NOT NULL,
    mac          TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    key_id       TEXT   NOT NULL,
    signature    TEXT   NOT NULL
);

-- +goose Down
DROP TABLE audit_heads;
DROP TABLE audit_entries;
DROP TABLE sent_messages;
DROP TABLE assignments;
DROP TABLE payment_tokens;
DROP TABLE payment_sessions;
DROP TABLE order_lines;
DROP TABLE orders;
DROP TABLE carts;
DROP TABLE applied;
DROP TABLE organisations;
DROP TABLE counters;
