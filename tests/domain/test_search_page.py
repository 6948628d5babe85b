"""Which address may be the page of the directory's search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.search_page import origin_of, search_page


@pytest.mark.parametrize(
    ("address", "origin", "here"),
    [
        (" https://arztsuche.116117.de/ ", "https://arztsuche.116117.de", False),
        ("https://Verzeichnis.example:443/suche?x=1", "https://verzeichnis.example", False),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080", True),
        ("http://[::1]/", "http://::1", True),
    ],
)
def test_an_address_is_one_site(address: str, origin: str, here: bool) -> None:
    """Scheme, host and port make it."""
    page = search_page(address)
    assert page is not None
    assert (page.origin, page.on_this_machine) == (origin, here)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("arztsuche", "address"), ("file:///etc/passwd", "address"), ("javascript:alert(1)", "address"),
        ("https://a b.example/", "address"), ("https://x.example:99999/", "address"),
        ("https://jana:geheim@x.example/", "password"), ("http://x.example/", "unencrypted"),
        ("http://127.0.0.1.example/", "unencrypted"),
    ],
)  # fmt: skip
def test_what_cannot_be_one_is_refused_with_its_reason(address: str, code: str) -> None:
    """Told at its field."""
    with pytest.raises(Invalid) as refused:
        search_page(address)
    assert (refused.value.code, refused.value.field) == (f"search_page.{code}", "directory_search")


def test_an_office_may_do_without() -> None:
    """Empty is none."""
    assert search_page("  ") is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_page_or_refused(address: str) -> None:
    """Nothing else comes out."""
    origin_of(address)
    page, field = None, ""
    try:
        page = search_page(address)
    except Invalid as refused:
        field = refused.field or "none"
    assert field in {"", "directory_search"}
    assert page is None or page.origin.startswith(("http://", "https://"))
