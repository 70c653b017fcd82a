-- How a session came to be: the methods by which its person proved who they are, in order, and when they last did.
ALTER TABLE accounts_session ADD COLUMN methods TEXT NOT NULL DEFAULT 'password';
ALTER TABLE accounts_session ADD COLUMN authenticated_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts_session ADD COLUMN last_seen_at BIGINT;
ALTER TABLE accounts_session ADD COLUMN address TEXT NOT NULL DEFAULT '';
CREATE TABLE accounts_totp (                  -- codes of an authenticator app, RFC 6238
    account_id TEXT PRIMARY KEY REFERENCES accounts_account (id),
    secret TEXT NOT NULL,                     -- sealed
    last_step BIGINT NOT NULL DEFAULT 0,      -- the step of the last code taken: none counts twice
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT                       -- NULL: shown, and not proven yet; it asks nothing of anybody
);
CREATE TABLE accounts_recovery (              -- codes that stand in for a second factor, once each
    hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts_account (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX accounts_recovery_account ON accounts_recovery (account_id);
CREATE TABLE accounts_passkey (               -- WebAuthn credentials
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts_account (id),
    name TEXT NOT NULL,
    credential_id TEXT NOT NULL UNIQUE,       -- base64url, as the authenticator names it
    public_key TEXT NOT NULL,                 -- COSE, base64url
    sign_count BIGINT NOT NULL,
    synced INTEGER NOT NULL,                  -- whether the authenticator keeps copies elsewhere
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX accounts_passkey_account ON accounts_passkey (account_id);
CREATE TABLE accounts_halfway (               -- who has proven one factor and owes another; opens nothing by itself
    hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts_account (id),
    methods TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX accounts_halfway_account ON accounts_halfway (account_id);
CREATE TABLE accounts_spent (                 -- passkey challenges that were answered
    hash TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE TABLE accounts_attempt (               -- how often somebody tried to prove something, since when
    name TEXT PRIMARY KEY,
    tries BIGINT NOT NULL,
    began_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX accounts_attempt_expires ON accounts_attempt (expires_at);
CREATE INDEX accounts_account_email ON accounts_account (lower(email));
