CREATE TABLE git_repo (
    repo_id TEXT PRIMARY KEY,
    generation BIGINT NOT NULL DEFAULT 0      -- grows with every change of refs or packs
);
CREATE TABLE git_ref (
    repo_id TEXT NOT NULL,
    name TEXT NOT NULL,                       -- refs/heads/main, refs/tags/v1, refs/pr/1
    oid TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (repo_id, name)
);
CREATE TABLE git_pack (
    repo_id TEXT NOT NULL,
    name TEXT NOT NULL,                       -- the 40 hexadecimal digits of pack-….pack
    size BIGINT NOT NULL,
    objects BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT,                        -- merged into another; deleted after a grace period
    PRIMARY KEY (repo_id, name)
);
