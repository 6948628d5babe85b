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
    "map_settings.key_sealed_elsewhere": "Der gespeicherte Schlüssel wurde nicht für den Dienst für Wege eingegeben; er wurde an niemanden gesendet. Geben Sie ihn unter Verwaltung neu ein.",
    "map_settings.no_router": "Es ist kein Dienst für Wege eingetragen, der dieses Verkehrsmittel kennt.",
    "place.outside_germany": "Dieser Punkt liegt nicht in Deutschland. Die Lage ist unverändert.",
    "db.no_suggestions": "Der eingetragene Dienst für Adressen macht keine Vorschläge beim Tippen. Es wurde niemand gefragt; Adressen lassen sich weiter von Hand eingeben.",
    "db.patients_stay_home": "Angaben zu Patienten bleiben im Büro: Das ist in der Verwaltung unter „Karten und Wege“ nicht freigegeben. Es wurde nichts weitergegeben.",
    "place.withdrawn": "Während gewartet wurde, hat sich Adresse, Dienst oder Freigabe geändert; es ging nichts mehr hinaus.",
    "outside.unforeseen": "Mit dieser Antwort kann Platzlotse nichts anfangen ({kind}). Es wurde nichts geändert; später wird noch einmal gefragt.",
    "map_settings.unsheltered": "Angaben zu Patienten gehen nur verschlüsselt hinaus: Die Adresse des Dienstes muss mit https:// beginnen. Ausgenommen ist ein Dienst auf diesem Rechner (http://127.0.0.1).",
    "db.ck_map_settings_sheltered": "Angaben zu Patienten gehen nur verschlüsselt hinaus: Die Adresse des Dienstes muss mit https:// beginnen. Es wurde nichts geändert.",
    "outside.robots": "Der Rechner {host} erlaubt Programmen nicht, diese Seite zu lesen. Sie wurde nicht gelesen.",
}
