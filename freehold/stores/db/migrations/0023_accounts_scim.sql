-- Accounts that a directory keeps by SCIM.
CREATE TABLE accounts_scim_token (            -- a directory's credential: good for /scim and nothing else
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL UNIQUE,                -- SHA-256
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE TABLE accounts_scim_user (             -- what the directory says of a person
    account_id TEXT PRIMARY KEY REFERENCES accounts_account (id),
    user_key TEXT UNIQUE,                     -- its userName in lower case; NULL: the directory has deleted the person
    external_id TEXT,
    document TEXT NOT NULL,                   -- JSON, as the directory wrote it
    shut INTEGER NOT NULL DEFAULT 0,          -- 1: shut by the directory, so that it may let in again
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX accounts_scim_user_external ON accounts_scim_user (external_id);
CREATE TABLE accounts_scim_group (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    external_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE TABLE accounts_scim_member (
    group_id TEXT NOT NULL REFERENCES accounts_scim_group (id),
    account_id TEXT NOT NULL REFERENCES accounts_account (id),
    PRIMARY KEY (group_id, account_id)
);
CREATE INDEX accounts_scim_member_account ON accounts_scim_member (account_id);
CREATE TABLE accounts_scim_role (             -- which role a group's members have in an organisation
    name_key TEXT NOT NULL,                   -- of the group, which need not be there yet
    org_id TEXT NOT NULL REFERENCES accounts_account (id),
    role TEXT NOT NULL,
    PRIMARY KEY (name_key, org_id)
);
CREATE TABLE accounts_scim_given (            -- memberships that groups gave, and take away again
    org_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (org_id, user_id)
);
