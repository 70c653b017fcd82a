"""The audit trail read: filtered, exported, verified and signed; `core/accounts/audit` is where it is written."""
