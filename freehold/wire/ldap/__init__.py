"""LDAP as far as signing in needs it: bind, search, StartTLS (RFC 4511), and filters (RFC 4515)."""
