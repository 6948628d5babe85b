"""What is counted while a file is read: rows, what became of them, notes, places."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from domain.acquisition.records import RowError, TherapistRecord
from domain.therapists.changes import Became, RecordChange
from domain.values import GeoQuality

_COUNTED = {
    Became.NEW: "imported", Became.CHANGED: "updated", Became.MOVED: "updated", Became.UNCHANGED: "unchanged",
}  # fmt: skip


class Tally:
    """Counts while a file is read."""

    def __init__(self) -> None:
        self.read = 0
        self.rejected: list[RowError] = []
        self.became: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()
        self.noted: list[RowError] = []
        self.places: Counter[GeoQuality] = Counter()
        self.ids: dict[int, None] = {}
        self.changes: list[RecordChange] = []
        self.plz: set[str] = set()
        self.history = 0

    def add(self, batch: Sequence[tuple[TherapistRecord, RecordChange]]) -> None:
        """A batch of therapists and what became of each."""
        for record, change in batch:
            self.changes.append(change)
            if record.plz:
                self.plz.add(record.plz)
            self.became[_COUNTED[change.became] if change.accepted else "skipped"] += 1
            if change.accepted and change.therapist_id:
                self.ids[change.therapist_id] = None

    def add_history(self, batch: Sequence[TherapistRecord], known: Mapping[int, int], noted: Collection[int]) -> None:
        """Rows of a list of contacts (row → whom it is about): what is new in the history counts as new."""
        for record in batch:
            if record.row not in known:
                self.rejected.append(RowError(record.row, "import.row.nobody_known"))
                continue
            self.became["imported" if record.row in noted else "unchanged"] += 1
            self.ids[known[record.row]] = None

    def forget_skipped(self) -> None:
        """Nothing is left out of a row that a person did not want."""
        skipped = {change.row for change in self.changes if change.row and not change.accepted}  # 0: gone, or a sheet
        self.noted = [note for note in self.noted if note.row not in skipped]

    def tell_second_sites(self, further: Mapping[int, RecordChange]) -> None:
        """Whose new address became a further site, by row, and not the main one."""
        self.changes = [further.get(change.row, change) for change in self.changes]
