"""One folder a page: what it shows as a frozen dataclass, its handler, its template and its style."""
