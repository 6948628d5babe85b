"""Names of places and streets for comparing."""

import unicodedata
from functools import lru_cache


def fold_place(name: str) -> str:
    """A town's name: lower case, without additions in brackets or after a comma."""
    head = name.split("(", maxsplit=1)[0].split(",", maxsplit=1)[0]
    return " ".join(head.lower().replace("-", " ").split())


@lru_cache(8192)  # a directory names a town's streets again and again
def fold_street(name: str) -> str:
    """A street's name: letters and digits alone, umlauts written out, "straße" in one spelling."""
    plain = name.lower().replace("ß", "ss").replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    bare = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    letters = "".join(c for c in bare if c.isalnum())
    return (
        letters[: -len("strasse")] + "str" if letters.endswith("strasse") and len(letters) > len("strasse") else letters
    )
