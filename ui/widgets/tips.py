"""Tooltips that show a text as it is: Qt reads what looks like markup as markup, also in somebody's name."""

from html import escape


def plain(text: str) -> str:
    """The text for `setToolTip`: escaped where it holds a tag, since only then Qt takes it for markup."""
    return "<p>" + escape(text).replace("\n", "<br>") + "</p>" if "<" in text else text
