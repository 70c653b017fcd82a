{sqlite}CREATE TABLE accounts_gram (kind TEXT NOT NULL, gram TEXT NOT NULL, account_id TEXT NOT NULL, PRIMARY KEY (kind, gram, account_id)) WITHOUT ROWID;
{postgres}CREATE TABLE accounts_gram (kind TEXT NOT NULL, gram TEXT COLLATE "C" NOT NULL, account_id TEXT NOT NULL, PRIMARY KEY (kind, gram, account_id));
{sqlite}CREATE INDEX accounts_account_listed ON accounts_account (kind, name_key) WHERE disabled = 0;
{postgres}CREATE INDEX accounts_account_listed ON accounts_account (kind, name_key COLLATE "C") WHERE disabled = 0;
CREATE TABLE accounts_place (                 -- 1, 2, 3 …: where in a name three letters can begin
    n INTEGER PRIMARY KEY
);
INSERT INTO accounts_place (n) WITH RECURSIVE place (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM place WHERE n < 400)
    SELECT n FROM place;
INSERT INTO accounts_gram (kind, gram, account_id)
    SELECT DISTINCT a.kind, substr(a.name_key || ' ' || lower(a.full_name), p.n, 3), a.id
    FROM accounts_account a JOIN accounts_place p ON p.n <= length(a.name_key || ' ' || lower(a.full_name));
{sqlite}CREATE TRIGGER accounts_gram_new AFTER INSERT ON accounts_account BEGIN INSERT INTO accounts_gram (kind, gram, account_id) SELECT DISTINCT NEW.kind, substr(NEW.name_key || ' ' || lower(NEW.full_name), n, 3), NEW.id FROM accounts_place WHERE n <= length(NEW.name_key || ' ' || lower(NEW.full_name)); END;
{sqlite}CREATE TRIGGER accounts_gram_gone AFTER DELETE ON accounts_account BEGIN DELETE FROM accounts_gram WHERE kind = OLD.kind AND account_id = OLD.id AND gram IN (SELECT substr(OLD.name_key || ' ' || lower(OLD.full_name), n, 3) FROM accounts_place WHERE n <= length(OLD.name_key || ' ' || lower(OLD.full_name))); END;
{sqlite}CREATE TRIGGER accounts_gram_named AFTER UPDATE OF name_key, full_name ON accounts_account BEGIN DELETE FROM accounts_gram WHERE kind = OLD.kind AND account_id = OLD.id AND gram IN (SELECT substr(OLD.name_key || ' ' || lower(OLD.full_name), n, 3) FROM accounts_place WHERE n <= length(OLD.name_key || ' ' || lower(OLD.full_name))); INSERT INTO accounts_gram (kind, gram, account_id) SELECT DISTINCT NEW.kind, substr(NEW.name_key || ' ' || lower(NEW.full_name), n, 3), NEW.id FROM accounts_place WHERE n <= length(NEW.name_key || ' ' || lower(NEW.full_name)); END;
{postgres}CREATE FUNCTION accounts_note_grams() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF TG_OP <> ''INSERT'' THEN DELETE FROM accounts_gram WHERE kind = OLD.kind AND account_id = OLD.id AND gram IN (SELECT substr(OLD.name_key || '' '' || lower(OLD.full_name), n, 3) FROM accounts_place WHERE n <= length(OLD.name_key || '' '' || lower(OLD.full_name))); END IF; IF TG_OP <> ''DELETE'' THEN INSERT INTO accounts_gram (kind, gram, account_id) SELECT DISTINCT NEW.kind, substr(NEW.name_key || '' '' || lower(NEW.full_name), n, 3), NEW.id FROM accounts_place WHERE n <= length(NEW.name_key || '' '' || lower(NEW.full_name)); END IF; RETURN NULL; END';
{postgres}CREATE TRIGGER accounts_gram_named AFTER INSERT OR DELETE OR UPDATE OF name_key, full_name ON accounts_account FOR EACH ROW EXECUTE FUNCTION accounts_note_grams();
