"""Why a PostgreSQL server's certificate is not accepted: the driver says only that it is not.

Asks for TLS as the protocol wants it, shakes hands with the same certificates trusted, and hangs up. Nothing of the
person is sent.
"""

import socket
import ssl
import struct

from app.settings import ServerSettings

TLS_REQUEST = struct.pack("!ii", 8, 80877103)  # PostgreSQL's SSLRequest
PATIENCE_SECONDS = 6
OUT_OF_TIME = frozenset({9, 10})  # OpenSSL's numbers for not yet valid and expired


def is_out_of_time(server: ServerSettings, certificates: str) -> bool:
    """Whether the certificate is refused for today's date; False where that is not known."""
    try:
        trusted = ssl.create_default_context(cafile=certificates)
        with socket.create_connection((server.host, server.port), timeout=PATIENCE_SECONDS) as line:
            line.sendall(TLS_REQUEST)
            if line.recv(1) == b"S":
                trusted.wrap_socket(line, server_hostname=server.host).close()
    except ssl.SSLCertVerificationError as exc:
        return exc.verify_code in OUT_OF_TIME
    except OSError:
        return False
    return False
