-- What each source gives of a membership: `hand`, `scim`, or the issuer of an identity. `accounts_membership` holds the
-- strongest. The tables accounts_scim_given and accounts_sso_membership are read here for the last time.
CREATE TABLE accounts_membership_source (
    org_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    source TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (org_id, user_id, source)
);
CREATE INDEX accounts_membership_source_user ON accounts_membership_source (user_id, source);
INSERT INTO accounts_membership_source (org_id, user_id, source, role)
    SELECT m.org_id, m.user_id, 'scim', m.role FROM accounts_membership m JOIN accounts_scim_given g
    ON g.org_id = m.org_id AND g.user_id = m.user_id;
INSERT INTO accounts_membership_source (org_id, user_id, source, role)
    SELECT m.org_id, m.user_id, s.issuer, m.role FROM accounts_membership m JOIN accounts_sso_membership s
    ON s.org_id = m.org_id AND s.user_id = m.user_id;
INSERT INTO accounts_membership_source (org_id, user_id, source, role)
    SELECT m.org_id, m.user_id, 'hand', m.role FROM accounts_membership m WHERE NOT EXISTS
    (SELECT 1 FROM accounts_membership_source s WHERE s.org_id = m.org_id AND s.user_id = m.user_id);
