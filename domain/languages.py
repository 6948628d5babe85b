"""The languages a person may need a practice to speak: a fixed list, since they are named in first letters.

Names as the German locale of Unicode CLDR has them (common/main/de.xml, localeDisplayNames/languages), of the languages
spoken by people in Germany; besides them those that directories of psychotherapists use (Dari, Farsi, Gebärdensprache).
"""

from collections.abc import Iterable

LANGUAGES = (
    "Albanisch", "Amharisch", "Arabisch", "Aramäisch", "Armenisch", "Aserbaidschanisch", "Baskisch", "Belarussisch",
    "Bengalisch", "Birmanisch", "Bosnisch", "Bulgarisch", "Chinesisch", "Dänisch", "Dari", "Deutsch",
    "Deutsche Gebärdensprache", "Englisch", "Estnisch", "Farsi", "Finnisch", "Französisch", "Gebärdensprache",
    "Georgisch", "Griechisch", "Gujarati", "Hausa", "Hebräisch", "Hindi", "Igbo", "Indonesisch", "Irisch",
    "Isländisch", "Italienisch", "Japanisch", "Jiddisch", "Kantonesisch", "Kasachisch", "Katalanisch", "Khmer",
    "Kirgisisch", "Koreanisch", "Kroatisch", "Kurdisch", "Laotisch", "Lettisch", "Lingala", "Litauisch",
    "Luxemburgisch", "Malaiisch", "Malayalam", "Maltesisch", "Mandarin", "Marathi", "Mazedonisch", "Mongolisch",
    "Nepalesisch", "Niederländisch", "Norwegisch", "Oromo", "Paschtu", "Persisch", "Polnisch", "Portugiesisch",
    "Punjabi", "Romani", "Rumänisch", "Russisch", "Schwedisch", "Serbisch", "Serbo-Kroatisch", "Singhalesisch",
    "Slowakisch", "Slowenisch", "Somali", "Sorani", "Spanisch", "Suaheli", "Syrisch", "Tadschikisch", "Tagalog",
    "Tamil", "Telugu", "Thailändisch", "Tigrinya", "Tschechisch", "Tschetschenisch", "Türkisch", "Turkmenisch",
    "Twi", "Uigurisch", "Ukrainisch", "Ungarisch", "Urdu", "Usbekisch", "Vietnamesisch", "Wolof", "Yoruba",
    "Zentralkurdisch",
)  # fmt: skip
_BY_FOLDED = {name.casefold(): name for name in LANGUAGES}


def language(word: str) -> str | None:
    """The language as the list writes it, however it is capitalised; None for a word that is none."""
    return _BY_FOLDED.get(" ".join(word.split()).casefold())


def known(words: Iterable[str]) -> tuple[str, ...]:
    """Those that are languages, in their order, each once, as the list writes them."""
    return tuple(dict.fromkeys(name for word in words if (name := language(word)) is not None))


def unknown(words: Iterable[str]) -> tuple[str, ...]:
    """Those that are none, as they were written."""
    return tuple(word for word in words if language(word) is None)
