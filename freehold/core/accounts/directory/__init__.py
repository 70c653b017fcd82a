"""People and groups as an outside directory keeps them: what SCIM writes, and the roles that follow from it."""
