CREATE TABLE accounts_deploy_key (            -- public keys that belong to one repository and to nobody
    id TEXT PRIMARY KEY,                      -- also the account_id of what is uploaded with it by Xet
    repo_id TEXT NOT NULL,
    owner_id TEXT NOT NULL REFERENCES accounts_account (id),  -- whose the repository is: a transfer ends the key
    added_by TEXT NOT NULL REFERENCES accounts_account (id),
    name TEXT NOT NULL,
    role TEXT NOT NULL,                       -- read, write
    kind TEXT NOT NULL,                       -- ssh-ed25519, …
    fingerprint TEXT NOT NULL UNIQUE,         -- SHA256:…: no other repository and no person has the same
    xet_epoch INTEGER NOT NULL DEFAULT 1,     -- bumped to make clients forget their chunk caches
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX accounts_deploy_key_repo ON accounts_deploy_key (repo_id);
CREATE INDEX accounts_deploy_key_owner ON accounts_deploy_key (owner_id);
CREATE INDEX accounts_deploy_key_added ON accounts_deploy_key (added_by);
