CREATE TABLE accounts_gate_group (            -- one gate for several repositories: a collection that asks once for all
    id TEXT PRIMARY KEY,                      -- the collection's; requests, terms and grants have it as their repo_id
    owner_id TEXT NOT NULL,
    automatic INTEGER NOT NULL,               -- whoever agrees is let in at once
    later INTEGER NOT NULL,                   -- grants cover what is taken in later, too
    prompt TEXT NOT NULL DEFAULT '',
    updated_at BIGINT NOT NULL
);
CREATE TABLE accounts_gate_group_repo (
    group_id TEXT NOT NULL,
    repo_id TEXT NOT NULL,
    PRIMARY KEY (group_id, repo_id)
);
CREATE TABLE accounts_gate_scope (            -- which repositories a grant of a group covers
    grant_id TEXT NOT NULL,
    repo_id TEXT NOT NULL,
    PRIMARY KEY (repo_id, grant_id)
);
