-- Whether a gate hides card, licence, lineage and sizes too, and not only content.
ALTER TABLE repos_repo ADD COLUMN gate_hides INTEGER NOT NULL DEFAULT 0;
