CREATE TABLE collections_collection (
    id TEXT PRIMARY KEY,                      -- 24 hexadecimal digits, the end of every slug that it ever had
    owner_id TEXT NOT NULL,                   -- accounts_account.id
    namespace TEXT NOT NULL,                  -- the owner's name, as spelled
    title TEXT NOT NULL,
    title_key TEXT NOT NULL,                  -- case folded
    description TEXT NOT NULL DEFAULT '',
    visibility TEXT NOT NULL,                 -- public, private
    theme TEXT NOT NULL,
    place INTEGER NOT NULL,                   -- among the owner's collections
    upvotes INTEGER NOT NULL DEFAULT 0,       -- the rows of collections_upvote, counted
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (owner_id, title_key)
);
CREATE INDEX collections_collection_updated ON collections_collection (updated_at, id);
CREATE TABLE collections_item (
    id TEXT PRIMARY KEY,
    collection_id TEXT NOT NULL,
    type TEXT NOT NULL,                       -- model, dataset, space, kernel, collection, paper
    target TEXT NOT NULL,                     -- the row id of a repository or collection, or the id of a paper
    note TEXT NOT NULL DEFAULT '',
    place INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (collection_id, type, target)
);
CREATE INDEX collections_item_target ON collections_item (target);
CREATE TABLE collections_upvote (
    collection_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (collection_id, account_id)
);
