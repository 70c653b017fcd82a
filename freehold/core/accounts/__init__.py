"""People, organisations, tokens, sessions and audit; `access` decides who may do what."""
