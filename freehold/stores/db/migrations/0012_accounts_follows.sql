CREATE TABLE accounts_follow (                -- a person who follows a person or an organisation
    follower_id TEXT NOT NULL REFERENCES accounts_account (id),
    followed_id TEXT NOT NULL REFERENCES accounts_account (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (follower_id, followed_id)
);
CREATE INDEX accounts_follow_followed ON accounts_follow (followed_id, created_at);
