"""Nothing in the house opens connections to other machines but `stores/outbound`, and these, for the reasons given."""

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "freehold"

REACHES_OUT = {
    "aiohttp", "asyncssh", "boto3", "botocore", "ftplib", "http.client", "httpcore", "httpx", "imaplib", "requests",
    "smtplib", "socket", "ssl", "urllib.request", "urllib3",
}  # fmt: skip

ALLOWED = {
    ("stores/outbound/client.py", "http.client"): "the one client for addresses that others chose",
    ("stores/outbound/client.py", "socket"): "connects to the address that was checked",
    ("stores/outbound/client.py", "ssl"): "the same, by TLS",
    ("stores/ldap/client.py", "socket"): "the directory that the operator named",
    ("stores/ldap/client.py", "ssl"): "the same",
    ("asgi/server.py", "socket"): "takes connections, opens none",
    ("asgi/transfers.py", "socket"): "the same",
    ("protocols/git/ssh.py", "asyncssh"): "the same, by SSH",
    ("stores/blobs/s3.py", "urllib.request"): "the proxy settings of the object store that the operator named",
    ("features/notices/mail.py", "smtplib"): "the mail server that the operator named",
    ("features/notices/mail.py", "ssl"): "the same",
    ("features/notices/letters.py", "smtplib"): "its errors",
}


def imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_connections_are_opened_in_one_place_but_for_these():
    reaching = {
        (path.relative_to(SOURCE).as_posix(), name)
        for path in SOURCE.rglob("*.py")
        for name in imports(ast.parse(path.read_text("utf-8"))) & REACHES_OUT
    }
    assert reaching == set(ALLOWED)
