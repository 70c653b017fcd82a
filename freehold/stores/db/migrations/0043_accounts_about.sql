-- What accounts say of themselves to everybody: a sentence or two, plain; an http(s) address, or nothing.
ALTER TABLE accounts_account ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts_account ADD COLUMN website TEXT NOT NULL DEFAULT '';
