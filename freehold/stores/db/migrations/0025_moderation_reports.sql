-- What people have reported. kind: repository, account, comment; category: spam, malware, …; state: open, upheld,
-- dismissed. `shown` is how the subject was called then, `place` the web path where it is looked at.
CREATE TABLE moderation_report (
    id TEXT PRIMARY KEY,
    reporter_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    repo_id TEXT,
    shown TEXT NOT NULL,
    place TEXT NOT NULL,
    category TEXT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL,
    answer TEXT NOT NULL DEFAULT '',
    decided_by TEXT NOT NULL DEFAULT '',
    decided_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX moderation_report_reporter ON moderation_report (reporter_id, created_at);
CREATE INDEX moderation_report_state ON moderation_report (state, id);
CREATE INDEX moderation_report_subject ON moderation_report (kind, subject_id);
