"""The Community tab: a repository's discussions and pull requests, and the form that opens one."""
