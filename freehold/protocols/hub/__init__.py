"""The Hub's JSON API and : one module per resource."""
