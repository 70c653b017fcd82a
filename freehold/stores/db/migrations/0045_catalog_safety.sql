-- Whether loading it can run code: the fact `safety`. Each entry is made anew when it is next asked for.
ALTER TABLE catalog_entry ADD COLUMN safety TEXT NOT NULL DEFAULT '';
UPDATE catalog_entry SET updated_at = 0;
