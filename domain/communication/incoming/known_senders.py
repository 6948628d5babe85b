"""Whether a mail came from an address of whom it belongs to. Pure.

A thread or a reference in the subject shows what a mail answers, not who wrote it: both can be copied. Practices do
write from a second mailbox, so this is a warning for a person and decides nothing.
"""

from collections.abc import Iterable

# Hosts where anybody may have a mailbox: the same host says nothing there. The large ones of Germany.
PUBLIC_HOSTS = frozenset(
    {
        "aol.com", "aol.de", "arcor.de", "email.de", "freenet.de", "gmail.com", "gmx.de", "gmx.net", "googlemail.com",
        "hotmail.com", "hotmail.de", "icloud.com", "live.de", "mail.de", "mailbox.org", "me.com", "online.de",
        "outlook.com", "outlook.de", "posteo.de", "proton.me", "protonmail.com", "t-online.de", "vodafone.de", "web.de",
        "yahoo.com", "yahoo.de",
    }
)  # fmt: skip


def is_stranger(sender: str, theirs: Iterable[str | None]) -> bool:
    """Whether an address is none of theirs, nor of a host of theirs; False where none of theirs is known."""
    known = {address.casefold() for address in theirs if address}
    writer = sender.casefold()
    if not known or not writer or writer in known:
        return False
    host = writer.rpartition("@")[2]
    return host in PUBLIC_HOSTS or host not in {address.rpartition("@")[2] for address in known}
