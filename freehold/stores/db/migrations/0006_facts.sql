CREATE TABLE facts_fact (
    repo_id TEXT NOT NULL,
    commit_oid TEXT NOT NULL,
    step TEXT NOT NULL,
    version INTEGER NOT NULL,
    value TEXT NOT NULL,                      -- JSON
    created_at BIGINT NOT NULL,
    PRIMARY KEY (repo_id, commit_oid, step)
);
