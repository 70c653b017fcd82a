"""The part of the Hub's documented API that is not built yet: each route says so in a sentence."""

from freehold.protocols.hub.table import Declared, absent

_SPACES = "This hub keeps the files of spaces, but does not run them yet."
_JOBS = "This hub does not run jobs yet."
_PAPERS = "This hub has no paper pages."
_SEARCH = "This hub has no semantic search yet. Use the search parameter of the list."
_BOARDS = "This hub has no leaderboards yet."

BEFORE = [
    # These share their form with addresses of repositories and so must be asked first.
    absent("GET", "/api/spaces/semantic-search", _SEARCH),
    absent("GET", "/api/spaces/zero-gpu/quota", _SPACES),
]

AFTER: list[Declared] = [
    absent("GET", "/api/datasets/{id}/leaderboard", _BOARDS),
    absent("GET", "/api/tasks", "This hub serves no inference, so it lists no tasks."),
    absent("GET|POST|DELETE", "/api/spaces/{id}/secrets", _SPACES),
    absent("GET|POST|DELETE", "/api/spaces/{id}/variables", _SPACES),
    absent("PUT|DELETE", "/api/spaces/{id}/volumes", _SPACES),
    absent("POST", "/api/spaces/{id}/hardware", _SPACES),
    absent("POST", "/api/spaces/{id}/sleeptime", _SPACES),
    absent("POST", "/api/spaces/{id}/pause", _SPACES),
    absent("POST", "/api/spaces/{id}/restart", _SPACES),
    absent("POST", "/api/spaces/{id}/dev-mode", _SPACES),
    absent("GET", "/api/spaces/{id}/logs/{log}", _SPACES),
    absent("POST", "/api/jobs/{ns}", _JOBS),
    absent("GET|POST|PUT", "/api/jobs/{ns}/{job}/{action:rest}", _JOBS),
    absent("POST", "/api/scheduled-jobs/{ns}", _JOBS),
    absent("DELETE", "/api/scheduled-jobs/{ns}/{job}", _JOBS),
    absent("GET|POST|PUT", "/api/scheduled-jobs/{ns}/{job}/{action:rest}", _JOBS),
    absent("GET", "/api/papers/{paper:rest}", _PAPERS),
    absent("GET", "/papers/{paper:rest}", _PAPERS),
    absent("GET", "/api/daily_papers", _PAPERS),
]
