"""People, organisations, tokens, sessions and audit;  decides who may do what."""
