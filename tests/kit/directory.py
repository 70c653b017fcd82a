"""A real LDAP server: Debian's slapd, run as a private process in a folder of the test, with a CA of its own."""

import datetime
import shutil
import socket
import subprocess
import time
import uuid
from pathlib import Path
from typing import Self

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SLAPD = shutil.which("slapd", path="/usr/sbin:/usr/lib/openldap:/usr/bin:/usr/local/libexec")
SLAPADD = shutil.which("slapadd", path="/usr/sbin:/usr/bin")
SUFFIX = "dc=corp,dc=example"
PEOPLE, GROUPS = f"ou=people,{SUFFIX}", f"ou=groups,{SUFFIX}"
HUB, HUB_PASSWORD = f"cn=hub,{SUFFIX}", "the hub's own"
PASSWORD = "Tr0ub4dor of dora"

CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
database mdb
suffix "{suffix}"
directory {folder}/data
maxsize 16777216
rootdn "{hub}"
rootpw "{password}"
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{hub}" read by * none
"""


def person(uid: str, *, mail: str = "", password: str = PASSWORD, cn: str = "") -> str:
    """An entry, as LDIF."""
    lines = [f"dn: uid={uid},{PEOPLE}", "objectClass: inetOrgPerson", f"uid: {uid}", f"cn: {cn or uid}", "sn: x",
             f"userPassword: {password}"]  # fmt: skip
    return "\n".join([*lines, *([f"mail: {mail}"] if mail else [])])


def group(name: str, *members: str) -> str:
    """A group of people, as LDIF."""
    lines = [f"dn: cn={name},{GROUPS}", "objectClass: groupOfNames", f"cn: {name}", f"member: {HUB}"]
    return "\n".join([*lines, *(f"member: uid={uid},{PEOPLE}" for uid in members)])


ROOT = f"""dn: {SUFFIX}
objectClass: dcObject
objectClass: organization
o: Corp
dc: corp

dn: {PEOPLE}
objectClass: organizationalUnit
ou: people

dn: {GROUPS}
objectClass: organizationalUnit
ou: groups"""


class TestDirectory:
    """The server, by `url` (StartTLS possible) and by `tls_url`; its certificate is for the name localhost."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        if SLAPD is None or SLAPADD is None or not Path("/etc/ldap/schema").is_dir():
            pytest.skip("slapd is missing (Debian: slapd)")
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._held: tuple[str, ...] = ()
        self.port, self.tls_port = _free_port(), _free_port()
        self.ca_file = folder / "ca.pem"
        _certificates(folder)
        config = CONFIG.format(folder=folder, suffix=SUFFIX, hub=HUB, password=HUB_PASSWORD)
        (folder / "slapd.conf").write_text(config)

    @property
    def url(self) -> str:
        return f"ldap://localhost:{self.port}"

    @property
    def tls_url(self) -> str:
        return f"ldaps://localhost:{self.tls_port}"

    def fill(self, *entries: str) -> None:
        """Hold these entries and no others, started anew if need be; each stays who it is, by its entryUUID."""
        if self._process is not None and self._held == entries:
            return
        self.stop()
        self._held = entries
        shutil.rmtree(self._folder / "data", ignore_errors=True)
        (self._folder / "data").mkdir()
        ldif = "\n\n".join([ROOT, *(f"{one}\nentryUUID: {_uuid(one)}" for one in entries)]) + "\n"
        added = subprocess.run(
            [SLAPADD, "-f", self._folder / "slapd.conf"], input=ldif.encode(), capture_output=True, check=False
        )
        assert added.returncode == 0, added.stderr.decode()
        self.start()

    def start(self) -> None:
        listening = f"ldap://127.0.0.1:{self.port} ldaps://127.0.0.1:{self.tls_port}"
        said = (self._folder / "slapd.log").open("wb")
        self._process = subprocess.Popen(
            [SLAPD, "-f", self._folder / "slapd.conf", "-h", listening, "-d", "0"], stdout=said, stderr=said
        )
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert self._process.poll() is None, (self._folder / "slapd.log").read_text()
                time.sleep(0.02)
        raise AssertionError("slapd does not answer")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _uuid(entry: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_X500, entry.partition("\n")[0]))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _certificates(folder: Path) -> None:
    """A CA, and a certificate of it for localhost."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    at = datetime.datetime.now(datetime.UTC)

    def begun(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(ca_name).public_key(public)
        made = made.serial_number(x509.random_serial_number()).not_valid_before(at - datetime.timedelta(1))
        ident = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
        return made.not_valid_after(at + datetime.timedelta(1)).add_extension(ident, critical=False)

    sign_only = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    ca = begun(ca_name, ca_key.public_key()).add_extension(x509.BasicConstraints(True, None), critical=True)
    ca = ca.add_extension(sign_only, critical=True)
    ca = ca.add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
    server = begun(name, key.public_key()).add_extension(
        x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    (folder / "server.pem").write_bytes(server.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    (folder / "server.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
