"""git over HTTP: clone, fetch and push as git itself speaks them."""
