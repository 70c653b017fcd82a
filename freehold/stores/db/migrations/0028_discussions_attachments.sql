CREATE TABLE discussions_attachment (         -- a picture, film or sound that somebody uploaded for a comment
    id TEXT PRIMARY KEY,                      -- its address; begins with the time, as its blob's key does
    account_id TEXT NOT NULL,                 -- who uploaded it
    suffix TEXT NOT NULL,                     -- png, mp4, …: what its bytes are
    size BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX discussions_attachment_account ON discussions_attachment (account_id);
CREATE INDEX discussions_attachment_age ON discussions_attachment (created_at);
CREATE TABLE discussions_use (                -- which comments show an attachment, in which repository
    attachment_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    repo_id TEXT NOT NULL,
    PRIMARY KEY (attachment_id, event_id)
);
CREATE INDEX discussions_use_event ON discussions_use (event_id);
