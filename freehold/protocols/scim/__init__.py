"""SCIM 2.0's endpoints, by which an outside directory keeps people and groups."""
