-- Domains that organisations prove by a record of their DNS, which is looked at again and again. `proof` is what the
-- record must say, and NULL where the operator gave their word; `checked_at` is when it was last seen, `missed_at` when it
-- was first missed since then.
ALTER TABLE accounts_domain ADD COLUMN proof TEXT;
ALTER TABLE accounts_domain ADD COLUMN checked_at BIGINT;
ALTER TABLE accounts_domain ADD COLUMN missed_at BIGINT;
CREATE UNIQUE INDEX accounts_domain_domain ON accounts_domain (domain);
CREATE TABLE accounts_domain_claim (           -- what an organisation says to be its own, and has yet to prove
    org_id TEXT NOT NULL REFERENCES accounts_account (id),
    domain TEXT NOT NULL,
    proof TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    asked_at BIGINT NOT NULL DEFAULT 0,        -- when its DNS was last asked
    PRIMARY KEY (org_id, domain)
);
