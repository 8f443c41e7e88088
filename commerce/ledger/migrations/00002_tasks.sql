-- What is done with licences that are owned already: assign, remove, move, renew fewer.

-- +goose Up
INSERT INTO counters (name, value) VALUES ('task', 1000);

CREATE TABLE tasks (
    id           TEXT   PRIMARY KEY,
    organisation TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    body         TEXT   NOT NULL,
    due_at       BIGINT NOT NULL,
    lease_until  BIGINT NOT NULL,
    lease_by     TEXT   NOT NULL
);
CREATE INDEX tasks_of_organisation ON tasks (organisation, state);
CREATE INDEX tasks_due ON tasks (due_at) WHERE due_at > 0;

CREATE TABLE task_people (
    task_id TEXT NOT NULL REFERENCES tasks (id),
    user_id TEXT NOT NULL,
    name    TEXT NOT NULL,
    state   TEXT NOT NULL,
    reason  TEXT NOT NULL,
    PRIMARY KEY (task_id, user_id)
);

-- Who bought what an organisation owns is looked up when it renews.
CREATE INDEX order_lines_delivered ON order_lines (organisation, graph_sku, provisioned_at) WHERE provisioned_at > 0;

-- +goose Down
DROP INDEX order_lines_delivered;
DROP TABLE task_people;
DROP TABLE tasks;
DELETE FROM counters WHERE name = 'task';
