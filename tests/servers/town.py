"""A small invented German town as OSM XML, for a real Nominatim, OSRM or Valhalla in tests.

Boundaries 4/6/8/10, three postal codes, streets in a grid with names and numbers on both sides, two places and the road
between them. Nobody lives there.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

LAT, LON = 51.30, 10.20  # somewhere in the middle of Germany
DLAT = 1 / 111.2  # degrees a kilometre
DLON = 1 / (111.32 * math.cos(math.radians(LAT)))
STEP, SMALL_STEP = 0.28, 0.25  # km between two crossings
ACROSS = (
    "Hauptstraße", "Bahnhofstraße", "Goethestraße", "Karl-Marx-Straße", "Straße des 17. Juni", "Am Mühlgraben",
    "Lindenweg", "Schützenplatz", "Ägidienstraße", "Weißgerbergasse", "Münsterstraße", "Kirchplatz", "Gartenstraße",
    "Friedrich-Ebert-Allee", "Überseering", "Nordring",
)  # fmt: skip
DOWN = (
    "Schulstraße", "Rosa-Luxemburg-Straße", "Mozartstraße", "Domgasse", "Poststraße", "Beethovenstraße",
    "Alte Landstraße", "Dr.-Külz-Straße", "Talstraße", "Bergstraße", "Ringstraße", "Wiesenweg",
)  # fmt: skip
VILLAGE = "Beispieldorf an der Ilm"


class _Map:
    """Nodes, ways and relations as they grow; x and y in km from the town's middle."""

    def __init__(self) -> None:
        self.nodes: list[tuple[float, float, dict[str, str]]] = []
        self.ways: list[tuple[list[int], dict[str, str]]] = []
        self.relations: list[tuple[int, dict[str, str]]] = []

    def node(self, x: float, y: float, tags: dict[str, str] | None = None) -> int:
        self.nodes.append((LAT + y * DLAT, LON + x * DLON, tags or {}))
        return len(self.nodes)

    def way(self, nodes: list[int], tags: dict[str, str] | None = None) -> int:
        self.ways.append((nodes, tags or {}))
        return len(self.ways)

    def box(self, edges: tuple[float, float, float, float], tags: dict[str, str]) -> None:
        west, south, east, north = edges
        corners = [self.node(x, y) for x, y in ((west, south), (east, south), (east, north), (west, north))]
        self.relations.append((self.way([*corners, corners[0]]), {"type": "boundary", **tags}))

    def place(
        self,
        origin: tuple[float, float],
        across: tuple[str, ...],
        down: tuple[str, ...],
        step: float,
        city: str,
        plz: Callable[[float], str],
    ) -> dict[tuple[int, int], int]:
        """A grid of streets with houses; returns its crossings."""
        left, low = origin
        crossing = {
            (i, j): self.node(left + i * step, low + j * step) for i in range(len(down)) for j in range(len(across))
        }

        def house(x: float, y: float, street: str, number: str) -> None:
            tags = {"street": street, "housenumber": number, "postcode": plz(y), "city": city}
            self.node(x, y, {f"addr:{name}": value for name, value in tags.items()})

        for j, street in enumerate(across):
            speed = {"highway": "primary", "maxspeed": "50"} if j == 0 else {"highway": "residential", "maxspeed": "30"}
            self.way([crossing[i, j] for i in range(len(down))], {"name": street, **speed})
            for k in range(len(down) - 1):
                for h in range(4):
                    x, number = left + (k + (h + 1) / 5) * step, k * 8 + h * 2 + 1
                    for side, value in ((0.02, number), (-0.02, number + 1)):
                        house(x, low + j * step + side, street, f"{value}a" if value == 13 else str(value))
        for i, street in enumerate(down):
            self.way([crossing[i, j] for j in range(len(across))], {"name": street, "highway": "residential"})
            for k in range(len(across) - 1):
                for h in range(2):
                    house(left + i * step + 0.02, low + (k + (h + 1) / 3) * step, street, str(k * 2 + h + 1))
        return crossing

    def write(self, path: Path) -> None:
        """As OSM XML."""
        made = 'version="1" timestamp="2026-01-01T00:00:00Z" changeset="1" uid="1" user="nobody"'

        def tagged(tags: dict[str, Any]) -> str:
            return "".join(f"<tag k={quoteattr(k)} v={quoteattr(str(v))}/>" for k, v in tags.items())

        lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="invented">']
        for number, (lat, lon, tags) in enumerate(self.nodes, start=1):
            lines.append(f'<node id="{number}" lat="{lat:.7f}" lon="{lon:.7f}" {made}>{tagged(tags)}</node>')
        for number, (nodes, tags) in enumerate(self.ways, start=1):
            refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
            lines.append(f'<way id="{number}" {made}>{refs}{tagged(tags)}</way>')
        for number, (way, tags) in enumerate(self.relations, start=1):
            member = f'<member type="way" ref="{way}" role="outer"/>'
            lines.append(f'<relation id="{number}" {made}>{member}{tagged(tags)}</relation>')
        path.write_text("\n".join([*lines, "</osm>"]), "utf-8")


def write_town(path: Path) -> None:
    """Write the whole map."""
    town = _Map()
    key = "de:amtlicher_gemeindeschluessel"
    for edges, level, name, more in (
        ((-20, -20, 20, 20), 4, "Musterland", {"ISO3166-2": "DE-TH", key: "16"}),
        ((-12, -12, 12, 12), 6, "Landkreis Musterkreis", {key: "16999"}),
        ((-2, -2, 3, 3), 8, "Musterstadt", {key: "16999001"}),
        ((6, 6, 9, 9), 8, VILLAGE, {key: "16999002"}),
        ((-2, 1, 3, 3), 10, "Nordstadt", {}),
    ):
        town.box(edges, {"boundary": "administrative", "admin_level": str(level), "name": name, **more})
    for edges, plz in (((-2, -2, 3, 1), "99991"), ((-2, 1, 3, 3), "99993"), ((6, 6, 9, 9), "99995")):
        town.box(edges, {"boundary": "postal_code", "postal_code": plz})
    town.node(0.5, 0.5, {"place": "town", "name": "Musterstadt", "population": "14200"})
    town.node(7.5, 7.5, {"place": "village", "name": VILLAGE, "population": "820"})
    middle = town.place((-1.5, -1.5), ACROSS, DOWN, STEP, "Musterstadt", lambda y: "99993" if y > 1 else "99991")
    streets = ("Dorfstraße", "Hauptstraße", "Am Anger")
    village = town.place(
        (6.6, 6.6), streets, ("Kirchweg", "Schulstraße", "Feldweg"), SMALL_STEP, VILLAGE, lambda _: "99995"
    )
    between = town.node(4.5, 4.2)
    road = {"highway": "secondary", "ref": "L 1234", "maxspeed": "100"}
    town.way([middle[len(DOWN) - 1, len(ACROSS) - 1], between, village[0, 0]], road)
    town.write(path)
