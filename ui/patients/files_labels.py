"""German words of patients' papers."""

from ui.translation import tr

_KINDS = {
    "ptv11": "PTV 11",
    "consent": "Einwilligung",
    "referral": "Überweisung",
    "certificate": "Bescheinigung",
    "insurance": "Krankenkasse",
    "other": "Sonstiges",
}


def file_kinds() -> dict[str, str]:
    """Every kind of paper with its word."""
    return {code: tr(word) for code, word in _KINDS.items()}


def file_kind(code: str) -> str:
    """The word for a kind."""
    return tr(_KINDS.get(code, code))
