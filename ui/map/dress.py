"""The map's colours: the program's own (ui.theme) and a few of the map, as CSS variables. Never calls Qt."""

from ui.map.markers import MarkerState
from ui.theme import DARK, LIGHT

# What lies beneath the markers is quiet, so that they speak.
GROUND = {
    False: {
        "sea": "#ebecea",
        "land": "#fafbfb",
        "line": "#b9c6d0",
        "coast": "#8fa3b1",
        "place": "#5d6c7a",
        "reach": "#a02c78",
    },
    True: {
        "sea": "#141617",
        "land": "#1d262d",
        "line": "#3b4a56",
        "coast": "#5a6e7d",
        "place": "#94a5b3",
        "reach": "#f28ac4",
    },
}


def sea(*, dark: bool) -> str:
    """The ground's colour, also that of the page before it is drawn."""
    return GROUND[dark]["sea"]


def variables(*, dark: bool) -> dict[str, str]:
    """CSS variables (with their dashes) of one appearance."""
    theme = DARK if dark else LIGHT
    states = {
        MarkerState.AVAILABLE: theme.success,
        MarkerState.OPEN_INQUIRY: theme.info,
        MarkerState.COOLING: theme.warning,
        MarkerState.FULL: theme.danger,
        MarkerState.UNKNOWN: "#c9a3ff" if dark else "#6b3fa0",
        MarkerState.EXCLUDED: theme.muted,
    }
    named = {
        **GROUND[dark],
        **{f"state-{state}": colour for state, colour in states.items()},
        "tile-light": "0.7" if dark else "1",
        "card": theme.raised,
        "text": theme.text,
        "muted": theme.muted,
        "border": theme.border,
        "accent": theme.accent,
        "accent-text": theme.accent_text,
        "hover": theme.hover,
    }
    return {f"--{name}": colour for name, colour in named.items()}
