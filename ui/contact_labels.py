"""What people read for a kind of contact: a letter, an answer, the end of a call; and for its channel."""

from ui.labels import labels

_KINDS = ("contact_kind", "item_status", "call_status")  # whose word counts where two know a code, first


def contact_label(code: str) -> str:
    """The word for a kind of contact; an unknown code shows as it is."""
    return next((words[code] for words in map(labels, _KINDS) if code in words), code)


def names_of_contacts() -> dict[str, str]:
    """Kinds and channels of contacts with the words people read for them."""
    return {code: word for kind in (*reversed(_KINDS), "channel") for code, word in labels(kind).items()}
