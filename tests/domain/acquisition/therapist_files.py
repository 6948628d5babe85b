"""Lists of therapists as public exporters write them, made in memory; every person is invented."""

import io

from openpyxl import Workbook

_HEADER = (
    "ID Titel Vorname Nachname Anrede Geschlecht Telefon Handy Email Webseite Strasse Hausnummer PLZ Ort Distanz_(m) "
    "Fachgebiete Therapieverfahren Barrierefreiheit Sprachen Mo_23.11.2026 Di_24.11.2026"
)
_METHODS = "Verhaltenstherapie für Erwachsene in Einzeltherapie\nSystemische Therapie für Erwachsene in Einzeltherapie"
_INA = (
    "praxis1", "Dr.", "Ina", "Bäumler", "Frau", "W", "0241 1234567", "", "ina@post.example", "", "Weg", "3 a", "1067",
    "Dresden", "12", "Psychotherapie", _METHODS, "ja", "Deutsch, Farsi",
    "Tel: 08:30-10:10\nSprech: 11:00-12:00\nPsych (o.T.): 14:00-15:00", "",
)  # fmt: skip
_JAN = ("praxis2", "", "Jan", "=1+1", *[""] * 16, "Tel: 09:00-09:50")
_UTE = ("praxis3", "", "Ute", *[""] * 18)
USERSCRIPT = "".join(
    ";".join(f'"{cell}"' for cell in row) + "\r\n"
    for row in ([word.replace("_", " ") for word in _HEADER.split()], _INA, _JAN, _UTE)
)
DAYS = (
    "Name;Adresse;Telefon;E-Mail;Montag;Dienstag;Mittwoch;Donnerstag;Freitag;Samstag;Sonntag\n"
    "Dr. Ina von Sommer;Markt 12 a, 52062 Aachen;0241 1234567;ina@post.example;07:30-08:00;;12:30-12:55; ;;;\n"
)
DATES = (
    "Name;Adresse;Telefon;E-Mail;23.11.2026;25.11.2026\n"
    "Ina Sommer;Markt 12, 52062 Aachen;0241 1234567;ina@post.example;07:30-08:00, 12:30-12:55;\n"
)
ROWS = (
    "Name;Sprechzeiten;Telefonnummer;E-Mail;Mobilfunknummer;Adresse\n"
    "Ina Sommer;Mo 08:00-09:00;0241 1234567;ina@post.example;0170 1234567;Markt 12, 52062 Aachen\n"
    "Ina Sommer;Mi 10:00-11:00;0241 1234567;ina@post.example;0170 1234567;Markt 12, 52062 Aachen\n"
    ";Fr 10:00-11:00;;;;\n"
    "Ina Sommer;Do 10:00-11:00;0221 7654321;;;Weg 1, 50667 Köln\n"
)
PAGE = """<!doctype html><html><body><script>alert(1)</script><div class="search-results-container">
<div class="praxis-list-element"><h1 class="praxisname">Dr. phil. Anna von Abend</h1>
<div class="arztgruppe">Psychologische Psychotherapeutin</div>
<div aria-description="Adresse der Praxis"><div>Kirchgasse 21-57</div><div>52525 Heinsberg</div></div>
<a href="tel:+49 (0)40-66969056">anrufen</a><a id="web_1" href="http://abend.example">abend.example</a>
<a href="mailto:anna@abend.example?subject=x">Mail</a>
<ul><li>Verhaltenstherapie für Erwachsene in Einzeltherapie</li></ul>
<table><caption>Telefonische Erreichbarkeit</caption>
<tr><td>Heute</td><td><span>16:10 bis 17:00</span><span>16:10 - 17:00</span></td></tr></table>
<h3>Sprechstunde</h3><table><tr><td>Di.</td><td>09:00 - 10:00</td></tr></table></div>
<div class="praxis-list-element"><h1 class="praxisname"></h1></div></div></body></html>
"""


def exporter(*, fork: bool = False, second_sheet: bool = True) -> bytes:
    """A workbook of the exporter: two sheets, in the fork with status and note."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Praxisdaten"
    header = [
        "id",
        "name",
        "tel",
        "geschlecht",
        "strasse",
        "hausnummer",
        "plz",
        "ort",
        "email",
        "distanz in meter von plz",
    ]
    header += ["web", "telefonische_sprechzeiten", *(["Status", "Notiz"] if fork else [])]
    sheet.append(header)
    more = ["Auf AB gesprochen", "ruft Montag zurück"] if fork else []
    sheet.append(["1", "Ina Sommer", "0241 1234567", "W", "Weg", 3, 1067, "Dresden", "ina@post.example", 12, "",
                  "Mo 9:10-10:00 Uhr, Mi 13:00-14:00 Uhr", *more])  # fmt: skip
    sheet.append(
        [
            "2",
            "Dr. Eva Winter",
            "0241 7654321",
            "W",
            "Weg",
            4,
            52062,
            "Aachen",
            "",
            12,
            "",
            "",
            *(["Noch offen", ""] if fork else []),
        ]
    )
    if second_sheet:
        hours = book.create_sheet("Telefonsprechzeiten")
        hours.append(["Wochentag", "Uhrzeit", "Arzt / Ärztin"])
        hours.append(
            ["Donnerstag", "14:00-14:50", "Ina Sommer (Tel: 0241 1234567), Dr. Eva Winter (Tel: 0241 7654321)"]
        )
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
