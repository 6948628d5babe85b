"""Merges, their undoing in any order, and what others do between, against a plain model of who is whom."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from domain.acquisition.reading import recognise
from domain.acquisition.text import identity_key
from domain.casework.imports import import_file
from domain.casework.merge_undo import undo_merge
from domain.casework.merging import MOVING, merge
from domain.casework.opt_outs import opt_out
from domain.casework.preparing import create_and_send
from domain.database import Database
from domain.errors import Conflict, Invalid
from domain.matching.searches import exclude
from domain.therapists.duplicates.fields import ADDRESS
from domain.therapists.models import PracticeSite, Therapist
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import NOW
from tests.domain.casework.test_import_diff import entry
from tests.examples import examples

WHO = st.integers(0, 3)
CHOICES = st.sets(st.sampled_from(["last_name", "first_name", "email", "phone", ADDRESS, "status"]))
REFUSED = {
    "merge.merged_already", "merge.inquiry_open", "merge.kept_is_merged", "merge.changed_since", "merge.inquiry_since",
}  # fmt: skip
_numbers = iter(range(100, 10**6))


class Office(RuleBasedStateMachine):
    """Four records of people who may be one: who went into whom, what was said of whom, who objected."""

    database: Database
    folder: Path

    @initialize()
    def begin(self) -> None:
        """Two known by a directory and two entered by hand, each at an address and with a mailbox of their own."""
        self.day = NOW
        self.own = next(_numbers)
        letters = "".join(chr(97 + int(digit)) for digit in str(self.own))
        self.names = [f"{name}{letters}" for name in ("Aust", "Bode", "Cramer", "Dorn")]
        self.live: list[tuple[int, int, int]] = []
        self.into: dict[int, int] = {}
        self.said: dict[int, int] = {}  # an exclusion's number, and whom it is about
        self.objected: set[int] = set()
        self._read(*self.names[:2])
        with self.database.write() as session:
            self.patient = add_patient(session)
            query = text("SELECT id FROM therapist_service.therapist WHERE last_name = ANY(:names) ORDER BY last_name")
            self.ids = list(session.scalars(query, {"names": self.names}))
            for place, name in enumerate(self.names[2:], 3):
                one = add_therapist(
                    session, last_name=name, email=f"{name}@post.example".lower(), phone=f"+4924177{place}"
                )
                therapist = session.get_one(Therapist, one)
                site = session.get_one(PracticeSite, therapist.site_id)
                site.street, site.house_number, site.plz = "Neuer Weg", str(place), "52064"
                therapist.identity_key = identity_key(name, site.plz, site.house_number)
                self.ids.append(one)

    def _read(self, *names: str) -> Any:
        self.day += timedelta(days=1)
        path = self.folder / f"{next(_numbers)}.json"
        people = [entry(name, "Ina", street=f"{name}weg", phone=f"0241 77{ord(name[0])}{self.own}") for name in names]
        scraped = {"scrape_date": self.day.date().isoformat()}
        path.write_text(json.dumps({"metadata": scraped, "therapists": people}), "utf-8")
        source = recognise(path, today=self.day.date())
        with self.database.write() as session:
            return import_file(session, source, now=self.day, today=self.day.date())

    def _root(self, one: int) -> int:
        while one in self.into:
            one = self.into[one]
        return one

    def _group(self, one: int) -> set[int]:
        return {other for other in self.ids if self._root(other) == self._root(one)}

    @rule(keep=WHO, drop=WHO, taken=CHOICES)
    def bring_together(self, keep: int, drop: int, taken: set[str]) -> None:
        """Two of them, with any of the other's values."""
        one, other = self.ids[keep], self.ids[drop]
        if one == other:
            return
        try:
            with self.database.write() as session:
                number = merge(session, keep=one, drop=other, choices=dict.fromkeys(taken, other), now=NOW)
        except Conflict as refused:
            told = refused.code
        else:
            told = ""
        if told:
            assert told in REFUSED
            return
        assert one not in self.into
        assert other not in self.into
        self.live.append((number, one, other))
        self.into[other] = one

    @rule(which=st.integers(0, 3))
    def take_back(self, which: int) -> None:
        """One of the merges that stand, not always the last."""
        if which >= len(self.live):
            return
        number, one, other = self.live[-1 - which]
        try:
            with self.database.write() as session:
                undo_merge(session, number, now=NOW)
        except Conflict as refused:
            told = refused.code
        else:
            told = ""
        if told:
            assert told in REFUSED
            return
        assert one not in self.into
        self.live.remove((number, one, other))
        del self.into[other]

    @rule(who=WHO)
    def leave_out(self, who: int) -> None:
        """A patient does not want somebody, under whatever record the screen shows."""
        with self.database.write() as session:
            number = exclude(session, self.patient, therapist_id=self.ids[who], reason="Wunsch")
        self.said[number] = self._root(self.ids[who])

    @rule(who=WHO)
    def ask(self, who: int) -> None:
        """Nobody is asked under a record that is merged, or who objected."""
        one = self.ids[who]
        try:
            with self.database.write() as session:
                create_and_send(
                    session, therapist_id=one, search_ids=[add_search(session)], channel=Channel.LETTER, now=NOW
                )
                session.flush()
                session.execute(
                    text(
                        "UPDATE matching_service.inquiry SET stage = 'expired', closed_at = now()"
                        " WHERE closed_at IS NULL"
                    )
                )
        except (Conflict, Invalid):
            return
        assert one not in self.into
        assert not self.objected & self._group(one)

    @rule(who=WHO)
    def object(self, who: int) -> None:
        """Of who is one person now."""
        one = self._root(self.ids[who])
        with self.database.write() as session:
            opt_out(session, one, now=NOW, whole_mailbox=False)
        self.objected |= self._group(one)

    @rule(who=st.integers(0, 1))
    def read_again(self, who: int) -> None:
        """The directory names them as ever: nobody is there twice."""
        assert self._read(self.names[who]).imported == 0

    @invariant()
    def everything_is_where_it_belongs(self) -> None:
        """Records, what points to them, objections, and by what a directory would know them."""
        if not hasattr(self, "ids"):
            return
        with self.database.read() as session:
            rows = session.scalars(
                text("SELECT to_jsonb(t) FROM therapist_service.therapist t WHERE id = ANY(:ids)"), {"ids": self.ids}
            ).all()
            assert {row["id"]: row["merged_into_id"] for row in rows if row["merged_into_id"]} == self.into
            for row in rows:
                if row["id"] not in self.into and self.objected & self._group(row["id"]):
                    assert row["status"] == "opted_out"
            excluded = {
                int(number): int(whom)
                for number, whom in session.execute(
                    text("SELECT id, therapist_id FROM matching_service.exclusion WHERE patient_id = :id"),
                    {"id": self.patient},
                )
            }
            assert excluded == {number: self._root(whom) for number, whom in self.said.items()}
            for table in MOVING:
                left = f"SELECT count(*) FROM {table} WHERE therapist_id = ANY(:ids)"
                assert session.scalar(text(left), {"ids": list(self.into)}) == 0
            for row in rows:
                if row["source"] == "manual" and row["id"] not in self.into:
                    site = session.get_one(PracticeSite, row["site_id"])
                    assert row["identity_key"] == identity_key(row["last_name"], site.plz, site.house_number)


def test_any_order_of_merging_and_taking_back(database: Database, tmp_path: Path) -> None:
    """A state machine against a plain dictionary."""
    Office.database, Office.folder = database, tmp_path
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=examples(6), stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
