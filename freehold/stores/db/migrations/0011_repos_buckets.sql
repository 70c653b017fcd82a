CREATE TABLE repos_bucket (                   -- beside the bucket's row in repos_repo
    repo_id TEXT PRIMARY KEY,
    files BIGINT NOT NULL DEFAULT 0           -- how many it holds
);
CREATE TABLE repos_bucket_file (
    bucket_id TEXT NOT NULL,
    path {BLOB} NOT NULL,                     -- UTF-8; as bytes it sorts the same way everywhere
    xet_hash TEXT NOT NULL,                   -- 64 zeros: the empty file, which the Xet store need not keep
    size BIGINT NOT NULL,
    content_type TEXT,
    modified_at BIGINT,                       -- as its uploader tells
    uploaded_at BIGINT NOT NULL,
    PRIMARY KEY (bucket_id, path)
);
CREATE INDEX repos_bucket_file_content ON repos_bucket_file (bucket_id, xet_hash);
CREATE TABLE repos_bucket_upload (            -- content that has arrived and is not at any path yet
    bucket_id TEXT NOT NULL,
    xet_hash TEXT NOT NULL,
    arrived_at BIGINT NOT NULL,
    PRIMARY KEY (bucket_id, xet_hash)
);
CREATE INDEX repos_bucket_upload_arrived ON repos_bucket_upload (arrived_at);
