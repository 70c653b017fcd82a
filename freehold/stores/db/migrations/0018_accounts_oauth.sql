CREATE TABLE accounts_oauth_app (             -- applications that people registered; the hub's own are in the code
    id TEXT PRIMARY KEY,                      -- the client id
    owner_id TEXT NOT NULL REFERENCES accounts_account (id),
    name TEXT NOT NULL,
    homepage TEXT NOT NULL DEFAULT '',
    secret_hash TEXT,                         -- SHA-256; NULL: a public client, which keeps no secret
    hint TEXT NOT NULL DEFAULT '',            -- the secret's last four characters
    redirect_uris TEXT NOT NULL,              -- JSON: a list of addresses
    created_at BIGINT NOT NULL
);
CREATE INDEX accounts_oauth_app_owner ON accounts_oauth_app (owner_id);
CREATE TABLE accounts_oauth_device (          -- a device that waits for a person to approve it
    hash TEXT PRIMARY KEY,                    -- of the device code
    user_code TEXT NOT NULL UNIQUE,           -- a MAC of the code that the person reads
    app_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    network TEXT NOT NULL DEFAULT '',         -- where it was asked from
    state TEXT NOT NULL,                      -- waiting, approved, denied
    account_id TEXT,                          -- who decided
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    polled_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX accounts_oauth_device_expires ON accounts_oauth_device (expires_at);
CREATE TABLE accounts_oauth_miss (            -- wrong codes that somebody typed
    account_id TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX accounts_oauth_miss_account ON accounts_oauth_miss (account_id, at);
CREATE TABLE accounts_oauth_code (            -- authorization codes
    hash TEXT PRIMARY KEY,
    app_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scope TEXT NOT NULL,
    nonce TEXT NOT NULL DEFAULT '',
    challenge TEXT NOT NULL DEFAULT '',       -- S256; empty: a confidential client that sent none
    signed_in_at BIGINT NOT NULL,             -- when the person had proven who they are
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    grant_id TEXT                             -- what it was redeemed for; NULL: not yet
);
CREATE TABLE accounts_oauth_grant (           -- one sign-in of an application in a person's name
    id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts_account (id),
    scope TEXT NOT NULL,
    way TEXT NOT NULL,                        -- device, code
    network TEXT NOT NULL DEFAULT '',         -- where the device was
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL                   -- when it last gave tokens
);
CREATE INDEX accounts_oauth_grant_account ON accounts_oauth_grant (account_id, app_id);
CREATE INDEX accounts_oauth_grant_app ON accounts_oauth_grant (app_id);
CREATE TABLE accounts_oauth_refresh (         -- refresh tokens; a used one is kept to recognise its thief
    hash TEXT PRIMARY KEY,
    grant_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX accounts_oauth_refresh_grant ON accounts_oauth_refresh (grant_id);
CREATE TABLE accounts_oauth_key (             -- what id tokens are signed with
    kid TEXT PRIMARY KEY,
    private TEXT NOT NULL,                    -- PEM, sealed
    created_at BIGINT NOT NULL,
    signs_from BIGINT NOT NULL                -- shown earlier, so that others know it by then
);
-- Of the application that the token was given to; NULL: the person made it.
ALTER TABLE accounts_token ADD COLUMN grant_id TEXT;
CREATE INDEX accounts_token_grant ON accounts_token (grant_id);
