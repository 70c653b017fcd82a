CREATE TABLE catalog_entry (                  -- what listings show of a repository's main branch
    repo_id TEXT PRIMARY KEY,
    commit_oid TEXT NOT NULL,
    card TEXT NOT NULL DEFAULT '{}',          -- JSON: front matter
    pipeline_tag TEXT,
    library_name TEXT,
    updated_at BIGINT NOT NULL
);
CREATE TABLE catalog_tag (
    repo_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    position INTEGER NOT NULL,                -- the order that the Hub gives them
    PRIMARY KEY (repo_id, tag)
);
CREATE INDEX catalog_tag_tag ON catalog_tag (tag, repo_id);
