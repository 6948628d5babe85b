"""Fixtures of the tests of batches."""

from collections.abc import Iterator

import pytest

from tests.conftest import TEMPLATE, Office
from tests.servers.postgres import TestCluster


@pytest.fixture(scope="module")
def steady_office(cluster: TestCluster) -> Iterator[Office]:
    """One office for many examples; each works on rows of its own."""
    name = cluster.clone(TEMPLATE)
    yield Office(cluster, name)
    cluster.drop(name)
