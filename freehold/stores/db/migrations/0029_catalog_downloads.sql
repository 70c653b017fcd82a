CREATE TABLE catalog_download (               -- downloads of a repository on one day
    repo_id TEXT NOT NULL,
    day INTEGER NOT NULL,                     -- days since 1970-01-01, UTC
    downloads BIGINT NOT NULL,
    accounts INTEGER NOT NULL,                -- different people among them, neither new to the hub nor insiders
    addresses INTEGER NOT NULL,               -- different network addresses of those who were not signed in
    PRIMARY KEY (repo_id, day)
);
CREATE INDEX catalog_download_day ON catalog_download (day, repo_id);
CREATE TABLE catalog_downloader (             -- who downloaded today, so that they are counted once; gone tomorrow
    repo_id TEXT NOT NULL,
    day INTEGER NOT NULL,
    who TEXT NOT NULL,                        -- a keyed hash that changes daily
    counted_at BIGINT NOT NULL,
    PRIMARY KEY (day, repo_id, who)
);
CREATE TABLE catalog_use (                    -- what lists are sorted by
    repo_id TEXT PRIMARY KEY,
    recent BIGINT NOT NULL DEFAULT 0,         -- downloads of the last 30 days
    total BIGINT NOT NULL DEFAULT 0,          -- all downloads
    trend BIGINT NOT NULL DEFAULT 0           -- thousandths of the trending score
);
