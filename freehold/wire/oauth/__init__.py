"""OAuth 2 and OpenID Connect as values: parameters, scopes, redirects, proofs and signed tokens."""
