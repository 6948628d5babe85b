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
        "imap_sent": "Empfangen: Der Ordner für Kopien „{folder}“ ist da.",
    },
}


def label(table: str, code: str) -> str:
    """The word for a code of one of the tables (land, security, office, account, step)."""
    return tr(_WORDS[table][code])
