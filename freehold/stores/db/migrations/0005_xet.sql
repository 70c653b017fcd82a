CREATE TABLE xet_xorb (
    hash TEXT PRIMARY KEY,                    -- Xet string form
    key TEXT NOT NULL,                        -- blob key of the chunks; the layout lies beside it
    chunks INTEGER NOT NULL,
    raw_bytes BIGINT NOT NULL,
    stored_bytes BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'live',       -- live, deleting (as good as absent)
    created_at BIGINT NOT NULL,
    advertised_until BIGINT NOT NULL,         -- until then some client may still refer to it
    unused_since BIGINT,                      -- set while no file has chunks of it
    owner_id TEXT NOT NULL DEFAULT '',        -- the namespace that it was first uploaded to, which it counts for
    repo_id TEXT NOT NULL DEFAULT ''          -- the repository that it was first uploaded to
);
CREATE INDEX xet_xorb_unused ON xet_xorb (unused_since) WHERE unused_since IS NOT NULL;
CREATE INDEX xet_xorb_deleting ON xet_xorb (hash) WHERE state = 'deleting';
CREATE INDEX xet_xorb_home ON xet_xorb (owner_id, repo_id, stored_bytes);
CREATE TABLE xet_stray (                      -- blobs of xorbs that no row names: an upload broke off, or its row is due
    key TEXT PRIMARY KEY,
    seen_at BIGINT NOT NULL
);
CREATE TABLE xet_holder (                     -- who proved possession by uploading the bytes
    xorb TEXT NOT NULL,
    account_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (xorb, account_id)
);
CREATE INDEX xet_holder_account ON xet_holder (account_id, created_at);
CREATE TABLE xet_file (
    hash TEXT PRIMARY KEY,
    size BIGINT NOT NULL,
    terms {BLOB} NOT NULL,                    -- 44 bytes a term: xorb hash 32, unpacked u32, start u32, end u32
    created_at BIGINT NOT NULL,
    unlinked_at BIGINT,                       -- set while no repository has it
    last_owner TEXT NOT NULL DEFAULT ''       -- the namespace that had it last
);
CREATE INDEX xet_file_unlinked ON xet_file (unlinked_at) WHERE unlinked_at IS NOT NULL;
CREATE TABLE xet_file_xorb (
    file TEXT NOT NULL,
    xorb TEXT NOT NULL,
    PRIMARY KEY (file, xorb)
);
CREATE INDEX xet_file_xorb_xorb ON xet_file_xorb (xorb);
CREATE TABLE xet_repo_file (                  -- a file registered in, or copied to, a repository: the right to reconstruct
    repo_id TEXT NOT NULL,
    file TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (repo_id, file)
);
CREATE INDEX xet_repo_file_file ON xet_repo_file (file);
CREATE TABLE xet_chunk (                      -- chunks a client may ask for: hash % 1024 = 0, or first of a file
    prefix {BLOB} NOT NULL,                   -- first 16 bytes of the chunk hash
    xorb TEXT NOT NULL,
    PRIMARY KEY (prefix, xorb)
);
CREATE INDEX xet_chunk_xorb ON xet_chunk (xorb);
