"""Why something was refused, in sentences: services outside the office, and places."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "outside.address": "„{url}“ ist keine Adresse eines Dienstes. Sie beginnt mit http:// oder https://, dann folgt der Name des Rechners.",
    "outside.unreachable": "Der Dienst {host} ist nicht zu erreichen. Es wurde nichts geändert; Platzlotse versucht es später noch einmal.",
    "outside.timeout": "Der Dienst {host} antwortet zu langsam. Es wurde nichts geändert; Platzlotse versucht es später noch einmal.",
    "outside.too_large": "Die Antwort von {host} ist größer als erlaubt und wurde nicht gelesen. Prüfen Sie die Adresse des Dienstes.",
    "outside.garbage": "{host} antwortet etwas Unlesbares. Prüfen Sie die Adresse des Dienstes, und ob ein Anmeldefenster des Netzes dazwischen steht.",
    "outside.server_error": "Der Dienst {host} meldet einen Fehler bei sich ({status}). Platzlotse versucht es später noch einmal.",
    "outside.refused": "Der Dienst {host} lehnt unsere Fragen ab ({status}). Prüfen Sie Schlüssel und Nutzungsregeln des Dienstes; bis dahin wird er in Ruhe gelassen.",
    "outside.status": "Der Dienst {host} kennt diese Frage nicht ({status}). Prüfen Sie die Adresse und die Art des Dienstes.",
    "outside.redirected": "Der Dienst {host} verweist an {to}; dem wird nicht gefolgt. Prüfen Sie die Adresse.",
    "outside.busy": "Vor dem Dienst {host} warten schon zu viele Fragen. Platzlotse versucht es später noch einmal.",
    "outside.paused": "Der Dienst {host} hat mehrmals nicht geantwortet und wird vorerst nicht gefragt. Platzlotse versucht es von selbst wieder.",
    "outside.stopping": "Der Hintergrunddienst wurde beendet. Sobald er wieder läuft, geht es weiter.",
    "map_settings.shared": "Öffentliche Dienste erlauben keine Massenabfragen. Gesucht werden dort nur Adressen, die Sie eingeben oder ändern; für alle Adressen braucht das Büro einen eigenen Dienst.",
    "map_settings.kind": "Diese Art von Dienst kennt Platzlotse nicht.",
    "map_settings.no_server": "Patientendaten dürfen nur hinausgehen, wenn ein Dienst eingetragen ist. Es wurde nichts geändert.",
    "map_settings.transit": "Fahrpläne kennt nur Valhalla. Wählen Sie Valhalla oder nehmen Sie den Haken heraus.",
    "map_settings.no_geocoder": "Es ist kein Dienst für Adressen eingetragen.",
    "map_settings.no_router": "Es ist kein Dienst für Wege eingetragen, der dieses Verkehrsmittel kennt.",
    "place.outside_germany": "Dieser Punkt liegt nicht in Deutschland. Die Lage ist unverändert.",
    "db.patients_stay_home": "Angaben zu Patienten bleiben im Büro: Das ist in der Verwaltung unter „Karten und Wege“ nicht freigegeben. Es wurde nichts weitergegeben.",
    "outside.private": "„{host}“ führt nicht zu einem öffentlichen Webserver, sondern in ein eigenes Netz oder zu einem anderen Dienst. Die Seite wurde nicht gelesen; prüfen Sie die Webadresse des Eintrags.",
    "outside.never": "Die Arztsuche der 116117 antwortet nur Menschen im Browser; Platzlotse fragt sie nichts. Tragen Sie die eigene Webseite der Praxis ein.",
    "outside.anonymous": "Ohne Mailadresse des Büros wird keine fremde Seite gelesen: wer gelesen wird, soll wissen, wo er sich melden kann. Tragen Sie die Adresse unter „Verwaltung“ beim Büro ein; gelesen wurde nichts.",
    "outside.too_slow": "{host} erlaubt Programmen in seiner robots.txt seltener als alle {most} Sekunden eine Seite; so lange wartet Platzlotse nicht. Es wurde nichts gelesen; sehen Sie die Seite im Browser an oder bitten Sie den Betreiber um eine Datei.",
    "outside.robots": "Der Rechner {host} erlaubt Programmen nicht, diese Seite zu lesen. Sie wurde nicht gelesen.",
}
