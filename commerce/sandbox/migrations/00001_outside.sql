-- Every outside system that the sandbox plays. Times are UTC microseconds, 0 for never;
-- money is text such as '13.13 EUR', '' for none.

-- +goose Up
CREATE TABLE sandbox_organisations (
    id        TEXT   NOT NULL PRIMARY KEY,
    seeded_at BIGINT NOT NULL
);

-- The directory. stumbles is how many more times giving this user a licence goes unanswered.
CREATE TABLE sandbox_users (
    organisation TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    address      TEXT    NOT NULL,
    location     TEXT    NOT NULL,
    guest        BOOLEAN NOT NULL,
    disabled     BOOLEAN NOT NULL,
    stumbles     INTEGER NOT NULL,
    PRIMARY KEY (organisation, id)
);

CREATE TABLE sandbox_seats (
    organisation TEXT    NOT NULL,
    sku          TEXT    NOT NULL,
    owned        INTEGER NOT NULL,
    renews_at    BIGINT  NOT NULL,
    PRIMARY KEY (organisation, sku)
);

CREATE TABLE sandbox_licences (
    organisation TEXT   NOT NULL,
    sku          TEXT   NOT NULL,
    user_id      TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (organisation, sku, user_id)
);
CREATE INDEX sandbox_licences_user ON sandbox_licences (organisation, user_id);

-- Each licence given, without a constraint, so that one given twice shows.
CREATE TABLE sandbox_grants (
    organisation TEXT   NOT NULL,
    sku          TEXT   NOT NULL,
    user_id      TEXT   NOT NULL,
    at           BIGINT NOT NULL
);

-- Each call received, whatever came of it.
CREATE TABLE sandbox_calls (
    name         TEXT   NOT NULL,
    key          TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    at           BIGINT NOT NULL
);

-- content is what was asked for with the key, to tell a repeat from a misuse of it.
CREATE TABLE sandbox_orders (
    key          TEXT   NOT NULL PRIMARY KEY,
    organisation TEXT   NOT NULL,
    order_id     TEXT   NOT NULL,
    vendor_order TEXT   NOT NULL,
    content      TEXT   NOT NULL,
    placed_at    BIGINT NOT NULL
);

-- A placed line becomes what its fate says once due_at has passed.
CREATE TABLE sandbox_subscriptions (
    key          TEXT    NOT NULL,
    line         INTEGER NOT NULL,
    subscription TEXT    NOT NULL,
    sku          TEXT    NOT NULL,
    quantity     INTEGER NOT NULL,
    state        TEXT    NOT NULL,
    fate         TEXT    NOT NULL,
    due_at       BIGINT  NOT NULL,
    renews_at    BIGINT  NOT NULL,
    undo_until   BIGINT  NOT NULL,
    PRIMARY KEY (key, line)
);

-- A payment page. One that is processing becomes settles_as once settles_at has passed.
CREATE TABLE sandbox_sessions (
    id           TEXT    NOT NULL PRIMARY KEY,
    key          TEXT    NOT NULL UNIQUE,
    organisation TEXT    NOT NULL,
    order_id     TEXT    NOT NULL,
    amount       TEXT    NOT NULL,
    details      TEXT    NOT NULL,
    status       TEXT    NOT NULL,
    declined     BOOLEAN NOT NULL,
    scenario     TEXT    NOT NULL,
    paid_at      BIGINT  NOT NULL,
    settles_at   BIGINT  NOT NULL,
    settles_as   TEXT    NOT NULL,
    captured     TEXT    NOT NULL,
    refunded     TEXT    NOT NULL,
    expires_at   BIGINT  NOT NULL
);
CREATE INDEX sandbox_sessions_order ON sandbox_sessions (organisation, order_id);

-- What was done to a session with which key: the same key never acts twice.
CREATE TABLE sandbox_payments (
    key     TEXT   NOT NULL PRIMARY KEY,
    session TEXT   NOT NULL,
    action  TEXT   NOT NULL,
    amount  TEXT   NOT NULL,
    at      BIGINT NOT NULL
);

-- The gateway's outbox: sent in the order of seq within a session, again until taken.
CREATE TABLE sandbox_events (
    id           TEXT    NOT NULL PRIMARY KEY,
    session      TEXT    NOT NULL,
    seq          INTEGER NOT NULL,
    body         TEXT    NOT NULL,
    due_at       BIGINT  NOT NULL,
    attempts     INTEGER NOT NULL,
    delivered_at BIGINT  NOT NULL,
    UNIQUE (session, seq)
);
CREATE INDEX sandbox_events_due ON sandbox_events (due_at) WHERE delivered_at = 0;
