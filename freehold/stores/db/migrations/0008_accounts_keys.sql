CREATE TABLE accounts_key (                   -- public keys with which people reach git over SSH
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts_account (id),
    name TEXT NOT NULL,
    role TEXT NOT NULL,                       -- read, write
    kind TEXT NOT NULL,                       -- ssh-ed25519, …
    fingerprint TEXT NOT NULL UNIQUE,         -- SHA256:…: a key tells who comes, so it belongs to one account
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX accounts_key_account ON accounts_key (account_id);
