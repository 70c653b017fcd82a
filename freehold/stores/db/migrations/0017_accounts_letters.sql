CREATE TABLE accounts_letter (                -- what is mailed to people, and what the links in it are good for
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,                       -- sign-up, invitation, address, reset, told
    account_id TEXT REFERENCES accounts_account (id),
    email TEXT NOT NULL DEFAULT '',           -- '': nobody is mailed, or whom is found out when it is sent
    detail TEXT NOT NULL DEFAULT '{}',        -- JSON
    hash TEXT UNIQUE,                         -- of the secret in the link; made when the letter is sent
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX accounts_letter_account ON accounts_letter (account_id);
CREATE INDEX accounts_letter_expires ON accounts_letter (expires_at);
