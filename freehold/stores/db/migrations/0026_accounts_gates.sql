-- accounts_gate_policy.reaccept: 0 grants hold when the terms change, 1 they end at once, 2 transfers under way go on.
-- After a rejection; NULL: nobody asks again.
ALTER TABLE accounts_gate_policy ADD COLUMN cooldown_days INTEGER;
-- Answers, after access has ended.
ALTER TABLE accounts_gate_policy ADD COLUMN keep_days INTEGER NOT NULL DEFAULT 180;
-- Of identity, demanded; -1: none.
ALTER TABLE accounts_gate_policy ADD COLUMN level INTEGER NOT NULL DEFAULT -1;
-- accounts_gate_request.status: also lapsed, of what nobody decided in time. Its account may be an organisation.
-- Who asked for an organisation.
ALTER TABLE accounts_gate_request ADD COLUMN asked_by TEXT;
-- What is left of purged answers.
ALTER TABLE accounts_gate_request ADD COLUMN answers_sha256 TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts_gate_request ADD COLUMN purged_at BIGINT;
-- Whose repository it was.
ALTER TABLE accounts_gate_grant ADD COLUMN owner_id TEXT NOT NULL DEFAULT '';
-- Its holder must have kept this identity.
ALTER TABLE accounts_gate_grant ADD COLUMN level INTEGER NOT NULL DEFAULT -1;
-- Links made before may still be used.
ALTER TABLE accounts_gate_grant ADD COLUMN stale_at BIGINT;
-- Its holder was asked to delete copies ….
ALTER TABLE accounts_gate_grant ADD COLUMN deletion_asked_at BIGINT;
-- … and says that they did.
ALTER TABLE accounts_gate_grant ADD COLUMN deletion_said_at BIGINT;
ALTER TABLE accounts_gate_grant ADD COLUMN deletion_said_by TEXT;
CREATE TABLE accounts_gate_decision (         -- every verdict, kept for good
    id TEXT PRIMARY KEY,
    repo_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    verdict TEXT NOT NULL,                    -- accepted, rejected, lapsed
    decided_by TEXT,                          -- NULL: the gate itself
    reason TEXT NOT NULL DEFAULT '',
    asked_at BIGINT NOT NULL,
    decided_at BIGINT NOT NULL
);
CREATE INDEX accounts_gate_decision_repo ON accounts_gate_decision (repo_id, decided_at);
CREATE TABLE accounts_gate_key (              -- seals the answers at one repository's gate; gone, they are unreadable
    repo_id TEXT PRIMARY KEY,
    sealed TEXT NOT NULL,                     -- under the hub's own key
    created_at BIGINT NOT NULL
);
CREATE TABLE accounts_identity (              -- who has made sure who somebody is; never a document
    account_id TEXT NOT NULL,
    level INTEGER NOT NULL,                   -- 1 a domain, 2 an organisation vouches, 3 checked outside
    verifier TEXT NOT NULL,                   -- a domain, an organisation's name, who checked
    verified_by TEXT,                         -- the account that entered it; NULL: the hub itself
    reference TEXT NOT NULL DEFAULT '',       -- where the verifier finds it again
    verified_at BIGINT NOT NULL,
    not_after BIGINT,
    PRIMARY KEY (account_id, level)
);
CREATE TABLE accounts_gate_fetch_by (         -- as accounts_gate_fetch was, and who: members share an organisation's grant
    grant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    day BIGINT NOT NULL,                      -- days since 1970 UTC
    way TEXT NOT NULL,                        -- file, page, lfs, xet, git, compare, copy
    what TEXT NOT NULL,                       -- a path, a content's hash, …
    commit_oid TEXT NOT NULL DEFAULT '',
    at BIGINT NOT NULL,                       -- of the first time that day
    PRIMARY KEY (grant_id, account_id, day, way, what, commit_oid)
);
INSERT INTO accounts_gate_fetch_by (grant_id, account_id, day, way, what, commit_oid, at)
    SELECT f.grant_id, g.account_id, f.day, f.way, f.what, f.commit_oid, f.at
    FROM accounts_gate_fetch f JOIN accounts_gate_grant g ON g.id = f.grant_id;
DROP TABLE accounts_gate_fetch;
