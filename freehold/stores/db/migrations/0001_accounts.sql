-- Times are microseconds since 1970 UTC; booleans are 0 or 1; ids are 24 hexadecimal digits.
CREATE TABLE accounts_account (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,                       -- user, org
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,            -- lower case; unique over users and organisations
    skeleton TEXT NOT NULL UNIQUE,            -- the name with look-alike characters folded together
    full_name TEXT NOT NULL DEFAULT '',
    email TEXT,
    password_hash TEXT,                       -- argon2id; NULL: signs in by link only
    is_admin INTEGER NOT NULL DEFAULT 0,
    disabled INTEGER NOT NULL DEFAULT 0,
    default_visibility TEXT NOT NULL DEFAULT 'public',
    quota_bytes BIGINT,                       -- NULL: the hub's default
    xet_epoch INTEGER NOT NULL DEFAULT 1,     -- bumped to make clients forget their chunk caches
    created_at BIGINT NOT NULL
);
CREATE TABLE accounts_tombstone (             -- names that nobody may register again
    name_key TEXT PRIMARY KEY,
    skeleton TEXT NOT NULL,
    account_id TEXT,
    created_at BIGINT NOT NULL
);
CREATE TABLE accounts_membership (
    org_id TEXT NOT NULL REFERENCES accounts_account (id),
    user_id TEXT NOT NULL REFERENCES accounts_account (id),
    role TEXT NOT NULL,                       -- read, contributor, write, admin
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, user_id)
);
CREATE INDEX accounts_membership_user ON accounts_membership (user_id);
CREATE TABLE accounts_token (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts_account (id),
    name TEXT NOT NULL,
    role TEXT NOT NULL,                       -- read, write
    hash TEXT NOT NULL UNIQUE,                -- SHA-256 of the token, hexadecimal
    hint TEXT NOT NULL,                       -- its last four characters
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    expires_at BIGINT
);
CREATE INDEX accounts_token_account ON accounts_token (account_id);
CREATE TABLE accounts_session (
    hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts_account (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    user_agent TEXT NOT NULL DEFAULT ''
);
CREATE INDEX accounts_session_account ON accounts_session (account_id);
CREATE TABLE accounts_link (                  -- one-time sign-in links
    hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts_account (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE TABLE accounts_audit (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,                     -- repo.create, ref.move, token.add, …
    subject TEXT NOT NULL,                    -- what it was done to, in words
    detail TEXT NOT NULL DEFAULT '{}'         -- JSON
);
CREATE INDEX accounts_audit_at ON accounts_audit (at);
CREATE TABLE accounts_secret (                -- the hub's own keys (signing, dedup), made once
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,                      -- hexadecimal
    created_at BIGINT NOT NULL
);
