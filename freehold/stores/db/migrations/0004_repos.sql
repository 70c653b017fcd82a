CREATE TABLE repos_repo (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,                       -- model, dataset, space, kernel
    owner_id TEXT NOT NULL,                   -- accounts_account.id
    namespace TEXT NOT NULL,                  -- the owner's name, as spelled
    name TEXT NOT NULL,
    address TEXT NOT NULL UNIQUE,             -- kind:namespace/name in lower case
    visibility TEXT NOT NULL,                 -- public, private, protected
    gated TEXT NOT NULL DEFAULT '',           -- '', auto, manual
    disabled INTEGER NOT NULL DEFAULT 0,
    sdk TEXT,                                 -- spaces
    next_number INTEGER NOT NULL DEFAULT 1,   -- of discussions and pull requests
    logical_bytes BIGINT NOT NULL DEFAULT 0,
    creator_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX repos_repo_owner ON repos_repo (owner_id, kind);
CREATE INDEX repos_repo_updated ON repos_repo (kind, updated_at DESC, id);
CREATE INDEX repos_repo_created ON repos_repo (kind, created_at DESC, id);
CREATE TABLE repos_redirect (                 -- an address that a repository once had
    address TEXT PRIMARY KEY,
    repo_id TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE repos_object (                   -- a large file whose content this repository really has
    repo_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    xet_hash TEXT,                            -- set when the content is Xet-backed
    plain INTEGER NOT NULL DEFAULT 0,         -- 1: the whole content also lies in the blob store under its sha256
    verified INTEGER NOT NULL DEFAULT 0,      -- 1: this hub hashed the bytes itself; -1: they did not match
    filename TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    PRIMARY KEY (repo_id, sha256)
);
CREATE INDEX repos_object_xet ON repos_object (xet_hash);
CREATE INDEX repos_object_sha ON repos_object (sha256);
CREATE TABLE repos_pull (                     -- the ref of a pull request (its discussion comes later)
    repo_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    base TEXT NOT NULL,                       -- refs/heads/main
    author_id TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (repo_id, number)
);
