-- What changed in buckets, for those who follow along: kept for days, not for good.
ALTER TABLE repos_bucket ADD COLUMN batches BIGINT NOT NULL DEFAULT 0;
ALTER TABLE repos_bucket ADD COLUMN forgotten_at BIGINT NOT NULL DEFAULT 0;
CREATE TABLE repos_bucket_batch (
    bucket_id TEXT NOT NULL,
    place BIGINT NOT NULL,                    -- in its bucket, from 1, without gaps but for those forgotten
    at BIGINT NOT NULL,
    changes TEXT NOT NULL,                    -- JSON
    PRIMARY KEY (bucket_id, place)
);
CREATE INDEX repos_bucket_batch_age ON repos_bucket_batch (at);
