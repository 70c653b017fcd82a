-- Fine-grained tokens and their rotation: `scope` is JSON, NULL for a token of the whole account. `old_hash` is the
-- secret before the last rotation, which works until `old_until`.
ALTER TABLE accounts_token ADD COLUMN scope TEXT;
ALTER TABLE accounts_token ADD COLUMN old_hash TEXT;
ALTER TABLE accounts_token ADD COLUMN old_until BIGINT;
CREATE INDEX accounts_token_old ON accounts_token (old_hash);
