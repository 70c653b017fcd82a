DROP INDEX accounts_audit_at;
ALTER TABLE accounts_audit RENAME TO accounts_audit_before;
CREATE TABLE accounts_audit (                 -- append-only: see docs/audit.md
    seq BIGINT PRIMARY KEY,                   -- counts from 1, without a gap
    id TEXT NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,                     -- repo.create, ref.move, token.add, …
    subject TEXT NOT NULL,                    -- what it was done to, in words
    namespace TEXT NOT NULL,                  -- whose that is, in lower case; empty: nobody's
    detail TEXT NOT NULL,                     -- canonical JSON
    personal_hash TEXT NOT NULL,              -- SHA-256 of salt and personal; empty: there was nothing personal
    prev TEXT NOT NULL,                       -- hash of the line before
    hash TEXT NOT NULL,                       -- SHA-256 of the line's canonical text
    salt TEXT,                                -- with personal the only thing that is ever taken away
    personal TEXT                             -- canonical JSON: addresses, browsers
);
CREATE INDEX accounts_audit_at ON accounts_audit (at);
CREATE INDEX accounts_audit_namespace ON accounts_audit (namespace, seq);
CREATE INDEX accounts_audit_actor ON accounts_audit (actor_id, seq);
CREATE INDEX accounts_audit_name ON accounts_audit (lower(actor_name), seq);
CREATE INDEX accounts_audit_action ON accounts_audit (action, seq);
CREATE INDEX accounts_audit_subject ON accounts_audit (subject, seq);
CREATE INDEX accounts_audit_personal ON accounts_audit (at) WHERE personal IS NOT NULL;
CREATE TABLE accounts_audit_head (            -- one row: the chain's end, locked by whoever appends
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO accounts_audit_head (one, seq, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
CREATE TABLE accounts_audit_checkpoint (
    size BIGINT PRIMARY KEY,                  -- how many lines it signs
    note TEXT NOT NULL,                       -- the signed text
    frontier TEXT NOT NULL,                   -- roots of the Merkle tree's full subtrees, from which the next goes on
    created_at BIGINT NOT NULL
);
{sqlite}CREATE TRIGGER accounts_audit_kept BEFORE DELETE ON accounts_audit BEGIN SELECT RAISE(ABORT, 'Lines of the audit are never deleted.'); END;
{sqlite}CREATE TRIGGER accounts_audit_fixed BEFORE UPDATE ON accounts_audit WHEN NEW.personal IS NOT NULL OR NEW.salt IS NOT NULL OR (NEW.seq, NEW.id, NEW.at, NEW.actor_id, NEW.actor_name, NEW.action, NEW.subject, NEW.namespace, NEW.detail, NEW.personal_hash, NEW.prev, NEW.hash) IS NOT (OLD.seq, OLD.id, OLD.at, OLD.actor_id, OLD.actor_name, OLD.action, OLD.subject, OLD.namespace, OLD.detail, OLD.personal_hash, OLD.prev, OLD.hash) BEGIN SELECT RAISE(ABORT, 'Lines of the audit are never changed.'); END;
{sqlite}CREATE TRIGGER accounts_audit_checkpoint_kept BEFORE DELETE ON accounts_audit_checkpoint BEGIN SELECT RAISE(ABORT, 'Checkpoints are never deleted.'); END;
{sqlite}CREATE TRIGGER accounts_audit_checkpoint_fixed BEFORE UPDATE ON accounts_audit_checkpoint BEGIN SELECT RAISE(ABORT, 'Checkpoints are never changed.'); END;
{postgres}CREATE FUNCTION accounts_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''Lines and checkpoints of the audit are never changed or deleted.''; END';
{postgres}CREATE TRIGGER accounts_audit_kept BEFORE DELETE ON accounts_audit FOR EACH ROW EXECUTE FUNCTION accounts_audit_refuse();
{postgres}CREATE TRIGGER accounts_audit_whole BEFORE TRUNCATE ON accounts_audit FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_refuse();
{postgres}CREATE TRIGGER accounts_audit_fixed BEFORE UPDATE ON accounts_audit FOR EACH ROW WHEN (NEW.personal IS NOT NULL OR NEW.salt IS NOT NULL OR (NEW.seq, NEW.id, NEW.at, NEW.actor_id, NEW.actor_name, NEW.action, NEW.subject, NEW.namespace, NEW.detail, NEW.personal_hash, NEW.prev, NEW.hash) IS DISTINCT FROM (OLD.seq, OLD.id, OLD.at, OLD.actor_id, OLD.actor_name, OLD.action, OLD.subject, OLD.namespace, OLD.detail, OLD.personal_hash, OLD.prev, OLD.hash)) EXECUTE FUNCTION accounts_audit_refuse();
{postgres}CREATE TRIGGER accounts_audit_checkpoint_kept BEFORE DELETE OR UPDATE ON accounts_audit_checkpoint FOR EACH ROW EXECUTE FUNCTION accounts_audit_refuse();
{postgres}CREATE TRIGGER accounts_audit_checkpoint_whole BEFORE TRUNCATE ON accounts_audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_refuse();
