"""German words of Verwaltung: fields of the office and of a mail account, Länder, encryption."""

from ui.translation import tr

_WORDS: dict[str, dict[str, str]] = {
    "land": {
        "BB": "Brandenburg",
        "BE": "Berlin",
        "BW": "Baden-Württemberg",
        "BY": "Bayern",
        "HB": "Bremen",
        "HE": "Hessen",
        "HH": "Hamburg",
        "MV": "Mecklenburg-Vorpommern",
        "NI": "Niedersachsen",
        "NW": "Nordrhein-Westfalen",
        "RP": "Rheinland-Pfalz",
        "SH": "Schleswig-Holstein",
        "SL": "Saarland",
        "SN": "Sachsen",
        "ST": "Sachsen-Anhalt",
        "TH": "Thüringen",
    },
    "server": {
        "none": "keiner",
        "nominatim": "Nominatim",
        "photon": "Photon",
        "osrm": "OSRM",
        "valhalla": "Valhalla",
        "openrouteservice": "openrouteservice",
    },
    "service": {
        "geocoder": "Adressen",
        "router": "Wege",
        "source": "Verzeichnis",
        "smtp": "E-Mails senden",
        "imap": "Postfach lesen",
        "page": "Webseite einer Praxis",
    },
    "security": {"tls": "TLS", "starttls": "STARTTLS", "none": "keine (nur dieser Rechner)"},
    "office": {
        "name": "Name des Büros",
        "street": "Straße und Hausnummer",
        "plz": "Postleitzahl",
        "city": "Ort",
        "phone": "Telefon",
        "email": "E-Mail",
        "send_from": "E-Mails senden von (leer: immer)",
        "send_until": "bis",
        "mails_per_hour": "E-Mails je Stunde (leer: ohne Grenze)",
        "undo_seconds": "Rückholzeit in Sekunden",
        "inquiry_size": "Menschen je Anfrage",
        "radius_km": "Umkreis in km",
        "follow_up_days": "Nachfassen nach Tagen",
        "expiry_days": "Ohne Antwort nach Tagen",
        "cooling_days": "Kontaktsperre in Tagen",
        "plan_mails": "E-Mails in der Woche",
        "plan_minutes": "Telefonminuten in der Woche",
        "call_minutes": "Minuten je Anruf",
        "directory_search": "Seite der Arztsuche (leer: keine)",
        "capacity_stale_days": "Angaben zu freien Plätzen veralten nach Tagen",
        "lock_minutes": "Fenster sperren nach Minuten ohne Eingabe (1–60)",
        "retention_placed_years": "Nach einer Vermittlung: Jahre nach Ende des Jahres",
        "retention_other_months": "Ohne Vermittlung: Monate nach dem Ende der Suche",
    },
    "account": {
        "name": "Name",
        "address": "Adresse",
        "sender_name": "Absendername",
        "smtp_host": "Server",
        "smtp_port": "Port",
        "imap_host": "Server (leer: nicht empfangen)",
        "imap_port": "Port",
        "username": "Benutzername",
        "password": "Kennwort",
        "inbox": "Posteingang",
        "sent_folder": "Ordner für Kopien (leer: keine)",
        "mails_per_hour": "E-Mails je Stunde (leer: ohne Grenze)",
        "reads_from": "E-Mails einlesen ab",
        "largest_mb": "Größte E-Mail in MB (leer: was der Server nimmt)",
    },
    "step": {
        "worker": "Hintergrunddienst",
        "smtp_connect": "Senden: Der Server antwortet.",
        "smtp_tls": "Senden: Die Verbindung ist verschlüsselt, das Zertifikat stimmt.",
        "smtp_login": "Senden: Benutzername und Kennwort stimmen.",
        "smtp_sender": "Senden: Die Adresse wird als Absender angenommen.",
        "smtp_mail": "Senden: Die Testmail an {address} ist angenommen.",
        "imap_connect": "Empfangen: Der Server antwortet.",
        "imap_login": "Empfangen: Benutzername und Kennwort stimmen.",
        "imap_inbox": "Empfangen: Der Posteingang „{folder}“ ist da.",
        "caught": "Sie probieren das Programm aus: Alle E-Mails werden auf diesem Rechner aufgefangen. Nicht angesprochen: {hosts}.",
        "caught_password": "Das Kennwort ist verschlüsselt hinterlegt und lässt sich öffnen.",
        "caught_mail": "Die Testmail an {address} ist auf diesem Rechner aufgefangen; sie hat ihn nicht verlassen.",
        "imap_sent": "Empfangen: Der Ordner für Kopien „{folder}“ ist da.",
    },
}


def label(table: str, code: str) -> str:
    """The word for a code of one of the tables (land, server, security, office, account, step)."""
    return tr(_WORDS[table][code])


def words(table: str) -> dict[str, str]:
    """All words of one of the tables, as they stand in the source."""
    return _WORDS[table]
