-- In bytes, to load the weights; 0: nobody knows. Each entry is made anew when it is next asked for.
ALTER TABLE catalog_entry ADD COLUMN memory BIGINT NOT NULL DEFAULT 0;
UPDATE catalog_entry SET updated_at = 0;
