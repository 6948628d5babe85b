"""Every word on the map, handed to the page, which has none of its own. Free of Qt."""

from ui.map.markers import MarkerState
from ui.translation import tr


def state_words() -> dict[str, str]:
    """The legend's words."""
    return {
        MarkerState.AVAILABLE: tr("anfragbar"),
        MarkerState.OPEN_INQUIRY: tr("offene Anfrage"),
        MarkerState.COOLING: tr("Kontaktsperre"),
        MarkerState.FULL: tr("voll"),
        MarkerState.UNKNOWN: tr("nicht beurteilbar"),
        MarkerState.EXCLUDED: tr("ausgeschlossen"),
    }


def page_words() -> dict[str, object]:
    """All words of the page in the chosen language; the attribution is owed to the sources."""
    return {
        "states": state_words(),
        "uncertain": tr("nur PLZ bekannt"),
        "legend": tr("Legende"),
        "map": tr("Karte der Praxen"),
        "one": tr("{n} Praxis"),
        "many": tr("{n} Praxen"),
        "zoom_in": tr("Vergrößern"),
        "zoom_out": tr("Verkleinern"),
        "home": tr("Ausschnitt zurücksetzen"),
        "no_tiles": tr("Der Kartenhintergrund ist gerade nicht erreichbar; Umrisse und Orte bleiben."),
        "attribution": tr("© OpenStreetMap-Mitwirkende, GeoNames, Natural Earth"),
        "sources": tr(
            "Lage der PLZ: © OpenStreetMap-Mitwirkende (ODbL). Ortsnamen: GeoNames (CC BY 4.0). "
            "Umrisse: Natural Earth (gemeinfrei)."
        ),
    }
