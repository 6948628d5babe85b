"""What an office may enter as source of map pictures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.database import Database
from domain.errors import Invalid
from domain.office_settings import read_office, save_office
from domain.tile_source import tile_source

GOOD = "https://karten.buero.example/{z}/{x}/{y}.png"


@pytest.mark.parametrize(
    "address",
    [
        GOOD,
        "https://karten.buero.example:8443/a/{y}/{x}/{z}?key=abc",
        "http://127.0.0.1:8080/{z}/{x}/{y}.png",
        "http://192.168.1.5/{z}/{x}/{y}.png",
        "http://kartenserver/{z}/{x}/{y}.png",
        "karten/deutschland.mbtiles",
        "C:\\Karten\\de.MBTILES",
    ],
)
def test_what_may_be_a_source(address: str) -> None:
    """Encrypted, or within the office's own network, or a file."""
    source = tile_source(f" {address} ", "© jemand")
    assert source is not None
    assert source.address == address
    assert source.is_file == address.lower().endswith(".mbtiles")


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("karten.buero.example/{z}/{x}/{y}.png", "tiles.address"),
        ("ftp://karten.buero.example/{z}/{x}/{y}.png", "tiles.address"),
        ("https://karten.buero.example/{z}/{x}/ {y}.png", "tiles.address"),
        ("https://[/{z}/{x}/{y}", "tiles.address"),
        ("https://karten.buero.example:x/{z}/{x}/{y}", "tiles.address"),
        ("https://karten.buero.example/tile.png", "tiles.parts"),
        ("https://karten.buero.example/{z}/{x}/{y}{r}.png", "tiles.parts"),
        ("https://{s}.karten.example/{z}/{x}/{y}.png", "tiles.parts"),
        ("https://karten.buero.example/{z}/{x}/{y}/{y}", "tiles.parts"),
        ("https://lea:geheim@karten.buero.example/{z}/{x}/{y}.png", "tiles.password"),
        ("http://karten.buero.example/{z}/{x}/{y}.png", "tiles.unencrypted"),
        ("http://8.8.8.8/{z}/{x}/{y}.png", "tiles.unencrypted"),
        ("bilder.png", "tiles.address"),
    ],
)
def test_what_may_not(address: str, code: str) -> None:
    """Each refusal has its own sentence and stands at the field."""
    with pytest.raises(Invalid) as refused:
        tile_source(address, "© jemand")
    assert (refused.value.code, refused.value.field) == (code, "tile_source")


def test_a_source_names_whose_map_it_is() -> None:
    """No pictures without the thanks they are owed; none entered, none needed."""
    with pytest.raises(Invalid) as refused:
        tile_source(GOOD, "  ")
    assert refused.value.code == "tiles.attribution"
    assert tile_source("  ", "") is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_source_or_refused(typed: str) -> None:
    """No other error than a refusal with a code."""
    try:
        source = tile_source(typed, "©")
    except Invalid as refused:
        assert refused.code.startswith("tiles.")  # noqa: PT017 - most texts are refused, some are not
    else:
        assert source is None or source.address == typed.strip()


def test_an_address_is_filled() -> None:
    """Zoom, column and row stand where the office put them."""
    source = tile_source("http://karten/{z}-{y}-{x}", "©")
    assert source is not None
    assert source.address_of(6, 33, 21) == "http://karten/6-21-33"


def test_the_office_saves_only_what_can_be_one(database: Database) -> None:
    """The setting is checked where all settings are; it is empty at first."""
    from dataclasses import replace

    with database.write() as session:
        settings, version = read_office(session)
        assert settings.tile_source == ""
        with pytest.raises(Invalid):
            save_office(session, replace(settings, name="Büro", tile_source="x", tile_attribution="©"), version=version)
        save_office(session, replace(settings, name="Büro", tile_source=GOOD, tile_attribution="©"), version=version)
    with database.read() as session:
        assert read_office(session)[0].tile_source == GOOD
