"""The word of a column in the audit: the one its form has, else its own. A column without one shows as it is."""

import re
from functools import cache

from domain.casework.access_report.sections import SECTIONS
from ui import labels
from ui.admin import labels as admin_labels
from ui.patients import evidence_labels
from ui.translation import tr
from ui.words.audit_fields import ANYWHERE, OF_TABLE, UNTOLD

_HINT = re.compile(r" \([^)]*\)$")  # what a form adds for whoever fills it in


def field_words(table: str, columns: tuple[str, ...]) -> str:
    """What a person reads of the columns of a change; those that say nothing are left out."""
    words = dict.fromkeys(field_word(table, column) for column in columns if column not in UNTOLD and ":" not in column)
    return ", ".join(words)


def field_word(table: str, column: str) -> str:
    """One column's word."""
    found = _words().get(table, {}).get(column) or ANYWHERE.get(column)
    return tr(found) if found else column


@cache
def _words() -> dict[str, dict[str, str]]:
    """By table; the audit's own come last, where a form's word needs its neighbour to be understood."""
    words: dict[str, dict[str, str]] = {}
    for section in SECTIONS:
        words.setdefault(section.table, {}).update({field.column: field.word for field in section.fields})
    for table, of_form in (
        ("platform.office", admin_labels.words("office")),
        ("communication_service.mail_account", admin_labels.words("account")),
        ("matching_service.reimbursement_case", evidence_labels.FIELDS),
        ("therapist_service.therapist", labels.source_words("therapist_field")),
    ):
        words.setdefault(table, {}).update({column: _bare(word) for column, word in of_form.items()})
    for table, own in OF_TABLE.items():
        words.setdefault(table, {}).update(own)
    return words


def _bare(word: str) -> str:
    return _HINT.sub("", word.replace("&", ""))
