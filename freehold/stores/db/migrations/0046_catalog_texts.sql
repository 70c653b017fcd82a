-- What lists show lies close together: the texts of cards, which only the index reads, by themselves, and the tags of an
-- entry with it, in the Hub's order. The table of tags is left for conditions. No trigger runs: nothing has changed.
CREATE TABLE catalog_text (                   -- of a card, for the index
    repo_id TEXT PRIMARY KEY,
    body TEXT NOT NULL
);
INSERT INTO catalog_text (repo_id, body) SELECT repo_id, body FROM catalog_entry WHERE body <> '';
{sqlite}CREATE TABLE catalog_entry_new (repo_id TEXT PRIMARY KEY, commit_oid TEXT NOT NULL, card TEXT NOT NULL DEFAULT '{}', tags TEXT NOT NULL DEFAULT '[]', pipeline_tag TEXT, library_name TEXT, parameters BIGINT NOT NULL DEFAULT 0, memory BIGINT NOT NULL DEFAULT 0, safety TEXT NOT NULL DEFAULT '', updated_at BIGINT NOT NULL) WITHOUT ROWID;
{sqlite}INSERT INTO catalog_entry_new (repo_id, commit_oid, card, tags, pipeline_tag, library_name, parameters, memory, safety, updated_at) SELECT e.repo_id, e.commit_oid, e.card, COALESCE((SELECT json_group_array(t.tag) FROM (SELECT tag FROM catalog_tag WHERE repo_id = e.repo_id ORDER BY position) t), '[]'), e.pipeline_tag, e.library_name, e.parameters, e.memory, e.safety, e.updated_at FROM catalog_entry e ORDER BY e.repo_id;
{sqlite}DROP TABLE catalog_entry;
{sqlite}ALTER TABLE catalog_entry_new RENAME TO catalog_entry;
{sqlite}CREATE INDEX catalog_entry_parameters ON catalog_entry (parameters);
{sqlite}CREATE TRIGGER catalog_change_entry_new AFTER INSERT ON catalog_entry BEGIN INSERT INTO catalog_change (repo_id, at) VALUES (NEW.repo_id, (SELECT COALESCE(max(at), 0) + 1 FROM catalog_change)) ON CONFLICT (repo_id) DO UPDATE SET at = excluded.at; END;
{sqlite}CREATE TRIGGER catalog_change_entry AFTER UPDATE ON catalog_entry BEGIN INSERT INTO catalog_change (repo_id, at) VALUES (NEW.repo_id, (SELECT COALESCE(max(at), 0) + 1 FROM catalog_change)) ON CONFLICT (repo_id) DO UPDATE SET at = excluded.at; END;
{sqlite}CREATE TABLE catalog_tag_new (repo_id TEXT NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (repo_id, tag)) WITHOUT ROWID;
{sqlite}INSERT INTO catalog_tag_new (repo_id, tag) SELECT repo_id, tag FROM catalog_tag ORDER BY repo_id, tag;
{sqlite}DROP TABLE catalog_tag;
{sqlite}ALTER TABLE catalog_tag_new RENAME TO catalog_tag;
{sqlite}CREATE INDEX catalog_tag_tag ON catalog_tag (tag, repo_id);
{sqlite}CREATE TABLE catalog_use_new (repo_id TEXT PRIMARY KEY, recent BIGINT NOT NULL DEFAULT 0, total BIGINT NOT NULL DEFAULT 0, trend BIGINT NOT NULL DEFAULT 0, kind TEXT NOT NULL DEFAULT '', likes BIGINT NOT NULL DEFAULT 0) WITHOUT ROWID;
{sqlite}INSERT INTO catalog_use_new (repo_id, recent, total, trend, kind, likes) SELECT repo_id, recent, total, trend, kind, likes FROM catalog_use ORDER BY repo_id;
{sqlite}DROP TABLE catalog_use;
{sqlite}ALTER TABLE catalog_use_new RENAME TO catalog_use;
{sqlite}CREATE INDEX catalog_use_likes ON catalog_use (kind, likes DESC, repo_id) WHERE likes > 0;
{sqlite}CREATE INDEX catalog_use_recent ON catalog_use (kind, recent DESC, repo_id) WHERE recent > 0;
{sqlite}CREATE INDEX catalog_use_trend ON catalog_use (kind, trend DESC, repo_id) WHERE trend > 0;
{sqlite}CREATE TRIGGER catalog_change_use_new AFTER INSERT ON catalog_use BEGIN INSERT INTO catalog_change (repo_id, at) VALUES (NEW.repo_id, (SELECT COALESCE(max(at), 0) + 1 FROM catalog_change)) ON CONFLICT (repo_id) DO UPDATE SET at = excluded.at; END;
{sqlite}CREATE TRIGGER catalog_change_use AFTER UPDATE ON catalog_use WHEN (NEW.likes, NEW.recent, NEW.trend) IS NOT (OLD.likes, OLD.recent, OLD.trend) BEGIN INSERT INTO catalog_change (repo_id, at) VALUES (NEW.repo_id, (SELECT COALESCE(max(at), 0) + 1 FROM catalog_change)) ON CONFLICT (repo_id) DO UPDATE SET at = excluded.at; END;
{postgres}ALTER TABLE catalog_entry DISABLE TRIGGER catalog_change_entry;
{postgres}ALTER TABLE catalog_entry DROP COLUMN body;
{postgres}ALTER TABLE catalog_entry ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
{postgres}UPDATE catalog_entry SET tags = t.tags FROM (SELECT repo_id, json_agg(tag ORDER BY position)::text AS tags FROM catalog_tag GROUP BY repo_id) t WHERE t.repo_id = catalog_entry.repo_id;
{postgres}ALTER TABLE catalog_entry ENABLE TRIGGER catalog_change_entry;
{postgres}ALTER TABLE catalog_tag DROP COLUMN position;
