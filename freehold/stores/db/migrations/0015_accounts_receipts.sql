CREATE TABLE accounts_gate_receipt (          -- what the hub has signed about a grant, in the grant's own transaction
    grant_id TEXT PRIMARY KEY,
    document TEXT NOT NULL,                   -- the signed text
    signature TEXT NOT NULL,                  -- Ed25519, base64
    created_at BIGINT NOT NULL
);
