-- Of the weights; 0: nobody knows. Each entry is made anew when it is next asked for.
ALTER TABLE catalog_entry ADD COLUMN parameters BIGINT NOT NULL DEFAULT 0;
UPDATE catalog_entry SET updated_at = 0;
CREATE INDEX catalog_entry_parameters ON catalog_entry (parameters);
