"""The OAuth 2 and OpenID Connect endpoints that programs ask."""
