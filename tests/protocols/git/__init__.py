"""git over HTTP, asked without git."""
