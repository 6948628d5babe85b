"""What is said of an account nothing comes in from, or goes out by: why, since when, what to do. Free of Qt."""

from collections.abc import Sequence
from datetime import datetime

from domain.communication.account_states import COPIES, SENDING, TroubledAccount
from ui import formats
from ui.errors import describe_code
from ui.translation import tr


def account_words(cause: str, since: datetime | None, server: str) -> str:
    """Why mail does not come in; or that it does not go out, or only the copies of sent mails fail.

    `server` is host:port.
    """
    host, _, port = server.rpartition(":")
    why = describe_code(cause.removeprefix(SENDING).removeprefix(COPIES), host=host, port=port)
    if cause.startswith(SENDING):
        return tr("E-Mails gehen nicht hinaus, sondern warten. {why}").format(why=why)
    if cause.startswith(COPIES):
        return tr("E-Mails kommen an, aber Kopien gesendeter E-Mails werden nicht abgelegt. {why}").format(why=why)
    last = tr("zuletzt gelesen {when}").format(when=formats.moment(since)) if since else tr("noch nie gelesen")
    return f"{last}. {why}"


def accounts_words(troubled: Sequence[TroubledAccount]) -> str:
    """A line for each trouble and what to do, for the page where the mail is missed."""
    said = [
        f"{tr('Postkonto „{name}“').format(name=one.name)}: {account_words(one.cause, one.since, one.server)}"
        for one in troubled
    ]
    return "\n".join([*said, tr("Prüfen Sie es unter „Verwaltung“, „Postkonten“, mit einem Test.")] if said else [])
