CREATE TABLE repos_lock (                     -- a path that one person has taken for themselves (git-lfs)
    id TEXT PRIMARY KEY,
    repo_id TEXT NOT NULL,
    path TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    owner_name TEXT NOT NULL,                 -- as it was spelled when the lock was taken
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX repos_lock_path ON repos_lock (repo_id, path);
