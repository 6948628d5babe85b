"""The difference between the markers wanted and those the page shows."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ui.map.feed import MarkerFeed
from ui.map.markers import MapMarker, MarkerState

MARKERS = st.lists(
    st.builds(
        MapMarker,
        id=st.integers(1, 12),
        lat=st.sampled_from([50.0, 51.0]),
        lon=st.just(7.0),
        state=st.sampled_from(MarkerState),
        title=st.sampled_from(["A", "B"]),
        detail=st.just(""),
        uncertain=st.booleans(),
    ),
    max_size=15,
)


class Page:
    """What a page would show after the portions it was told."""

    def __init__(self) -> None:
        self.shown: dict[int, tuple[object, ...]] = {}
        self.laid_by: dict[int, tuple[object, ...]] = {}

    def take(self, feed: MarkerFeed, most: int = 1_000) -> int:
        portions = 0
        while portions < most and (change := feed.next_change()) is not None:
            portions += 1
            for number in change.removed:
                self.laid_by[number] = self.shown.pop(number)  # a KeyError here is a removal of what never was
            for number in change.back:
                self.shown[number] = self.laid_by.pop(number)
            for row in change.rows:
                self.shown[row[0]] = row
                self.laid_by.pop(row[0], None)
        return portions


def _rows(markers: list[MapMarker]) -> dict[int, tuple[object, ...]]:
    return {m.id: (m.id, m.lat, m.lon, m.state.value, m.title, m.detail, m.uncertain) for m in markers}


@given(lists=st.lists(st.tuples(MARKERS, st.integers(0, 4)), min_size=1, max_size=6), portion=st.integers(1, 5))
def test_the_page_ends_with_the_last_list(lists: list[tuple[list[MapMarker], int]], portion: int) -> None:
    """Whatever came before and however far it had got, the last list is what is shown."""
    feed, page = MarkerFeed(portion), Page()
    for markers, got in lists:
        feed.want(markers)
        page.take(feed, got)
    page.take(feed)
    assert page.shown == _rows(lists[-1][0])


@given(
    lists=st.lists(st.tuples(MARKERS, st.integers(0, 4), MARKERS, st.sets(st.integers(1, 12))), min_size=1, max_size=5),
    portion=st.integers(1, 5),
)
def test_a_few_changes_come_on_top_of_the_list(
    lists: list[tuple[list[MapMarker], int, list[MapMarker], set[int]]], portion: int
) -> None:
    """Whatever was on its way, the page ends with the list, the changes put in and the gone taken out."""
    feed, page = MarkerFeed(portion), Page()
    for markers, got, changed, gone in lists:
        feed.want(markers)
        page.take(feed, got)
        feed.change(changed, gone)
        page.take(feed, got)
    page.take(feed)
    last, _, changed, gone = lists[-1]
    wanted = _rows(last) | _rows(changed)
    assert page.shown == {number: row for number, row in wanted.items() if number not in gone}


@given(markers=MARKERS)
def test_the_same_list_again_says_nothing(markers: list[MapMarker]) -> None:
    """A refresh without a difference costs no call."""
    feed, page = MarkerFeed(), Page()
    feed.want(markers)
    page.take(feed)
    feed.want(list(markers))
    assert feed.next_change() is None


@given(markers=MARKERS)
def test_a_new_page_is_told_everything(markers: list[MapMarker]) -> None:
    """After a reload the page starts from nothing and gets all."""
    feed = MarkerFeed(portion=3)
    feed.want(markers)
    Page().take(feed, 1)
    feed.forget()
    fresh = Page()
    fresh.take(feed)
    assert fresh.shown == _rows(markers)


def test_what_comes_back_is_told_by_its_id() -> None:
    """A filter chosen and left again: the page still has the markers; one that changed meanwhile is told anew."""
    feed, page = MarkerFeed(), Page()
    markers = [MapMarker(n, 50.0, 7.0, MarkerState.FULL, "A", "", False) for n in range(5)]
    feed.want(markers)
    page.take(feed)
    feed.want(markers[:2])
    page.take(feed)
    changed = replace(markers[3], state=MarkerState.AVAILABLE)
    feed.want([*markers[:3], changed, markers[4]])
    change = feed.next_change()
    assert change is not None
    assert (change.removed, change.back, [row[0] for row in change.rows]) == ((), (2, 4), [3])


def test_portions_are_of_the_size_agreed() -> None:
    """Ten markers in portions of four take three calls."""
    feed = MarkerFeed(portion=4)
    feed.want([MapMarker(n, 50.0, 7.0, MarkerState.FULL, "A", "", False) for n in range(10)])
    assert Page().take(feed) == 3
