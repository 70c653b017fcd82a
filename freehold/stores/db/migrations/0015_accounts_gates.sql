CREATE TABLE accounts_gate_policy (           -- how a repository's gate is kept, where its owners changed it
    repo_id TEXT PRIMARY KEY,
    reaccept INTEGER NOT NULL DEFAULT 0,      -- 1: new terms must be agreed to before the next download
    days INTEGER,                             -- how long a grant holds; NULL: until somebody ends it
    updated_at BIGINT NOT NULL
);
CREATE TABLE accounts_gate_terms (            -- never changed: other terms are another version
    id TEXT PRIMARY KEY,
    repo_id TEXT NOT NULL,
    version INTEGER NOT NULL,                 -- counts from 1
    sha256 TEXT NOT NULL,                     -- of document
    document TEXT NOT NULL,                   -- the canonical text that people agree to
    commit_oid TEXT NOT NULL DEFAULT '',      -- where the hub first saw it
    created_at BIGINT NOT NULL,
    UNIQUE (repo_id, version)
);
CREATE TABLE accounts_gate_request (
    id TEXT PRIMARY KEY,
    repo_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    status TEXT NOT NULL,                     -- pending, accepted, rejected
    terms_id TEXT NOT NULL,                   -- what the person agreed to or, if never asked, was let in under
    answers TEXT NOT NULL DEFAULT '{}',       -- JSON: texts by question
    agreed_at BIGINT,                         -- NULL: let in without having asked
    asked_at BIGINT NOT NULL,
    reviewed_at BIGINT,
    reviewed_by TEXT,                         -- an account; NULL: nobody yet, or the gate itself
    reason TEXT NOT NULL DEFAULT '',          -- why it was rejected, for the person to read
    UNIQUE (repo_id, account_id)
);
CREATE INDEX accounts_gate_request_list ON accounts_gate_request (repo_id, status, asked_at, id);
CREATE INDEX accounts_gate_request_account ON accounts_gate_request (account_id);
CREATE TABLE accounts_gate_grant (            -- each letting-in, kept when it has ended
    id TEXT PRIMARY KEY,
    repo_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    terms_id TEXT NOT NULL,
    scope TEXT NOT NULL DEFAULT 'repo',
    purpose TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,                      -- live: active, suspended, stale (new terms); ended: revoked, expired, replaced
    agreed_at BIGINT,                         -- when its holder agreed to the terms
    not_after BIGINT,                         -- NULL: holds until it is ended
    granted_at BIGINT NOT NULL,
    granted_by TEXT,                          -- NULL: the gate itself
    ended_at BIGINT,
    ended_by TEXT,
    reason TEXT NOT NULL DEFAULT ''           -- of a suspension or of its end
);
CREATE INDEX accounts_gate_grant_account ON accounts_gate_grant (account_id);
CREATE UNIQUE INDEX accounts_gate_grant_live ON accounts_gate_grant (repo_id, account_id) WHERE state IN ('active', 'suspended', 'stale');
