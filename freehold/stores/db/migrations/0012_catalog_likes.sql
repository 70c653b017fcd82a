CREATE TABLE catalog_like (                   -- a person who likes a repository
    repo_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (repo_id, account_id)
);
CREATE INDEX catalog_like_account ON catalog_like (account_id, created_at);
CREATE TABLE catalog_like_count (             -- the rows of catalog_like, counted, so that lists can be sorted by it
    repo_id TEXT PRIMARY KEY,
    likes INTEGER NOT NULL
);
