-- Which organisations a person let an application reach (their ids, with blanks between), and what applications have made.
ALTER TABLE accounts_oauth_grant ADD COLUMN orgs TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts_oauth_code ADD COLUMN orgs TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts_oauth_device ADD COLUMN orgs TEXT NOT NULL DEFAULT '';
CREATE TABLE accounts_oauth_made (
    app_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    item_id TEXT PRIMARY KEY
);
CREATE INDEX accounts_oauth_made_app ON accounts_oauth_made (app_id, account_id, item_id);
