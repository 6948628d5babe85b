"""Whatever people do in whatever order: after every single act nothing is so that must never be."""

import random

import pytest
from sqlalchemy import text

from domain.database import Database
from domain.errors import PlatzlotseError
from tests.domain.casework.many_people_client import Client
from tests.domain.casework.test_many_people import NEVER, fill

ACTS = 120


@pytest.mark.parametrize("seed", range(4))
def test_no_order_leads_astray(database: Database, seed: int) -> None:
    """Acts thrown by a dice on few searches: only coded errors, and the rules hold throughout."""
    fill(database, searches=4, therapists=3)
    dice = random.Random(seed)  # noqa: S311 - dice, no secret
    client = Client(database, seed)
    names = list(client.acts)
    done = 0
    for _ in range(ACTS):
        name = dice.choice(names)
        try:
            done += client.acts[name]() is not None
        except PlatzlotseError:
            continue
        with database.read() as session:
            for what, query in NEVER.items():
                assert session.execute(text(query)).all() == [], f"{what}, after {name}"
    assert done > ACTS // 4
