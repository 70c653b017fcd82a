"""Public keys are read as OpenSSH writes them, and weak or foreign ones refused with what to do."""

import base64
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.publickeys import parse_public_key


def made(folder: Path, *options: str) -> str:
    words = ["ssh-keygen", "-q", "-N", "", "-C", "alice's laptop", "-f", str(folder / "id"), *options]
    subprocess.run(words, check=True, capture_output=True)
    return (folder / "id.pub").read_text()


def blob(*parts: bytes) -> str:
    return base64.b64encode(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).decode()


def test_a_key_is_read_with_its_comment_and_fingerprint(tmp_path: Path):
    key = parse_public_key(made(tmp_path, "-t", "ed25519"))
    told = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(tmp_path / "id.pub")], capture_output=True, text=True, check=True
    )
    assert (key.kind, key.comment) == ("ssh-ed25519", "alice's laptop") and key.fingerprint == told.stdout.split()[1]


def test_a_short_rsa_key_is_refused_with_its_length(tmp_path: Path):
    with pytest.raises(Invalid, match=r"3072 bits, and this one has 2048.*ssh-keygen -t ed25519"):
        parse_public_key(made(tmp_path, "-t", "rsa", "-b", "2048"))


def test_a_private_key_is_refused_with_a_warning(tmp_path: Path):
    made(tmp_path, "-t", "ed25519")
    with pytest.raises(Invalid, match="private key, which nobody but you may see"):
        parse_public_key((tmp_path / "id").read_text())


@pytest.mark.parametrize(
    "line",
    [
        "", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-ed25519 !!!", "hello world",
        "ssh-ed25519 " + blob(b"ssh-ed25519", b"x" * 31), "ssh-ed25519 " + blob(b"ssh-rsa", b"\1", b"\xff" * 512),
        "ssh-ed25519 " + blob(b"ssh-ed25519", b"x" * 32) + "\nssh-ed25519 " + blob(b"ssh-ed25519", b"y" * 32),
        "ecdsa-sha2-nistp256 " + blob(b"ecdsa-sha2-nistp256", b"nistp384", b"\4" + b"x" * 96),
        "ssh-dss " + blob(b"ssh-dss", b"x", b"y", b"z"), 'command="id" ssh-ed25519 ' + blob(b"ssh-ed25519", b"x" * 32),
        "ssh-ed25519-cert-v01@openssh.com " + blob(b"ssh-ed25519-cert-v01@openssh.com", b"x" * 32),
        "ssh-rsa " + "A" * 10_000,
    ],
)  # fmt: skip
def test_what_is_no_good_key_is_refused_in_words(line: str):
    with pytest.raises(Invalid, match="key"):
        parse_public_key(line)


@given(st.binary(max_size=200), st.sampled_from(["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256"]))
def test_it_raises_nothing_else(data: bytes, kind: str):
    with suppress(Invalid):
        parse_public_key(f"{kind} {base64.b64encode(data).decode()}")


@given(st.text(max_size=200))
def test_nor_for_any_text(text: str):
    with suppress(Invalid):
        parse_public_key(text)
