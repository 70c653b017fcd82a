-- Since when no ref's history names the content, as far as the hub has looked.
ALTER TABLE repos_object ADD COLUMN unnamed_since BIGINT;
CREATE TABLE repos_mark (                     -- when the contents of a repository were last held against its history
    repo_id TEXT PRIMARY KEY,
    generation BIGINT NOT NULL,
    marked_at BIGINT NOT NULL
);
CREATE TABLE repos_retention (                -- a namespace's own rule; without one the hub's is good for it
    owner_id TEXT PRIMARY KEY,
    keep_days INTEGER                         -- NULL: nothing is ever collected
);
CREATE INDEX repos_object_plain ON repos_object (sha256, repo_id) WHERE plain = 1;
