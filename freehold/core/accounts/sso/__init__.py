"""The hub as a client of other providers: who signs in with an account from elsewhere, and as whom."""
