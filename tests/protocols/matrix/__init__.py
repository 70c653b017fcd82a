"""Who may do what, asked of every route, by every kind of caller, of every kind of thing; see test_matrix."""
