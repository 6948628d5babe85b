"""Distances of many points to many, in memory: chords of the earth's sphere in a k-d tree. Knows no database."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from domain.geocoding.earth import EARTH_KM

Floats = NDArray[np.float64]


class Points:
    """Points on the sphere (degrees); the tree over them is built once, when first asked."""

    def __init__(self, places: Sequence[tuple[float, float]] | NDArray[np.float64]) -> None:
        self.xyz = _on_sphere(np.asarray(places, dtype=np.float64).reshape(-1, 2))

    @cached_property
    def tree(self) -> Any:
        """The tree over them."""
        # heavy, and needed only for many
        from scipy.spatial import cKDTree

        # by the middle of the space, not of the points: built in half the time, asked as fast
        return cKDTree(self.xyz, balanced_tree=False, compact_nodes=False)

    def count_within(self, km: ArrayLike, of: "Points") -> NDArray[np.int64]:
        """For each point of `of` how many of these are at most `km` away; one distance, or one for each."""
        radius = _chord(np.asarray(km, dtype=np.float64))
        counted: NDArray[np.int64] = self.tree.query_ball_point(of.xyz, radius, return_length=True, workers=1)
        return counted

    def km_to(self, lat: float, lon: float) -> Floats:
        """Kilometres of each to one place."""
        chord = np.linalg.norm(self.xyz - _on_sphere(np.array([[lat, lon]])), axis=1)
        return _arc_km(chord)


def _on_sphere(degrees: Floats) -> Floats:
    lat, lon = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


def _chord(km: Any) -> Any:
    """The chord of a unit sphere over an arc; a hair more, so that what is exactly as far counts."""
    return 2 * np.sin(np.minimum(np.asarray(km) / EARTH_KM, np.pi) / 2) * (1 + 1e-12)


def _arc_km(chord: Floats) -> Floats:
    return 2 * EARTH_KM * np.arcsin(np.minimum(chord / 2, 1))
