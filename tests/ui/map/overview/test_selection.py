"""Filters with counts: whatever is chosen, the numbers are those of the list somebody gets by choosing it."""

from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from domain.therapists.on_map import MapPlace, offer_bits
from ui.map.markers import MapMarker, MarkerState
from ui.map.overview.listing import ShownList
from ui.map.overview.selection import FACETS, Selection, Shown, select, shown
from ui.map.shapes import rectangle

CODES = {
    "state": [state.value for state in MarkerState],
    "method": ["cbt", "psychodynamic", "analytic", "systemic"],
    "age_group": ["adult", "child_youth"],
    "setting": ["individual", "group"],
    "seat": ["statutory", "private", "unknown"],
    "language": ["Türkisch", "Polnisch"],
}
OFFERS = st.lists(
    st.tuples(*(st.sampled_from(CODES[name]) for name in ("method", "age_group", "setting"))), max_size=3, unique=True
)
FILTERS = st.fixed_dictionaries({name: st.sampled_from(["", *codes]) for name, codes in CODES.items()})


def _place(number: int, offers: list[tuple[str, str, str]] | None = None, **changes: object) -> MapPlace:
    mask = 0
    for method, age_group, setting in offers or []:
        mask |= offer_bits(method=method, age_group=age_group, setting=setting)
    values: dict[str, object] = {
        "therapist_id": number,
        "site_id": number,
        "name": f"Name {number:02}",
        "plz": "52062",
        "city": "Aachen",
        "lat": 50.0 + number / 100,
        "lon": 7.0,
        "exact": True,
        "state": "available",
        "offer_mask": mask,
        "seat": "statutory",
        "languages": (),
    }
    return MapPlace(**(values | changes))  # type: ignore[arg-type]  # values of many types


@st.composite
def _everybody(draw: st.DrawFn) -> list[Shown]:
    return [
        shown(
            _place(
                number,
                draw(OFFERS),
                state=draw(st.sampled_from(["available", "full", "cooling", "open_inquiry", "blocked", "inactive"])),
                seat=draw(st.sampled_from(CODES["seat"])),
                languages=tuple(draw(st.sets(st.sampled_from(CODES["language"])))),
            )
        )
        for number in range(draw(st.integers(0, 8)))
    ]


@given(everybody=_everybody(), facets=FILTERS)
def test_a_count_is_what_choosing_it_would_show(everybody: list[Shown], facets: dict[str, str]) -> None:
    """Each number beside each choice is the length of the list behind it."""
    found = select(everybody, Selection(facets=facets))
    for facet in FACETS:
        for code in ("", *CODES[facet]):
            behind = select(everybody, Selection(facets={**facets, facet: code}))
            assert found.counts[facet].get(code, 0) == len(behind.shown), (facet, code)


def test_method_age_and_setting_belong_to_one_offer() -> None:
    """Groups for adults and single sessions for children are no groups for children."""
    both = shown(_place(1, [("cbt", "adult", "group"), ("cbt", "child_youth", "individual")]))
    assert not select([both], Selection(facets={"age_group": "child_youth", "setting": "group"})).shown
    assert select([both], Selection(facets={"age_group": "adult", "setting": "group"})).shown


def test_who_is_not_to_be_asked_is_excluded_whatever_the_reason() -> None:
    """Blocked, inactive and opted out look alike on the map; the card tells which."""
    states = {shown(_place(1, state=state)).marker.state for state in ("blocked", "inactive", "opted_out")}
    assert states == {MarkerState.EXCLUDED}


def test_text_and_area_narrow_the_list_and_the_counts() -> None:
    """Only those in both remain."""
    everybody = [shown(_place(n)) for n in range(10)]
    wanted = Selection(text=frozenset({1, 2, 8}), area=(rectangle(50.0, 6, 50.05, 8),))
    found = select(everybody, wanted)
    assert [one.place.therapist_id for one in found.shown] == [1, 2]
    assert found.counts["state"][""] == 2


def test_a_patient_s_candidates_replace_states_and_come_best_first() -> None:
    """Nobody but the judged is shown, with the judgement's state, in its order; filters still work."""
    everybody = [shown(_place(n)) for n in range(5)]

    def judged(number: int, state: MarkerState) -> MapMarker:
        return MapMarker(number, 50.0, 7.0, state, f"N{number}", "3,4 km", False)

    candidates = {
        3: judged(3, MarkerState.AVAILABLE),
        1: judged(1, MarkerState.EXCLUDED),
        9: judged(9, MarkerState.FULL),
    }
    found = select(everybody, Selection(candidates=candidates))
    assert [(one.place.therapist_id, one.marker.state) for one in found.shown] == [
        (3, MarkerState.AVAILABLE),
        (1, MarkerState.EXCLUDED),
    ]
    only = select(everybody, Selection(candidates=candidates, facets={"state": "excluded"}))
    assert [one.place.therapist_id for one in only.shown] == [1]


def test_an_empty_list_says_what_to_do(qtbot: QtBot) -> None:
    """No filter is loosened where there is nobody at all."""
    made = ShownList()
    qtbot.addWidget(made)
    made.show_rows((), complete=True, anybody=False)
    assert made._empty.text().startswith("Noch keine Praxis")
    made.show_rows((), complete=True)
    assert made._empty.text().startswith("Niemand passt")
