"""The server's certificate as it shows it: whom it is for, who vouches for it, and until when."""

import socket
import ssl
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.settings import SYSTEM_CERTIFICATES, ServerSettings
from domain.health.models import Finding, fail, ok, warn

SSL_REQUEST = struct.pack("!ii", 8, 80877103)  # PostgreSQL's question whether to go on with TLS
SOON = timedelta(days=30)
SECONDS = 6


def certificate(server: ServerSettings, *, now: datetime) -> Finding:
    """Ask the server for its certificate, as the program does when it logs in, and say until when it holds."""
    try:
        ends = valid_until(server)
    except ssl.SSLCertVerificationError as error:
        return fail("certificate", "certificate.refused", host=server.host, why=error.verify_message or "")
    except (OSError, UnicodeError):
        return warn("certificate", "certificate.unseen", host=server.host)
    if ends is None:
        return fail("certificate", "certificate.none", host=server.host)
    return (warn if ends - now < SOON else ok)(
        "certificate", "certificate.soon" if ends - now < SOON else "certificate", until=ends, host=server.host
    )


def valid_until(server: ServerSettings) -> datetime | None:
    """The end of the certificate; None where the server has no TLS. Raises OSError, SSLCertVerificationError."""
    own = None if server.sslrootcert == SYSTEM_CERTIFICATES else str(Path(server.sslrootcert))
    context = ssl.create_default_context(cafile=own)
    with socket.create_connection((server.host, server.port), timeout=SECONDS) as plain:
        plain.sendall(SSL_REQUEST)
        if plain.recv(1) != b"S":
            return None
        with context.wrap_socket(plain, server_hostname=server.host) as secured:
            told = secured.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)
