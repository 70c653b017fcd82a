CREATE TABLE accounts_gate_fetch (            -- what was fetched under a grant: each thing once a day
    grant_id TEXT NOT NULL,
    day BIGINT NOT NULL,                      -- days since 1970 UTC
    way TEXT NOT NULL,                        -- file, page, lfs, xet, git, compare, copy
    what TEXT NOT NULL,                       -- a path, a content's hash, …
    commit_oid TEXT NOT NULL DEFAULT '',
    at BIGINT NOT NULL,                       -- of the first time that day
    PRIMARY KEY (grant_id, day, way, what, commit_oid)
);
