-- Why administrators have shut an account, and what a namespace may hold besides bytes (NULL: the hub's default).
ALTER TABLE accounts_account ADD COLUMN disabled_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts_account ADD COLUMN quota_files BIGINT;
ALTER TABLE accounts_account ADD COLUMN quota_repositories BIGINT;
-- What nobody may bring: kind is name, email (a domain), network or content (a SHA-256).
CREATE TABLE accounts_block (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (kind, value)
);
