"""What people say about a repository: discussions, and the talk around pull requests."""
