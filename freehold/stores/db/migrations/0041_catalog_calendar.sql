CREATE TABLE catalog_deed (                   -- one thing that somebody did to a repository, kept for a year
    event_id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    repo_id TEXT NOT NULL,
    day INTEGER NOT NULL                      -- days since 1970 UTC
);
CREATE INDEX catalog_deed_account ON catalog_deed (account_id, day);
CREATE INDEX catalog_deed_repo ON catalog_deed (repo_id, day);
CREATE INDEX catalog_deed_day ON catalog_deed (day);
INSERT INTO catalog_deed (event_id, account_id, repo_id, day)
    SELECT 'made-' || id, creator_id, id, created_at / 86400000000 FROM repos_repo WHERE creator_id IS NOT NULL;
INSERT INTO catalog_deed (event_id, account_id, repo_id, day)
    SELECT 'said-' || id, author_id, repo_id, created_at / 86400000000 FROM discussions_event
    WHERE kind = 'comment' AND author_id IS NOT NULL;
