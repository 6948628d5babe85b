"""What a practice will read or hear, as it is: a mail or a letter with its subject, a call as the words to say."""

from domain.communication.mails import Letter
from domain.values import Channel
from ui.translation import tr


def preview_name(channel: Channel) -> str:
    """What the preview is called."""
    return {
        Channel.LETTER: tr("Vorschau des Briefs"),
        Channel.PHONE: tr("Gesprächsleitfaden"),
    }.get(channel, tr("Vorschau der E-Mail"))


def preview_text(letter: Letter, channel: Channel) -> str:
    """The words; what is said has no subject and nobody it is addressed to."""
    if channel is Channel.PHONE:
        return tr("Am Telefon zu sagen:") + "\n\n" + letter.text
    return tr("Betreff: {subject}").format(subject=letter.subject) + "\n\n" + letter.text


def send_words(channel: Channel) -> str:
    """What the button does."""
    return tr("Anruf &planen") if channel is Channel.PHONE else tr("Anfrage &senden")
