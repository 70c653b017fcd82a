-- Where the thing is that a notice is about, if it is no repository.
ALTER TABLE notices_notice ADD COLUMN path TEXT NOT NULL DEFAULT '';
