CREATE TABLE accounts_sso_identity (          -- which account belongs to whom at another provider
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,                    -- of the issuer's; never given to another
    account_id TEXT NOT NULL REFERENCES accounts_account (id),
    label TEXT NOT NULL DEFAULT '',           -- a name or mail address, for the person to recognise it
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX accounts_sso_identity_account ON accounts_sso_identity (account_id);
CREATE TABLE accounts_sso_membership (        -- memberships that a provider's groups gave, which they may take
    issuer TEXT NOT NULL,
    org_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (issuer, org_id, user_id)
);
