-- A group asks, tells and is found like any gate.
ALTER TABLE accounts_gate_group ADD COLUMN title TEXT NOT NULL DEFAULT '';
-- The web path of its collection.
ALTER TABLE accounts_gate_group ADD COLUMN path TEXT NOT NULL DEFAULT '';
-- YAML, as extra_gated_fields in a card.
ALTER TABLE accounts_gate_group ADD COLUMN questions TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts_gate_group ADD COLUMN eu_disallowed INTEGER NOT NULL DEFAULT 0;
