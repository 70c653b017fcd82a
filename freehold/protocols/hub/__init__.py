"""The Hub's JSON API and `resolve`: one module per resource."""
