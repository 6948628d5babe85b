"""Errors in words: what happened, what was kept, what to do. The only place that knows German for error codes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.errors import PlatzlotseError, Unavailable
from ui.labels import label, rule_reason
from ui.translation import tr

BERLIN = ZoneInfo("Europe/Berlin")

_SENTENCES: dict[str, str] = {
    "record.changed_meanwhile": "{by} hat diesen Eintrag {at} geändert. Ihre Eingaben stehen noch hier; laden Sie neu oder speichern Sie sie noch einmal.",
    "record.not_found": "Diesen Eintrag gibt es nicht mehr. Es wurde nichts geändert.",
    "database.unreachable": "Die Datenbank antwortet gerade nicht. Ihre Eingaben bleiben stehen; versuchen Sie es gleich noch einmal.",
    "database.forbidden": "Dazu fehlt Ihnen die Berechtigung. Es wurde nichts geändert; fragen Sie die Leitung Ihres Büros.",
    "database.tls_required": "Zum Server {host} ist nur eine verschlüsselte Verbindung mit geprüftem Zertifikat erlaubt.",
    "person.unknown": "Ihre Anmeldung ist in diesem Büro nicht eingetragen. Bitten Sie die Verwaltung, Sie anzulegen.",
    "person.role_unknown": "Diese Rolle gibt es nicht: {roles}.",
    "schema.newer": "Die Datenbank gehört zu einer neueren Fassung von Platzlotse (Stand {found}, dieses Programm kennt {wanted}). Es wurde nichts geändert; bitte aktualisieren Sie das Programm.",
    "schema.older": "Die Datenbank ist auf einem älteren Stand ({found} statt {wanted}). Die Verwaltung muss „main.py migrate“ ausführen.",
    "schema.missing": "In dieser Datenbank ist Platzlotse noch nicht eingerichtet. Die Verwaltung muss „main.py migrate“ ausführen.",
    "settings.unreadable": "Die Einstellungen dieses Platzes sind nicht lesbar ({path}). Es wurde nichts geändert.",
    "settings.worker_missing": "Der Hintergrunddienst eines Büros braucht seine eigene Anmeldung in PLATZLOTSE_WORKER_URL. Es wurde nichts gesendet.",
    "settings.unwritable": "Die Einstellungen ließen sich nicht speichern ({path}). Es wurde nichts geändert; prüfen Sie Rechte und freien Platz.",
    "settings.server_missing": "Für den Büro-Server fehlen Name oder Anmeldung. Tragen Sie beides in den Einstellungen ein.",
    "server.host_invalid": "„{host}“ kann kein Rechnername sein. Tragen Sie den Namen oder die Adresse eines Rechners ein, etwa datenbank.buero.example.",
    "server.host_unknown": "Ein Rechner „{host}“ ist im Netz nicht zu finden. Prüfen Sie den Namen und ob Netz oder VPN verbunden sind.",
    "server.refused": "Der Rechner „{host}“ ist erreichbar, aber auf Port {port} antwortet keine Datenbank. Prüfen Sie den Port oder fragen Sie die Verwaltung, ob der Server läuft.",
    "server.no_answer": "Der Rechner „{host}“ antwortet auf Port {port} nicht. Prüfen Sie Netz, VPN und Firewall und versuchen Sie es noch einmal.",
    "server.not_postgres": "Auf Port {port} von „{host}“ antwortet etwas anderes als PostgreSQL. Prüfen Sie Rechner und Port.",
    "server.password_missing": "Der Server verlangt das Kennwort von „{user}“. Bitte geben Sie es ein.",
    "server.password_wrong": "Benutzername oder Kennwort stimmen nicht. Prüfen Sie beides; auf Groß- und Kleinschreibung kommt es an.",
    "server.no_database": "Auf „{host}“ gibt es keine Datenbank „{database}“. Prüfen Sie den Namen oder fragen Sie die Verwaltung.",
    "server.not_admitted": "Der Server „{host}“ lässt von diesem Rechner aus niemanden an die Datenbank. Die Verwaltung muss ihn freigeben (pg_hba.conf).",
    "server.certificate_untrusted": "Das Zertifikat von „{host}“ ist nicht vertrauenswürdig; das Kennwort wurde nicht gesendet. Wählen Sie die Zertifikatsdatei (CA), die Sie von der Verwaltung bekommen.",
    "server.certificate_name": "Das Zertifikat des Servers gilt nicht für „{host}“; das Kennwort wurde nicht gesendet. Tragen Sie den Namen ein, der im Zertifikat steht.",
    "server.no_tls": "Der Server „{host}“ bietet keine verschlüsselte Verbindung an; das Kennwort wurde nicht gesendet. Die Verwaltung muss TLS einschalten.",
    "server.ca_file": "Die Zertifikatsdatei „{ca_file}“ lässt sich nicht lesen. Wählen Sie eine Datei im PEM-Format.",
    "server.full": "Der Server hat gerade keine Verbindung mehr frei. Versuchen Sie es gleich noch einmal.",
    "server.starting": "Der Server startet gerade oder wird beendet. Versuchen Sie es gleich noch einmal.",
    "server.refused_login": "Der Server „{host}“ hat die Anmeldung abgelehnt. Zeigen Sie der Verwaltung die Einzelheiten.",
    "postgres.start_failed": "Die eingebaute Datenbank ließ sich nicht starten. Ihre Daten sind unverändert; starten Sie den Rechner neu und versuchen Sie es noch einmal.",
    "postgres.initdb_failed": "Die eingebaute Datenbank ließ sich nicht anlegen. Prüfen Sie, ob auf dem Datenträger Platz ist.",
    "postgres.data_newer": "Die Daten gehören zu PostgreSQL {found}, eingebaut ist {wanted}. Es wurde nichts geändert; bitte aktualisieren Sie das Programm.",
    "postgres.data_older": "Die Daten gehören zu PostgreSQL {found}, eingebaut ist {wanted}. Es wurde nichts geändert; stellen Sie eine Sicherung in einem neuen Ordner wieder her.",
    "postgres.not_installed": "Die eingebaute Datenbank fehlt in dieser Installation. Bitte installieren Sie das Programm neu.",
    "postgres.folder_unusable": "Der Ordner „{path}“ lässt sich nicht benutzen. Prüfen Sie Rechte und freien Platz.",
    "postgres.folder_closed": "Der Ordner „{path}“ ist für die Datenbank nicht erreichbar. Wählen Sie einen anderen Ordner.",
    "postgres.stop_failed": "Die eingebaute Datenbank ließ sich nicht beenden. Ihre Daten sind sicher; starten Sie den Rechner neu.",
    "postgres.secret_missing": "Das Kennwort der eingebauten Datenbank fehlt ({path}). Stellen Sie eine Sicherung wieder her.",
    "postgres.secret_rejected": "Das Kennwort der eingebauten Datenbank passt nicht zu den Daten ({path}).",
    "postgres.busy": "Ein anderes Programm startet oder beendet die Datenbank seit {seconds} Sekunden. Versuchen Sie es gleich noch einmal.",
    "drafts.key_wrong": "Die Entwürfe auf diesem Rechner lassen sich mit dem verwahrten Schlüssel nicht öffnen ({path}). Die Datei ist unverändert; stellen Sie den Schlüsselbund wieder her oder fragen Sie die Verwaltung.",
    "drafts.key_lost": "Der Schlüssel zu den Entwürfen fehlt im Schlüsselbund ({path}). Die Datei ist unverändert; stellen Sie den Schlüsselbund wieder her oder fragen Sie die Verwaltung.",
    "drafts.key_unreadable": "Der Schlüssel zu den Entwürfen ist nicht lesbar ({path}). Die Entwürfe sind unverändert.",
    "drafts.passphrase": "Die Passphrase stimmt nicht. Auf Groß- und Kleinschreibung kommt es an.",
    "drafts.passphrase_short": "Die Passphrase braucht mindestens {shortest} Zeichen.",
    "drafts.unwritable": "Die Entwürfe lassen sich auf diesem Rechner nicht speichern ({path}). Prüfen Sie Rechte und freien Platz; was Sie schreiben, steht noch im Fenster.",
    "drafts.newer": "Die Entwürfe gehören zu einer neueren Fassung von Platzlotse. Es wurde nichts geändert; bitte aktualisieren Sie das Programm.",
    "drafts.gone": "Diesen Entwurf gibt es nicht mehr: Er ist gesendet oder verworfen.",
    "drafts.on_its_way": "Dieser Entwurf ist schon auf dem Weg und lässt sich nicht mehr ändern.",
    "drafts.taken_back": "Dieser Entwurf wurde gerade zurückgeholt; er liegt unverändert unter „Entwürfe“.",
    "drafts.no_subject": "Der Betreff fehlt.",
    "drafts.no_body": "Der Text fehlt.",
    "drafts.opted_out": "Diese Praxis möchte nicht mehr angeschrieben werden (Art. 21 DSGVO). Der Entwurf ist noch hier.",
    "drafts.address_changed": "Die Adresse hat sich inzwischen geändert; auf dem Server steht „{address}“. Der Entwurf ist noch hier: Wählen Sie den Empfänger neu.",
    "drafts.not_kept": "Diese Kontaktdaten liegen auf diesem Rechner nicht bereit. Versuchen Sie es, wenn der Server wieder da ist.",
    "drafts.nothing_kept": "Briefkopf und Vorlagen liegen auf diesem Rechner noch nicht bereit.",
    "file.empty": "Die Datei „{name}“ ist leer. Sie wurde nicht übernommen.",
    "file.too_large": "Die Datei „{name}“ ist zu groß (höchstens {limit} MB). Sie wurde nicht übernommen.",
    "file.mail_too_large": "Alle Anhänge zusammen dürfen höchstens {limit} MB haben. Die Datei wurde nicht angehängt.",
    "file.attached_already": "Die Datei „{name}“ ist schon angehängt.",
    "file.kind": "Dateien wie „{name}“ werden nicht angenommen. Möglich sind PDF, Bilder, Word-, Excel- und OpenDocument-Dateien und Text.",
    "file.content": "Der Inhalt von „{name}“ passt nicht zum Namen. Die Datei wurde nicht übernommen.",
    "file.macros": "Die Datei „{name}“ enthält Makros und wird nicht angenommen. Speichern Sie sie ohne Makros oder als PDF.",
    "template.no_subject": "Der Betreff fehlt. Es wurde nichts gespeichert.",
    "template.subject_lines": "Der Betreff darf nur eine Zeile haben. Es wurde nichts gespeichert.",
    "template.too_long": "Der Text ist zu lang (höchstens {longest} Zeichen). Es wurde nichts gespeichert.",
    "template.name_missing": "Hier muss {{{{ {name} }}}} stehen. Fügen Sie es ein; es wurde nichts gespeichert.",
    "template.syntax": "Zeile {line} ist nicht zu verstehen: Prüfen Sie die geschweiften Klammern. Es wurde nichts gespeichert.",
    "template.unknown_name": "Zeile {line}: „{name}“ gibt es in dieser Vorlage nicht{near}. Es wurde nichts gespeichert.",
    "template.not_allowed": "Zeile {line}: Erlaubt sind Platzhalter, if und for über eine Liste. Es wurde nichts gespeichert.",
    "template.name": "Geben Sie der Vorlage einen Namen.",
    "template.gone": "Diese Vorlage gibt es nicht mehr. Es wurde nichts geändert.",
    "template.changed_meanwhile": "Jemand anders hat diese Vorlage inzwischen gespeichert. Ihr Text steht noch hier; vergleichen Sie ihn unter „Fassungen“.",
    "template.not_shipped": "Zu dieser Vorlage gibt es keinen ausgelieferten Text.",
    "template.not_own": "Nur eigene Vorlagen lassen sich anlegen oder löschen.",
    "smtp.tls_required": "Zum Mailserver {host} ist nur eine verschlüsselte Verbindung erlaubt.",
    "smtp.address": "Den Mailserver bitte als RECHNER:PORT angeben, nicht „{given}“.",
    "import.mapping": "Spalten bitte als FELD=SPALTE zuordnen.",
    "inquiry_item.no_surplus": "Diese Zusage ist inzwischen keine weitere Zusage mehr. Es wurde nichts gesendet; laden Sie die Anfrage neu.",
    "inquiry.full": "Die Anfrage hat schon {largest} Personen. Es wurde nichts gesendet; warten Sie, bis sie beantwortet ist.",
    "exclusion.end_past": "Dieser Tag ist schon vorbei. Nennen Sie einen späteren oder lassen Sie das Feld leer.",
    "inquiry_item.inquiry_over": "Diese Anfrage ist zurückgezogen oder kam zurück; eine Rückfrage lässt sich dort nicht mehr eintragen. Fragen Sie die Praxis neu an.",
    "inquiry_item.search_over": "Für diesen Menschen wird gerade kein Platz gesucht; die Rückfrage braucht keine Antwort mehr. Es wurde nichts geändert.",
    "plan_line.accepted": "Diese Zeile wurde inzwischen angenommen; die Anfrage ist unterwegs. Es wurde nichts geändert.",
    "plan_line.skipped": "Diese Zeile wurde inzwischen übersprungen. Holen Sie sie zurück, wenn Sie sie doch annehmen möchten.",
    "plan_line.nobody_left": "Seit der Planung passt von dieser Zeile niemand mehr zu der Praxis. Es wurde nichts gesendet; planen Sie die Woche neu.",
    "consent.given_already": "Diese Einwilligung liegt schon vor.",
    "consent.not_given": "Diese Einwilligung liegt nicht vor.",
    "guardian.name_missing": "Nennen Sie den Namen.",
    "patient.last_name_missing": "Der Nachname fehlt.",
    "patient.birth_date": "Dieses Geburtsdatum ist nicht möglich.",
    "patient.registered_in_future": "Die Anmeldung kann nicht in der Zukunft liegen.",
    "patient.plz": "Eine PLZ hat fünf Ziffern.",
    "patient.email": "Das ist keine gültige E-Mail-Adresse.",
    "patient.phone": "Das ist keine gültige Telefonnummer.",
    "patient.deputy": "Verantwortliche Person und Vertretung müssen verschieden sein.",
    "patient.diagnosis": "Das ist kein ICD-10-Schlüssel: {codes}.",
    "patient.ptv11_code": "Ein Vermittlungscode hat zwölf Zeichen.",
    "therapist.last_name_missing": "Der Nachname fehlt.",
    "therapist.plz": "Eine PLZ hat fünf Ziffern.",
    "practice_site.other_practice": "Dieser Standort gehört zu einer anderen Praxis. Es wurde nichts geändert.",
    "therapist.email": "Das ist keine gültige E-Mail-Adresse.",
    "therapist.phone": "Das ist keine gültige Telefonnummer.",
    "therapist.mobile": "Das ist keine gültige Telefonnummer.",
    "therapist.age_limits": "Das Höchstalter liegt unter dem Mindestalter.",
    "therapist.blocked_reason": "Nennen Sie den Grund der Sperre.",
    "therapist.opted_out": "Diese Praxis möchte keine Anfragen. Nennen Sie den Grund, wenn sie es sich anders überlegt hat.",
    "text.control_character": "Der Text enthält ein Zeichen, das nicht gespeichert werden kann. Bitte entfernen Sie es.",
    "import.empty": "Die Datei „{file}“ ist leer. Es wurde nichts übernommen.",
    "import.html": "„{file}“ ist eine Webseite und keine Liste. Es wurde nichts übernommen; speichern Sie die Antwort als JSON- oder CSV-Datei.",
    "import.binary": "„{file}“ ist keine Text- oder Tabellendatei. Es wurde nichts übernommen.",
    "import.truncated_json": "„{file}“ bricht mitten im Text ab. Es wurde nichts übernommen; laden Sie die Datei noch einmal vollständig herunter.",
    "import.broken_json": "„{file}“ ist keine gültige JSON-Datei. Es wurde nichts übernommen.",
    "import.unknown_json": "„{file}“ enthält weder ein Therapeutenverzeichnis noch Aufnahmebögen. Es wurde nichts übernommen.",
    "import.unreadable": "„{file}“ lässt sich nicht öffnen. Prüfen Sie Namen und Rechte der Datei.",
    "import.columns_unknown": "In der Tabelle ist keine Spalte für den Nachnamen zu erkennen. Es wurde nichts übernommen; ordnen Sie die Spalten zu.",
    "import.column_missing": "Diese Spalten fehlen in der Tabelle: {columns}. Es wurde nichts übernommen.",
    "import.therapist_table": "„{file}“ ist eine Liste von Therapeuten, erwartet wird eine Patientenliste. Es wurde nichts übernommen.",
    "import.csv_broken": "Die Tabelle ist ab Zeile {row} beschädigt. Es wurde nichts übernommen.",
    "import.xlsx_broken": "Die Excel-Datei ist beschädigt oder geschützt. Es wurde nichts übernommen.",
    "import.row.no_name": "Nachname fehlt",
    "import.row.not_an_object": "kein lesbarer Eintrag",
    "list.sort_unknown": "Diese Liste lässt sich so nicht sortieren. Sie zeigt weiter, was vorher da war.",
    "list.filter_unknown": "Diesen Filter gibt es nicht. Die Liste zeigt weiter, was vorher da war.",
    "import.counts": "Beim Zählen der Zeilen stimmte etwas nicht ({read} gelesen, {counted} gezählt). Es wurde nichts übernommen; bitte melden Sie den Fehler.",
    "place_search.urgency": "Diese Dringlichkeit gibt es nicht. Es wurde nichts geändert.",
    "exclusion.target": "Ausgeschlossen wird entweder eine Person oder eine Praxis. Es wurde nichts geändert.",
    "inquiry_item.not_a_failure": "So kann eine Zusage nicht enden. Es wurde nichts geändert.",
    "list.not_searchable": "Diese Liste lässt sich nicht durchsuchen.",
    "place_search.open_exists": "Für diesen Menschen läuft schon eine Suche; {by} hat sie {at} begonnen. Es wurde keine zweite angelegt.",
    "place_search.transition": "Das geht beim Stand „{before}“ der Suche nicht. Es wurde nichts geändert.",
    "place_search.patient_not_ready": "Die Aufnahme ist noch nicht vollständig. Ergänzen Sie die Punkte der Checkliste, dann kann die Suche beginnen.",
    "place_search.pause_reason_missing": "Nennen Sie den Grund der Pause.",
    "place_search.pause_until_past": "Die Pause muss in der Zukunft enden.",
    "place_search.reason_missing": "Nennen Sie den Grund.",
    "place_search.not_found": "Diese Suche gibt es nicht mehr.",
    "patient.transition": "Das geht beim Stand „{before}“ nicht. Es wurde nichts geändert.",
    "patient.closed": "Die Akte ist geschlossen. Öffnen Sie sie mit Angabe des Grundes wieder, dann kann die Suche weitergehen.",
    "patient.not_ready": "Für die Suche fehlt noch: {missing}.",
    "patient.no_email": "Für diesen Menschen ist keine E-Mail-Adresse eingetragen.",
    "patient.not_restricted": "Die Verarbeitung ist nicht eingeschränkt.",
    "patient.restricted": "Die Verarbeitung dieser Daten ist eingeschränkt. Es wurde nichts gesendet und nichts eingetragen.",
    "relaxation.word_missing": "Notieren Sie, was der Mensch dazu gesagt hat. Es wurde nichts geändert.",
    "exclusion.reason_missing": "Nennen Sie den Grund des Ausschlusses.",
    "inquiry.contact_point_open": "Bei dieser Praxis läuft schon eine Anfrage; {by} hat sie {at} angelegt. Ihre Auswahl bleibt stehen.",
    "inquiry.size": "Eine Anfrage fasst 1 bis {largest} Personen, gewählt sind {given}.",
    "inquiry.no_email": "Für diese Praxis ist keine E-Mail-Adresse bekannt. Wählen Sie Telefon oder Brief.",
    "inquiry.rule_broken": "{patient} kann hier nicht angefragt werden: {rules}. Es wurde nichts angelegt.",
    "inquiry.rule_unknown": "Bei {patient} ist etwas noch offen: {rules}. Klären Sie es oder bestätigen Sie die Anfrage ausdrücklich.",
    "inquiry.search_gone": "Eine der Suchen gibt es nicht mehr. Es wurde nichts angelegt.",
    "inquiry.transition": "Das geht beim Stand „{before}“ der Anfrage nicht. Es wurde nichts geändert.",
    "inquiry.empty": "Die Anfrage enthält niemanden mehr. Brechen Sie sie ab.",
    "inquiry.not_sent": "Diese Anfrage hat das Büro noch nicht verlassen; eine Antwort kann es noch nicht geben.",
    "inquiry.reason_missing": "Nennen Sie den Grund.",
    "inquiry.too_late_to_undo": "Die Anfrage ist schon hinaus und bleibt, wie sie ist. Auf der Seite Anfragen können Sie sie zurückziehen.",
    "inquiry_item.transition": "Das geht beim Stand „{before}“ nicht. Es wurde nichts geändert.",
    "inquiry_item.not_an_answer": "Das ist keine Antwort einer Praxis.",
    "inquiry_item.first_acceptance_lives": "Die erste Zusage besteht noch. Beenden Sie diese zuerst.",
    "placement.ended_already": "Diese Therapie ist schon beendet.",
    "placement.ended_before_start": "Das Ende liegt vor dem Beginn.",
    "email.queued_already": "Diese E-Mail liegt schon im Postausgang; sie wird nicht noch einmal gesendet.",
    "email.address": "Die E-Mail-Adresse ist nicht gültig.",
    "email.header": "Eine Adresse, ein Name oder der Betreff der E-Mail enthält einen Zeilenumbruch. Sie wurde nicht gesendet; berichtigen Sie den Eintrag und senden Sie sie noch einmal.",
    "email.transition": "Das geht beim Stand „{before}“ der E-Mail nicht mehr.",
    "phone_call.no_number": "Für diese Praxis ist keine richtige Telefonnummer bekannt. Tragen Sie sie bei der Praxis ein.",
    "phone_call.theirs": "{by} führt diesen Anruf schon (begonnen {at}). Es wurde nichts geändert; nehmen Sie den nächsten.",
    "phone_call.still_on": "Ihr Anruf bei {practice} läuft noch. Tragen Sie zuerst dessen Ergebnis ein.",
    "phone_call.not_taken_back": "Dieses Ergebnis lässt sich nicht mehr zurücknehmen. Notieren Sie die Berichtigung als Kontakt bei der Praxis.",
    "phone_call.followed": "Der Anruf danach ist schon gemacht. Das Ergebnis bleibt; notieren Sie die Berichtigung als Kontakt bei der Praxis.",
    "phone_call.answers_entered": "Mit diesem Anruf sind Antworten eingetragen. Berichtigen Sie diese bei der Anfrage; der Anruf bleibt, wie er ist.",
    "phone_call.practice_closed": "Diese Praxis wird nicht mehr angefragt. Es wurde kein Anruf geplant.",
    "inquiry.practice_closed": "Diese Praxis wird nicht mehr angefragt. Es wurde nicht erinnert.",
    "phone_call.no_window": "In den nächsten vier Wochen ist keine Telefonzeit frei.",
    "inquiry.out_of_office_past": "Der Tag der Rückkehr liegt nicht in der Zukunft. Es wurde nichts geändert.",
    "worker_key.unreadable": "Der Schlüssel des Hintergrunddienstes „{path}“ lässt sich nicht lesen. Es wurde nichts geändert; stellen Sie die Datei aus einer Sicherung her oder entfernen Sie sie und geben Sie die Kennwörter der Postkonten neu ein.",
    "mail_account.no_worker_key": "Der Hintergrunddienst lief noch nicht. Das Kennwort wurde nicht gespeichert; versuchen Sie es in einer Minute noch einmal.",
    "mail_account.sealed_to_other_key": "Das Kennwort dieses Postkontos gehört zu einem anderen Hintergrunddienst. Geben Sie es neu ein; nichts ging verloren.",
    "mail_account.inactive": "Dieses Postkonto ist abgeschaltet. Die E-Mail wartet, bis es wieder sendet.",
    "mail_account.name": "Geben Sie dem Postkonto einen Namen.",
    "mail_account.security": "Wählen Sie eine der angebotenen Verschlüsselungen.",
    "mail_account.port": "Der Port liegt zwischen 1 und 65535.",
    "mail_account.no_server": "Nennen Sie einen Server zum Senden oder zum Empfangen.",
    "mail_account.default_sends": "Das Standardkonto muss senden können und eingeschaltet sein.",
    "imap.tls_required": "Ohne Verschlüsselung wird ein Postfach nur auf diesem Rechner gelesen. Wählen Sie TLS oder STARTTLS.",
    "imap.connection": "Der Mailserver „{host}“ antwortet nicht. Es ging nichts verloren; es wird weiter versucht.",
    "imap.login": "Der Mailserver „{host}“ lehnt Benutzername oder Kennwort ab. Prüfen Sie das Postkonto.",
    "imap.folder": "Den Ordner gibt es in diesem Postfach nicht. Prüfen Sie den Namen beim Postkonto.",
    "imap.reading": "Das Lesen des Postfachs brach ab. Es ging nichts verloren; es wird weiter versucht.",
    "imap.append": "Die Kopie ließ sich nicht in den Ordner der gesendeten E-Mails legen. Die E-Mail selbst ist gesendet.",
    "office.name": "Geben Sie dem Büro einen Namen.",
    "office.land": "Wählen Sie ein Bundesland.",
    "office.out_of_bounds": "Möglich sind Werte von {low} bis {high}.",
    "office.expiry_before_follow_up": "Eine Anfrage läuft erst nach dem Nachfassen ab: Nennen Sie mehr Tage.",
    "office.half_hours": "Nennen Sie Anfang und Ende der Sendezeit, oder lassen Sie beides leer.",
    "office.hours_turned": "Das Ende der Sendezeit liegt vor ihrem Anfang.",
    "mail.empty": "Die Datei ist leer. Es wurde nichts eingelesen.",
    "mail.too_large": "Die E-Mail ist größer als {megabytes} MB. Es wurde nichts eingelesen; bitten Sie um kleinere Anlagen.",
    "mail.too_nested": "Die E-Mail ist zu tief verschachtelt, um sie sicher zu lesen. Es wurde nichts eingelesen.",
    "mail.no_mail": "Das ist keine E-Mail. Es wurde nichts eingelesen; speichern Sie die Nachricht im Mailprogramm als „.eml“.",
    "file.unreadable": "Die Datei „{path}“ lässt sich nicht lesen. Es wurde nichts geändert.",
    "file.unwritable": "Die Datei „{path}“ lässt sich nicht schreiben. Wählen Sie einen anderen Ordner.",
    "patient_file.kind": "Dateien wie „{name}“ kommen nicht zu den Unterlagen. Möglich sind PDF, Bilder (JPEG, PNG, TIFF), Word (.docx), OpenDocument (.odt) und Text (.txt).",
    "patient_file.hides": "In der Datei „{name}“ steckt etwas anderes, etwa ein Archiv oder ein Programm. Sie wurde nicht übernommen; speichern oder scannen Sie das Dokument neu als PDF.",
    "patient_file.no_kind": "Wählen Sie, was für eine Unterlage das ist.",
    "patient_file.restricted": "Die Verarbeitung dieser Daten ist eingeschränkt. Es wurde keine Datei hinzugefügt.",
    "patient_file.there": "Diese Datei liegt hier schon als „{name}“; {by} hat sie {at} hinzugefügt. Es wurde keine zweite angelegt.",
    "patient_file.too_many": "Mit „{name}“ wären es mehr als {limit} MB für diesen Menschen. Die Datei wurde nicht übernommen; löschen Sie zuerst, was nicht mehr gebraucht wird.",
    "patient_file.gone": "Diese Datei wurde inzwischen gelöscht.",
    "patient_file.reason_missing": "Nennen Sie den Grund des Löschens.",
    "incoming_email.no_patient": "Diese E-Mail gehört zu keinem Patienten. Ordnen Sie sie zuerst zu.",
    "letter.none": "Zu dieser Anfrage gibt es keinen Brief.",
    "incoming_email.nothing_decided": "Es ist keine Antwort ausgewählt. Wählen Sie bei mindestens einem Menschen, was die Praxis sagt.",
    "incoming_email.other_inquiry": "Dieser Mensch gehört nicht zur Anfrage der E-Mail. Es wurde nichts eingetragen.",
    "incoming_email.no_inquiry": "Diese E-Mail gehört zu keiner Anfrage. Ordnen Sie sie zuerst zu.",
    "incoming_email.no_practice": "Diese E-Mail gehört zu keiner Praxis. Ordnen Sie sie zuerst zu.",
    "incoming_email.settled": "Diese E-Mail hat schon jemand erledigt. Ihre Auswahl wurde nicht eingetragen.",
    "inquiry.no_mail": "Diese Anfrage ging nicht per E-Mail hinaus. Es wurde nichts geändert.",
    "phone_call.not_a_result": "Das ist kein Ergebnis eines Anrufs. Es wurde nichts geändert.",
    "phone_call.callback_past": "Der Rückruf kann nicht in der Vergangenheit liegen. Der Anruf ist noch offen.",
    "contact.body_missing": "Schreiben Sie auf, worum es ging.",
    "contact.in_future": "Ein Kontakt kann nicht in der Zukunft liegen.",
    "phone_call.transition": "Das geht beim Stand „{before}“ des Anrufs nicht.",
    "db.uq_inquiry_item_live_acceptance": "Für diesen Menschen hat gerade jemand anders eine Zusage eingetragen. Laden Sie neu.",
    "db.uq_inquiry_open_contact_point": "Bei dieser Praxis hat gerade jemand anders eine Anfrage angelegt. Ihre Auswahl bleibt stehen.",
    "db.uq_patient_file_content_sha256": "Diese Datei hat gerade jemand anders hinzugefügt. Es wurde keine zweite angelegt.",
    "db.uq_place_search_open": "Für diesen Menschen hat gerade jemand anders eine Suche begonnen.",
}
_FALLBACKS = {
    "invalid": "Das lässt sich so nicht speichern ({code}). Es wurde nichts geändert.",
    "not_found": "Das gibt es nicht mehr ({code}).",
    "conflict": "Jemand anders war schneller ({code}). Ihre Eingaben stehen noch hier.",
    "forbidden": "Dazu fehlt Ihnen die Berechtigung. Es wurde nichts geändert.",
    "unavailable": "Ein Dienst antwortet gerade nicht ({code}). Versuchen Sie es gleich noch einmal.",
}
_STATE_KINDS = {
    "place_search.transition": "search_status",
    "patient.transition": "patient_state",
    "inquiry.transition": "inquiry_state",
    "inquiry_item.transition": "item_status",
    "email.transition": "email_status",
    "phone_call.transition": "call_status",
}


def describe(error: BaseException) -> str:
    """One or two German sentences for an expected error; a general one for anything else."""
    if not isinstance(error, PlatzlotseError):
        return tr("Etwas Unerwartetes ist passiert. Ihre gespeicherten Daten sind unverändert.")
    sentence = tr(_SENTENCES.get(error.code) or _FALLBACKS.get(error.kind, "{code}"))
    return sentence.format_map(_Words(error))


def describe_code(code: str, **params: str) -> str:
    """The sentence of a code that was kept, such as why a mailbox could not be read."""
    return describe(Unavailable(code, **params))


def describe_row(reason: str) -> str:
    """The reason why a row of a file was rejected."""
    return tr(_SENTENCES.get(reason, reason))


class _Words(dict[str, str]):
    """Parameters of an error in words; a missing one reads naturally instead of failing."""

    def __init__(self, error: PlatzlotseError) -> None:
        super().__init__()
        self._error = error

    def __missing__(self, name: str) -> str:
        if name == "code":
            return self._error.code
        value = self._error.params.get(name)
        writers: dict[str, Callable[[Any], str]] = {
            "by": lambda v: str(v) if v else tr("Jemand anders"),
            "at": _moment,
            "rules": lambda v: ", ".join(rule_reason(code) for code in v or ()),
            "missing": lambda v: ", ".join(label("checklist", code) for code in v or ()),
            "before": lambda v: label(_STATE_KINDS.get(self._error.code, "search_status"), str(v or "")),
            "columns": lambda v: ", ".join(v or ()),
            "near": lambda v: tr("; gemeint ist wohl „{near}“").format(near=v) if v else "",
            "codes": lambda v: ", ".join(v or ()),
            "roles": lambda v: ", ".join(v or ()),
        }
        write = writers.get(name, str)
        return write(value)


def _moment(value: Any) -> str:
    if not value:
        return tr("gerade eben")
    when = datetime.fromisoformat(str(value)).astimezone(BERLIN)
    return tr("am {day} um {time}").format(day=f"{when:%d.%m.%Y}", time=f"{when:%H:%M}")
