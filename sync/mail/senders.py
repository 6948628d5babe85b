"""By which server and under which address a mail goes out: its account, or the seat's server where it has none."""

from dataclasses import dataclass

from nacl.public import PrivateKey
from sqlalchemy.orm import Session

from domain.communication.account_states import MEGABYTE
from domain.communication.accounts import Account, account, password_of
from domain.communication.sealing import unseal
from domain.errors import Unavailable
from domain.geocoding.map_settings import Maps, router_purpose
from sync.mail.imap import ImapAccess
from sync.mail.smtp import SmtpTransport


@dataclass(frozen=True, slots=True)
class Sender:
    """A server and the address in From."""

    transport: SmtpTransport
    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """Opens what is sealed to the worker. Without a key no account is used.

    Whoever tries out reaches nobody: with `catching` every mail goes there and no mailbox is read, whatever the
    accounts say. Their passwords are sealed and opened as elsewhere, so that an account can be entered and tried.
    """

    key: PrivateKey | None = None
    catching: Sender | None = None

    @property
    def reach_out(self) -> bool:
        """Whether the servers of accounts are spoken to at all."""
        return self.key is not None and self.catching is None

    def password(self, of: Account) -> str:
        """The password of an account. Raises Unavailable without the key it is sealed to, and as `password_of` does."""
        if self.key is None:
            raise Unavailable("mail_account.no_worker_key")
        return password_of(of, self.key)

    def router_key(self, maps: Maps) -> str:
        """The key of a router; empty where none is kept.

        Raises Unavailable without the key it is sealed to, and for what was sealed for another server.
        """
        if maps.sealed_router_key is None:
            return ""
        if self.key is None:
            raise Unavailable("mail_account.no_worker_key")
        opened = unseal(maps.sealed_router_key, self.key)
        if opened.purpose is None and not maps.router_key_bound:
            return opened.secret
        # a key sealed before 0028 names no server; the database forgets it when another one is set
        if opened.purpose not in ({"use": "router"}, router_purpose(maps.form.router_url)):
            raise Unavailable("map_settings.key_sealed_elsewhere")
        return opened.secret

    def imap(self, of: Account) -> ImapAccess:
        """How the mailbox of an account is reached."""
        return ImapAccess(of.imap_host, of.imap_port, of.imap_security, of.username, self.password(of))

    def sender(self, session: Session, account_id: int | None, fallback: Sender | None) -> Sender:
        """The sender of a mail. Raises Unavailable when its account cannot send now."""
        if self.catching is not None:
            return self.catching
        if account_id is None or self.key is None:
            if fallback is None:
                raise Unavailable("mail_account.inactive")
            return fallback
        of = account(session, account_id)
        if not of.active or not of.smtp_host:
            raise Unavailable("mail_account.inactive")
        if not of.confirmed:  # changed since the mail was taken
            raise Unavailable("mail_account.unconfirmed")
        return Sender(self.transport(of), of.address, of.sender_name or (fallback.name if fallback else ""))

    def transport(self, of: Account) -> SmtpTransport:
        """The way out of an account. Raises Unavailable without the key its password is sealed to."""
        username, password = (of.username, self.password(of)) if of.sealed_password is not None else ("", "")
        largest = of.largest_mb * MEGABYTE if of.largest_mb is not None else None
        return SmtpTransport(of.smtp_host, of.smtp_port, of.smtp_security, username, password, largest=largest)
