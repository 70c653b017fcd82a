"""Objects, refs and packs of repositories; a pack is durable before a row names it, a ref moves by compare-and-swap."""
