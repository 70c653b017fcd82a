"""The Merkle tree of RFC 6962, by its definition and by the vectors of certificate transparency's own tests."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from freehold.wire.audit.merkle import Frontier

# Of certificate-transparency-go's merkle tests, which RFC 6962 implementations share.
LEAVES = [bytes.fromhex(one) for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                         "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\1" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


def test_the_shared_vectors():
    assert [Frontier().grown(LEAVES[: n + 1]).root.hex() for n in range(8)] == ROOTS


@given(st.lists(st.binary(max_size=4), max_size=70), st.integers(0, 70))
def test_it_grows_to_the_same_tree_in_any_steps(leaves, cut):
    grown = Frontier().grown(leaves[:cut]).grown(leaves[cut:])
    assert (grown.size, grown.root) == (len(leaves), by_definition(leaves))
    assert len(grown.roots) == len(leaves).bit_count()
