"""The page, its files, its words and its colours, without a window."""

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

import pytest

from ui.map import dress
from ui.map.assets import asset
from ui.map.base_page import SCRIPTS, STYLES, base_page
from ui.map.markers import MarkerState
from ui.map.places import load_places
from ui.map.wording import page_words, state_words

FOLDER = files("resources").joinpath("map")


def _text(name: str) -> str:
    return FOLDER.joinpath(name).read_text(encoding="utf-8")


def test_the_page_refers_to_our_files_only() -> None:
    """Every script and style is a name of our own; no address of a server stands in the page."""
    page = base_page().decode()
    references = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert sorted(references) == sorted(SCRIPTS + STYLES)
    assert "http" not in page.replace("http-equiv", "")


def test_every_file_of_the_page_exists() -> None:
    """qwebchannel.js comes from Qt; all others from resources."""
    assert all(asset(name) for name in (*SCRIPTS, *STYLES) if name != "qwebchannel.js")


def test_the_policy_lets_exactly_the_page_s_own_scripts_run() -> None:
    """Inline scripts run by their hash; nothing is allowed by a wildcard."""
    page = base_page().decode()
    found = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert found is not None
    scripts = next(part for part in found[1].split(";") if part.strip().startswith("script-src"))
    for inline in re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL):
        assert b64encode(sha256(inline.encode()).digest()).decode() in scripts
    assert "unsafe" not in scripts
    assert "default-src 'none'" in found[1]


@pytest.mark.parametrize("name", ["", "..", "../base.py", "LICENSE.leaflet", "laender.geojson", "a/b.js"])
def test_no_path_leads_out_of_the_folder(name: str) -> None:
    """Only names of the folder's scripts and styles are answered."""
    assert asset(name) is None


def test_each_state_has_word_colour_and_a_shape_of_its_own() -> None:
    """Colour never stands alone."""
    signs = _text("signs.js")
    shapes = signs[signs.index("const shapes") : signs.index("const marks")]
    drawn = dict(re.findall(r"^    (\w+): '(.+)',$", shapes, flags=re.MULTILINE))
    assert set(drawn) == set(MarkerState) == set(state_words())
    assert len(set(drawn.values())) == len(MarkerState)
    assert len(set(state_words().values())) == len(MarkerState)
    for dark in (False, True):
        colours = [dress.variables(dark=dark)[f"--state-{state}"] for state in MarkerState]
        assert len(set(colours)) == len(MarkerState)


def test_styles_use_only_colours_that_are_set() -> None:
    """A variable nobody sets would leave a thing invisible."""
    used = {name for file in ("map.css", "signs.js") for name in re.findall(r"var\((--[a-z_-]+)\)", _text(file))}
    for dark in (False, True):
        assert used - {"--own"} <= set(dress.variables(dark=dark))


def test_the_page_has_no_words_of_its_own() -> None:
    """Each word the scripts show is handed over by Python."""
    own = [name for name in SCRIPTS if not name.startswith(("leaflet", "qweb", "laender", "places", "plz"))]
    asked = {word for name in own for word in re.findall(r"\bwords(?:\(\))?\.(\w+)", _text(name))}
    assert asked == set(page_words())


@pytest.mark.parametrize("dark", [False, True])
def test_signs_and_names_stand_out_from_the_ground(dark: bool) -> None:
    """Signs have at least 3:1 (WCAG 1.4.11), names of places 4.5:1 (1.4.3) on land."""
    colours = dress.variables(dark=dark)
    for state in MarkerState:
        assert _contrast(colours[f"--state-{state}"], colours["--land"]) >= 3
    assert _contrast(colours["--place"], colours["--land"]) >= 4.5
    assert _contrast(colours["--muted"], colours["--card"]) >= 4.5


def test_places_come_largest_first() -> None:
    """Berlin before Köln before a village, each at its place."""
    places = load_places()
    names = [place.name for place in places]
    assert names[0] == "Berlin"
    assert names.index("Köln") < names.index("Simmerath")
    cologne = places[names.index("Köln")]
    assert abs(cologne.lat - 50.94) < 0.1
    assert abs(cologne.lon - 6.96) < 0.1


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
