"""Gates of repositories: terms, requests, grants, receipts, and what was fetched under them."""
