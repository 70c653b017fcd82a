CREATE TABLE notices_webhook (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,                 -- whose it is, and whose eyes decide what it is told
    url TEXT NOT NULL,
    domains TEXT NOT NULL,                    -- repo, discussion: comma-separated
    secret TEXT NOT NULL DEFAULT '',
    disabled INTEGER NOT NULL DEFAULT 0,
    disabled_because TEXT NOT NULL DEFAULT '',
    failures BIGINT NOT NULL DEFAULT 0,       -- attempts that failed since the last that did not
    failing_since BIGINT,
    skipped BIGINT NOT NULL DEFAULT 0,        -- events that came over the daily limit
    created_at BIGINT NOT NULL
);
CREATE INDEX notices_webhook_account ON notices_webhook (account_id, id);
CREATE TABLE notices_watch (                  -- what a webhook watches: an account or a repository
    webhook_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,                       -- user, org, model, dataset, space, bucket
    target_id TEXT NOT NULL,
    name TEXT NOT NULL,                       -- as it was called when it was written down
    PRIMARY KEY (webhook_id, position)
);
CREATE INDEX notices_watch_target ON notices_watch (target_id);
CREATE TABLE notices_event (                  -- what is being delivered, once for all who listen
    id TEXT PRIMARY KEY,
    event TEXT NOT NULL,                      -- JSON
    created_at BIGINT NOT NULL
);
CREATE INDEX notices_event_age ON notices_event (created_at);
CREATE TABLE notices_delivery (
    id TEXT PRIMARY KEY,                      -- sent along, so that receivers can drop repeats
    webhook_id TEXT NOT NULL,
    event_id TEXT NOT NULL,                   -- notices_event.id
    replay TEXT NOT NULL DEFAULT '',          -- what sets a replay apart; empty: the first delivery of the event
    state TEXT NOT NULL,                      -- waiting, sent, failed
    attempts INTEGER NOT NULL DEFAULT 0,
    request TEXT NOT NULL DEFAULT '',         -- the beginning of the body as it was last sent
    status INTEGER,
    answer TEXT NOT NULL DEFAULT '',          -- the beginning of the answer's body
    internal INTEGER NOT NULL DEFAULT 0,      -- the answer came out of an internal network
    error TEXT NOT NULL DEFAULT '',
    duration_ms INTEGER,
    created_at BIGINT NOT NULL,
    tried_at BIGINT,
    UNIQUE (webhook_id, event_id, replay)
);
CREATE INDEX notices_delivery_log ON notices_delivery (webhook_id, created_at);
CREATE INDEX notices_delivery_age ON notices_delivery (created_at);
CREATE TABLE notices_thread (                 -- who takes part in a discussion, and does not want to any more
    discussion_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    subscribed INTEGER NOT NULL,
    PRIMARY KEY (discussion_id, account_id)
);
CREATE TABLE notices_notice (                 -- one thing told to one person
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    reason TEXT NOT NULL,                     -- mention, reply, merge, opened, webhook
    repo_id TEXT,
    discussion_id TEXT,
    num INTEGER,
    comment_id TEXT,
    title TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    excerpt TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    read_at BIGINT,
    mailed_at BIGINT,
    UNIQUE (account_id, event_id)
);
CREATE INDEX notices_notice_list ON notices_notice (account_id, created_at, id);
