"""The subject of a mail is one line: a break in it would begin another header."""


def is_one_line(subject: str) -> bool:
    """Whether a subject may stand in a header."""
    return "\0" not in subject and subject.splitlines() in ([], [subject])


def in_one_line(text: str) -> str:
    """A text with its line breaks made spaces; its length stays."""
    return "".join(" " if sign == "\0" or len(f"{sign}x".splitlines()) > 1 else sign for sign in text)
