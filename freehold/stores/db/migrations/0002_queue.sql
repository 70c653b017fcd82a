CREATE TABLE queue_job (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,                       -- commit.landed, object.convert, …
    payload TEXT NOT NULL,                    -- JSON
    run_at BIGINT NOT NULL,
    every_s BIGINT,                           -- a chore that is due again so many seconds after it is done
    attempts INTEGER NOT NULL DEFAULT 0,
    leased_until BIGINT NOT NULL DEFAULT 0,
    lease TEXT,                               -- who holds it
    dead INTEGER NOT NULL DEFAULT 0,          -- given up; kept for the operator
    error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX queue_job_next ON queue_job (dead, run_at);
