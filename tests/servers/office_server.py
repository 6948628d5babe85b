"""The PostgreSQL of an office: Debian's, on the network of this machine, with passwords and TLS.

The program takes 127.0.0.1 for this machine, where no TLS is wanted, and 127.0.0.2 for another one.
"""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers.ports import free_port
from tests.servers.postgres import TestCluster, debian_binaries, in_memory

OTHER_MACHINE = "127.0.0.2"
WRONG_NAME = "127.0.0.4"

CONFIGURATION = """
listen_addresses = '127.0.0.1, 127.0.0.2, 127.0.0.4'
port = {port}
ssl = {tls}
"""
# the newcomer's password counts everywhere: a network that is cut ends at the socket
NEWCOMER = "neu_hier"
ADMITTED = f"""
local all {NEWCOMER} scram-sha-256
local all all trust
host all not_from_here 127.0.0.0/8 reject
host all all 127.0.0.0/8 scram-sha-256
"""


class OfficeServer(TestCluster):
    """A server with a certificate of its own making for 127.0.0.2; `certificate` is what one must trust.

    `shown` is another certificate with its key, which somebody else made.
    """

    __test__ = False

    def __init__(self, *, tls: bool = True, shown: tuple[bytes, bytes] | None = None) -> None:
        super().__init__(debian_binaries(), within=in_memory())
        self._tls, self._shown = tls, shown
        self.port = free_port()
        self.certificate = self._home / "certificate.pem"

    def _more_configuration(self, data: Path) -> str:
        certificate, key = self._shown or self_signed(OTHER_MACHINE)
        self.certificate.write_bytes(certificate)
        for name, content in (("server.crt", certificate), ("server.key", key), ("pg_hba.conf", ADMITTED.encode())):
            path = data / name
            path.touch(mode=0o600)
            path.write_bytes(content)
            self._account.hand_over(path)
        return CONFIGURATION.format(port=self.port, tls="on" if self._tls else "off")


def self_signed(address: str) -> tuple[bytes, bytes]:
    """A certificate for an address that nobody else vouches for, and its key (PEM)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return (
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
