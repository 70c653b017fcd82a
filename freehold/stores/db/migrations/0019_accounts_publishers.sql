CREATE TABLE accounts_oauth_publisher (       -- CI jobs that may publish to a repository
    id TEXT PRIMARY KEY,                      -- also the grant_id of the tokens that they were given
    repo_id TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES accounts_account (id),  -- in whose name they publish
    kind TEXT NOT NULL,                       -- github, gitlab, other
    issuer TEXT NOT NULL,
    wanted TEXT NOT NULL,                     -- JSON: what their tokens must say
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX accounts_oauth_publisher_repo ON accounts_oauth_publisher (repo_id);
CREATE TABLE accounts_oauth_jti (             -- tokens of others that were exchanged, each once
    hash TEXT PRIMARY KEY,                    -- of issuer and jti
    expires_at BIGINT NOT NULL
);
