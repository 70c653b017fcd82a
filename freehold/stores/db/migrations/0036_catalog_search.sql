ALTER TABLE catalog_use ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE catalog_use ADD COLUMN likes BIGINT NOT NULL DEFAULT 0;
INSERT INTO catalog_use (repo_id) SELECT repo_id FROM catalog_like_count WHERE 1 = 1 ON CONFLICT (repo_id) DO NOTHING;
UPDATE catalog_use SET
    kind = COALESCE((SELECT r.kind FROM repos_repo r WHERE r.id = catalog_use.repo_id), ''),
    likes = COALESCE((SELECT n.likes FROM catalog_like_count n WHERE n.repo_id = catalog_use.repo_id), 0);
DROP TABLE catalog_like_count;
-- Lists walk along these; a repository that has none of it comes last, in the order of ids.
CREATE INDEX catalog_use_likes ON catalog_use (kind, likes DESC, repo_id) WHERE likes > 0;
CREATE INDEX catalog_use_recent ON catalog_use (kind, recent DESC, repo_id) WHERE recent > 0;
CREATE INDEX catalog_use_trend ON catalog_use (kind, trend DESC, repo_id) WHERE trend > 0;
CREATE INDEX repos_repo_kind ON repos_repo (kind, id);
CREATE INDEX repos_repo_author_updated ON repos_repo (kind, lower(namespace), updated_at DESC, id);
CREATE INDEX repos_repo_author_created ON repos_repo (kind, lower(namespace), created_at DESC, id);
CREATE INDEX repos_repo_closed ON repos_repo (owner_id, kind) WHERE visibility <> 'public' OR hold <> '';
ALTER TABLE catalog_entry ADD COLUMN body TEXT NOT NULL DEFAULT '';
UPDATE catalog_entry SET updated_at = 0;
CREATE TABLE catalog_change (                 -- when what lists show of a repository last changed
    repo_id TEXT PRIMARY KEY,
    at BIGINT NOT NULL                        -- SQLite: a number that only grows, PostgreSQL: the transaction
);
CREATE INDEX catalog_change_at ON catalog_change (at);
{sqlite}CREATE TRIGGER catalog_change_repo_new AFTER INSERT ON repos_repo BEGIN INSERT INTO catalog_change (repo_id, at) VALUES (NEW.id, (SELECT COALESCE(max(at), 0) + 1 FROM catalog_change)) ON CONFLICT (repo_id) DO UPDATE SET at = excluded.at; END;
{sqlite}CREATE TRIGGER catalog_change_repo_gone AFTER DELETE ON repos_repo BEGIN INSERT INTO catalog_change (repo_id, at) VALUES (OLD.id, (SELECT COALESCE(max(at), 0) + 1 FROM catalog_change)) ON CONFLICT (repo_id) DO UPDATE SET at = excluded.at; END;
{sqlite}CREATE TRIGGER catalog_change_repo AFTER UPDATE OF owner_id, namespace, name, visibility, gated, gate_hides, hold, sdk, logical_bytes, updated_at ON repos_repo BEGIN INSERT INTO catalog_change (repo_id, at) VALUES (NEW.id, (SELECT COALESCE(max(at), 0) + 1 FROM catalog_change)) ON CONFLICT (repo_id) DO UPDATE SET at = excluded.at; END;
{sqlite}CREATE TRIGGER catalog_change_entry_new AFTER INSERT ON catalog_entry BEGIN INSERT INTO catalog_change (repo_id, at) VALUES (NEW.repo_id, (SELECT COALESCE(max(at), 0) + 1 FROM catalog_change)) ON CONFLICT (repo_id) DO UPDATE SET at = excluded.at; END;
{sqlite}CREATE TRIGGER catalog_change_entry AFTER UPDATE ON catalog_entry BEGIN INSERT INTO catalog_change (repo_id, at) VALUES (NEW.repo_id, (SELECT COALESCE(max(at), 0) + 1 FROM catalog_change)) ON CONFLICT (repo_id) DO UPDATE SET at = excluded.at; END;
{sqlite}CREATE TRIGGER catalog_change_use_new AFTER INSERT ON catalog_use BEGIN INSERT INTO catalog_change (repo_id, at) VALUES (NEW.repo_id, (SELECT COALESCE(max(at), 0) + 1 FROM catalog_change)) ON CONFLICT (repo_id) DO UPDATE SET at = excluded.at; END;
{sqlite}CREATE TRIGGER catalog_change_use AFTER UPDATE ON catalog_use WHEN (NEW.likes, NEW.recent, NEW.trend) IS NOT (OLD.likes, OLD.recent, OLD.trend) BEGIN INSERT INTO catalog_change (repo_id, at) VALUES (NEW.repo_id, (SELECT COALESCE(max(at), 0) + 1 FROM catalog_change)) ON CONFLICT (repo_id) DO UPDATE SET at = excluded.at; END;
{postgres}CREATE FUNCTION catalog_note_repo() RETURNS trigger LANGUAGE plpgsql AS 'DECLARE one TEXT; BEGIN IF TG_OP = ''DELETE'' THEN one := OLD.id; ELSE one := NEW.id; END IF; INSERT INTO catalog_change (repo_id, at) VALUES (one, pg_current_xact_id()::text::bigint) ON CONFLICT (repo_id) DO UPDATE SET at = excluded.at; RETURN NULL; END';
{postgres}CREATE FUNCTION catalog_note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO catalog_change (repo_id, at) VALUES (NEW.repo_id, pg_current_xact_id()::text::bigint) ON CONFLICT (repo_id) DO UPDATE SET at = excluded.at; RETURN NULL; END';
{postgres}CREATE TRIGGER catalog_change_repo AFTER INSERT OR DELETE OR UPDATE OF owner_id, namespace, name, visibility, gated, gate_hides, hold, sdk, logical_bytes, updated_at ON repos_repo FOR EACH ROW EXECUTE FUNCTION catalog_note_repo();
{postgres}CREATE TRIGGER catalog_change_entry AFTER INSERT OR UPDATE ON catalog_entry FOR EACH ROW EXECUTE FUNCTION catalog_note();
{postgres}CREATE TRIGGER catalog_change_use_new AFTER INSERT ON catalog_use FOR EACH ROW EXECUTE FUNCTION catalog_note();
{postgres}CREATE TRIGGER catalog_change_use AFTER UPDATE ON catalog_use FOR EACH ROW WHEN ((NEW.likes, NEW.recent, NEW.trend) IS DISTINCT FROM (OLD.likes, OLD.recent, OLD.trend)) EXECUTE FUNCTION catalog_note();
