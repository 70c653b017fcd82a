-- Teams, resource groups, invitations, service accounts and verified domains of organisations. A rank is what a role
-- weighs: 1 read, 2 contributor, 3 write, 4 admin.
CREATE TABLE accounts_team (
    id TEXT PRIMARY KEY,
    org_id TEXT NOT NULL REFERENCES accounts_account (id),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (org_id, name_key)
);
CREATE TABLE accounts_team_member (
    team_id TEXT NOT NULL REFERENCES accounts_team (id),
    user_id TEXT NOT NULL REFERENCES accounts_account (id),
    PRIMARY KEY (team_id, user_id)
);
CREATE INDEX accounts_team_member_user ON accounts_team_member (user_id);
CREATE TABLE accounts_group (
    id TEXT PRIMARY KEY,
    org_id TEXT NOT NULL REFERENCES accounts_account (id),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (org_id, name_key)
);
-- A repository or collection is in one group at most, and only while the group's organisation owns it. The row outlives
-- the repository, so that the last word about it still goes only to those who could see it.
CREATE TABLE accounts_group_item (
    item_id TEXT PRIMARY KEY,
    group_id TEXT NOT NULL REFERENCES accounts_group (id),
    org_id TEXT NOT NULL
);
CREATE INDEX accounts_group_item_group ON accounts_group_item (group_id);
CREATE TABLE accounts_group_member (
    group_id TEXT NOT NULL REFERENCES accounts_group (id),
    user_id TEXT NOT NULL REFERENCES accounts_account (id),
    rank INTEGER NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX accounts_group_member_user ON accounts_group_member (user_id);
CREATE TABLE accounts_group_team (
    group_id TEXT NOT NULL REFERENCES accounts_group (id),
    team_id TEXT NOT NULL REFERENCES accounts_team (id),
    rank INTEGER NOT NULL,
    PRIMARY KEY (group_id, team_id)
);
CREATE VIEW accounts_group_reach AS
    SELECT m.group_id, m.user_id, m.rank FROM accounts_group_member m
    UNION ALL
    SELECT t.group_id, m.user_id, t.rank FROM accounts_group_team t JOIN accounts_team_member m ON m.team_id = t.team_id;
CREATE TABLE accounts_invitation (
    org_id TEXT NOT NULL REFERENCES accounts_account (id),
    user_id TEXT NOT NULL REFERENCES accounts_account (id),
    role TEXT NOT NULL,
    invited_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, user_id)
);
CREATE INDEX accounts_invitation_user ON accounts_invitation (user_id);
CREATE TABLE accounts_domain (
    org_id TEXT NOT NULL REFERENCES accounts_account (id),
    domain TEXT NOT NULL,
    verified_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, domain)
);
-- The organisation that a service account (kind `service`) belongs to.
ALTER TABLE accounts_account ADD COLUMN service_of TEXT;
-- What an account was called whose name is kept back, and why it is: `closed` or `renamed`.
ALTER TABLE accounts_tombstone ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts_tombstone ADD COLUMN reason TEXT NOT NULL DEFAULT 'closed';
CREATE INDEX accounts_tombstone_skeleton ON accounts_tombstone (skeleton);
