"""Which class a request belongs to."""

import pytest

from freehold.asgi.limits.classes import class_of, parse_quotas
from freehold.base.errors import Invalid


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/api/models/alice/birds", "api"),
        ("GET", "/api/whoami-v2", "api"),
        ("POST", "/api/models/alice/birds/paths-info/main", "api"),
        ("POST", "/api/models/alice/birds/preupload/main", "api"),
        ("POST", "/api/models/alice/birds/commit/main", "writes"),
        ("DELETE", "/api/repos/delete", "writes"),
        ("POST", "/settings/tokens", "writes"),
        ("HEAD", "/alice/birds/resolve/main/a.bin", "resolvers"),
        ("GET", "/datasets/alice/songs/resolve/main/a/b.bin", "resolvers"),
        ("GET", "/alice/birds/raw/main/a.txt", "resolvers"),
        ("GET", "/xet/abc-e1/v2/reconstructions/00", "resolvers"),
        ("GET", "/v2/alice/birds/manifests/latest", "resolvers"),
        ("POST", "/xet/abc-e1/v1/xorbs/default/00", "uploads"),
        ("POST", "/xet/abc-e1/v2/shards", "uploads"),
        ("PUT", "/api/lfs/00/content", "uploads"),
        ("PUT", "/alice/birds/incoming/x.y/12", "uploads"),
        ("POST", "/alice/birds/incoming/commit", "writes"),
        ("GET", "/alice/birds.git/info/refs", "git"),
        ("POST", "/alice/birds/git-upload-pack", "git"),
        ("POST", "/alice/birds.git/info/lfs/objects/batch", "git"),
        ("GET", "/alice/birds", "pages"),
        ("GET", "/", "pages"),
        ("GET", "/nothing/of/the/kind", "pages"),
        ("GET", "/healthz", None),
        ("GET", "/-/site.0123456789ab.css", None),
        ("GET", "/xet/abc-e1/v1/fetch/xorbs/00", None),
    ],
)
def test_every_request_has_its_class(method, path, name):
    assert class_of(method, path) == name


def test_quotas_are_read_and_zero_is_none():
    assert dict(parse_quotas("api=5, pages=0,git=7 ")) == {"api": 5, "git": 7}
    assert not parse_quotas("")


@pytest.mark.parametrize("text", ["api", "api=", "api=-1", "api=many", "apes=5", "api=²", "api=99999999999"])
def test_nonsense_is_refused_when_the_hub_starts(text):
    with pytest.raises(Invalid, match="rate_limits"):
        parse_quotas(text)
