"""Why a mail server cannot be used, told from what the socket, TLS or the protocol raised: one code each."""

import smtplib
import socket
import ssl

from domain.errors import Unavailable

# OpenSSL's numbers (x509_vfy.h)
_EXPIRED, _NAME, _ADDRESS = 10, 62, 64


def trouble_of(error: BaseException, *, host: str, port: int) -> Unavailable:
    """The trouble behind an error, for SMTP and IMAP alike."""
    return Unavailable(f"mail_server.{_name(error)}", host=host, port=port)


def _name(error: BaseException) -> str:
    # smtplib tells of a lost line whatever lost it
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError):
        error = error.__context__
    if isinstance(error, ssl.SSLCertVerificationError):
        by_number = {_EXPIRED: "certificate_expired", _NAME: "certificate_name", _ADDRESS: "certificate_name"}
        return by_number.get(error.verify_code, "certificate")
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return "no_tls"
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return "host_unknown"  # a name too long or with an empty part cannot even be asked for
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "connection"
