-- What git knows of a merged pull request: the commit that holds it, where its changes begin, and its last commit.
ALTER TABLE repos_pull ADD COLUMN merged_oid TEXT;
ALTER TABLE repos_pull ADD COLUMN merged_start TEXT;
ALTER TABLE repos_pull ADD COLUMN merged_head TEXT;
CREATE TABLE discussions_thread (
    repo_id TEXT NOT NULL,
    number INTEGER NOT NULL,                  -- shared by discussions and pull requests of a repository
    is_pull INTEGER NOT NULL,
    title TEXT NOT NULL,
    status TEXT NOT NULL,                     -- draft, open, closed, merged
    author_id TEXT,
    pinned INTEGER NOT NULL DEFAULT 0,
    events INTEGER NOT NULL DEFAULT 0,        -- how many it has had: the place of the next one
    comments INTEGER NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (repo_id, number)
);
CREATE TABLE discussions_event (
    id TEXT PRIMARY KEY,
    repo_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    place INTEGER NOT NULL,                   -- in its thread, from 0
    kind TEXT NOT NULL,                       -- comment, status-change, title-change, commit, reference, pinning-change
    author_id TEXT,
    created_at BIGINT NOT NULL,
    data TEXT NOT NULL DEFAULT '{}',          -- JSON: what the kind says, comments excepted
    text TEXT,                                -- of a comment, as it stands now; NULL once it is hidden
    edited_at BIGINT,
    editor_id TEXT,
    hidden_at BIGINT,
    UNIQUE (repo_id, number, place)
);
CREATE TABLE discussions_edit (               -- what a comment said before
    event_id TEXT NOT NULL,
    version INTEGER NOT NULL,                 -- from 0
    text TEXT NOT NULL,
    author_id TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (event_id, version)
);
CREATE TABLE discussions_mention (            -- who is named in a comment
    event_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (event_id, account_id)
);
CREATE INDEX discussions_mention_account ON discussions_mention (account_id);
CREATE TABLE discussions_reaction (
    event_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    emoji TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (event_id, account_id, emoji)
);
-- Pull requests that were opened before there were discussions.
INSERT INTO discussions_thread (repo_id, number, is_pull, title, status, author_id, events, comments, created_at, updated_at)
    SELECT repo_id, number, 1, title, 'open', author_id, 1, 1, created_at, created_at FROM repos_pull;
INSERT INTO discussions_event (id, repo_id, number, place, kind, author_id, created_at, text)
    SELECT substr(repo_id, 1, 18) || substr('000000' || CAST(number AS TEXT), length('000000' || CAST(number AS TEXT)) - 5, 6),
        repo_id, number, 0, 'comment', author_id, created_at, description FROM repos_pull;
