CREATE TABLE catalog_lineage (                -- what models say they were made from
    repo_id TEXT NOT NULL,                    -- the one that was made
    base TEXT NOT NULL,                       -- what it was made from, as its card spells it
    address TEXT NOT NULL,                    -- the same as repositories' addresses are kept: model:namespace/name
    relation TEXT NOT NULL,                   -- finetune, adapter, quantized, merge
    position INTEGER NOT NULL,
    PRIMARY KEY (repo_id, address)
);
CREATE INDEX catalog_lineage_address ON catalog_lineage (address, relation, repo_id);
INSERT INTO catalog_lineage (repo_id, base, address, relation, position)
    SELECT t.repo_id, substr(t.tag, length(k.prefix) + 1), 'model:' || lower(substr(t.tag, length(k.prefix) + 1)),
        k.relation, t.position
    FROM catalog_tag t JOIN (
        SELECT 'finetune' AS relation, 'base_model:finetune:' AS prefix
        UNION ALL SELECT 'adapter', 'base_model:adapter:'
        UNION ALL SELECT 'quantized', 'base_model:quantized:'
        UNION ALL SELECT 'merge', 'base_model:merge:'
    ) k ON substr(t.tag, 1, length(k.prefix)) = k.prefix
    WHERE t.tag LIKE 'base_model:%'
    ON CONFLICT (repo_id, address) DO NOTHING;
-- More is told from files now: each entry is made anew when it is next asked for.
UPDATE catalog_entry SET updated_at = 0;
