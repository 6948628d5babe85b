"""Why something was refused, in sentences: backups and bringing them back."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "backup.foreign": "Das ist keine Sicherung von Platzlotse. Es wurde nichts geändert.",
    "backup.newer_format": "Diese Sicherung stammt von einer neueren Fassung von Platzlotse. Es wurde nichts geändert; bitte aktualisieren Sie das Programm.",
    "backup.wrong_key": "Dieser Schlüssel öffnet die Sicherung nicht. Es wurde nichts geändert; nehmen Sie den Wiederherstellungsschlüssel, der galt, als sie entstand.",
    "backup.truncated": "Die Sicherung ist abgeschnitten: Ihr Ende fehlt. Es wurde nichts geändert; nehmen Sie eine andere oder die am zweiten Ort.",
    "backup.damaged": "Die Sicherung ist beschädigt. Es wurde nichts geändert; nehmen Sie eine andere oder die am zweiten Ort.",
    "backup.key_mistyped": "Das ist kein Wiederherstellungsschlüssel: Er hat 14 Gruppen zu vier Zeichen, und eine Prüfung entdeckt Tippfehler. Vergleichen Sie ihn mit dem Ausdruck.",
    "backup.key_unreadable": "Der Schlüssel „{path}“ lässt sich nicht lesen. Es wurde nichts geändert; stellen Sie die Datei her oder entfernen Sie sie (ältere Sicherungen öffnet dann nur der Wiederherstellungsschlüssel).",
    "backup.disk_full": "In „{path}“ ist kein Platz mehr. Die Sicherung wurde nicht angelegt; frühere sind unverändert. Schaffen Sie Platz.",
    "backup.no_room": "In „{path}“ ist zu wenig Platz für eine Sicherung. Es wurde nichts angelegt; frühere sind unverändert. Schaffen Sie Platz.",
    "backup.folder_missing": "Den Ordner oder die Datei „{path}“ gibt es gerade nicht. Ist der Datenträger angeschlossen? Es wurde nichts angelegt.",
    "backup.folder_unusable": "„{path}“ lässt sich nicht benutzen ({reason}). Es wurde nichts angelegt; prüfen Sie die Rechte.",
    "backup.copy_differs": "Die Kopie in „{path}“ war nicht dasselbe wie die Sicherung und wurde entfernt. Die Sicherung selbst ist da; prüfen Sie den Datenträger.",
    "backup.no_tools": "Zum Sichern fehlen die Programme von PostgreSQL {major}. Installieren Sie sie auf diesem Rechner oder nennen Sie ihren Ordner in PLATZLOTSE_POSTGRES_BIN.",
    "backup.not_dumped": "PostgreSQL hat das Sichern abgebrochen. Es wurde nichts angelegt; frühere Sicherungen sind unverändert.",
    "backup.not_restored": "PostgreSQL konnte die Sicherung nicht einlesen. Die Daten, mit denen gearbeitet wird, sind unverändert. Hat der Rechner der Datenbank noch Platz? Sonst nehmen Sie eine andere Sicherung.",
    "backup.server_full": "Der Rechner der Datenbank hat keinen Platz mehr. Es wurde nichts geändert; schaffen Sie dort Platz.",
    "backup.newer_server": "Die Sicherung stammt von PostgreSQL {found}, hier ist {wanted}. Es wurde nichts geändert; bitte aktualisieren Sie das Programm.",
    "backup.differs": "Zurückgelesen ist nicht dasselbe wie gesichert ({what}). Verlassen Sie sich nicht auf diese Sicherung; die Daten, mit denen gearbeitet wird, sind unverändert.",
    "backup.in_use": "An diesem Platz ist Platzlotse noch geöffnet. Es wurde nichts geändert; schließen Sie das Fenster und den Hintergrunddienst.",
    "backup.interrupted": "Das Programm wurde während der Sicherung beendet. Es liegt nichts Halbes da; frühere Sicherungen sind unverändert.",
    "backup.under_way": "Gerade wird schon gesichert. Es wurde nichts angelegt; warten Sie, bis das beendet ist.",
    "backup.login_missing": "Für den Server des Büros fehlt die Anmeldung: {name} nennt die Datei, in der sie steht. Es wurde nichts geändert.",
    "backup.login_unreadable": "Die Anmeldung in „{path}“ lässt sich nicht lesen. Sie ist eine Zeile wie postgresql://name:kennwort@rechner/platzlotse. Es wurde nichts geändert.",
    "backup.erasures_unreadable": "Die Liste dessen, was gelöscht wurde („{path}“), ist nicht lesbar. Es wurde nichts geändert: ohne sie käme Gelöschtes zurück. Nehmen Sie die vom zweiten Ort.",
    "backup.folder_relative": "Nennen Sie den Ordner vollständig, zum Beispiel /mnt/sicherung oder D:\\Sicherung.",
    "backup.same_folder": "Der zweite Ort ist derselbe wie der erste. Wählen Sie einen anderen Datenträger.",
    "backup.no_such": "Eine solche Sicherung gibt es in „{path}“ nicht. Es wurde nichts geändert; --list zeigt, was da ist.",
    "backup.moment": "„{given}“ ist kein Zeitpunkt. Schreiben Sie ihn wie 29.11.2026 14:30, oder nennen Sie eine Datei.",
}
