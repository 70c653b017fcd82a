-- What organisations ask of the tokens that reach them, and which they have shut out.
CREATE TABLE accounts_token_terms (
    org_id TEXT PRIMARY KEY REFERENCES accounts_account (id),
    days INTEGER,                             -- the longest life; NULL: any
    narrow INTEGER NOT NULL DEFAULT 0         -- 1: tokens with a scope only
);
CREATE TABLE accounts_token_denied (
    org_id TEXT NOT NULL REFERENCES accounts_account (id),
    credential TEXT NOT NULL,                 -- the id of a token, or of the grant by which an application gets its
    denied_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, credential)
);
CREATE INDEX accounts_token_denied_credential ON accounts_token_denied (credential);
