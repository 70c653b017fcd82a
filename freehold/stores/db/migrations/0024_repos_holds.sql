-- What administrators have taken out of circulation. `hold`: '' (nothing), quarantined (its owner still sees it),
-- disabled. `hold_with`: the account whose disabling did it.
ALTER TABLE repos_repo ADD COLUMN hold TEXT NOT NULL DEFAULT '';
ALTER TABLE repos_repo ADD COLUMN hold_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE repos_repo ADD COLUMN hold_with TEXT NOT NULL DEFAULT '';
UPDATE repos_repo SET hold = 'disabled' WHERE disabled = 1;
CREATE INDEX repos_repo_held ON repos_repo (hold) WHERE hold <> '';
-- When something was last held, and the time before that: links to pieces of files that are older open nothing.
CREATE TABLE repos_epoch (
    id INTEGER PRIMARY KEY,
    at BIGINT NOT NULL,
    before BIGINT NOT NULL
);
INSERT INTO repos_epoch (id, at, before) VALUES (1, 0, 0);
