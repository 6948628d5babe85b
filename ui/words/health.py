"""The doctor's words: what each check is called, what it found, and what to do."""

from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "database": "Datenbank",
    "version": "PostgreSQL",
    "schema": "Stand der Datenbank",
    "tls": "Verschlüsselung der Verbindung",
    "clock": "Uhrzeit",
    "jit": "Übersetzung von Abfragen",
    "sealing": "Trennung der Teams",
    "roles": "Anmeldungen",
    "grants": "Rechte",
    "guards": "Aufbau und Schutz der Zeilen",
    "surroundings": "Rechte um die Datenbank",
    "worker": "Hintergrunddienst",
    "relay": "Weitergabe an Kafka",
    "queue": "Warteschlange der E-Mails",
    "mail": "Ungeklärte E-Mails",
    "accounts": "Postkonten",
    "services": "Karten und Wege",
    "contact_chain": "Kette der Kontakte",
    "audit_chain": "Kette des Protokolls",
    "backup": "Sicherung",
    "disk": "Platz auf der Platte",
    "encryption": "Verschlüsselung der Platte",
    "folder": "Ordner dieses Platzes",
    "keyring": "Schlüsselbund",
    "drafts": "Entwürfe auf diesem Rechner",
    "certificate": "Zertifikat des Servers",
    "smtp": "Mailserver dieses Platzes",
}

# sentence, and what to do; empty where there is nothing to do
SENTENCES: Mapping[str, tuple[str, str]] = {
    "machine.unseen": ("Dieser Rechner ließ sich nicht ansehen: {why}", "Einstellungen und Rechte des Ordners prüfen."),
    "not_for_this_role": (
        "Ihre Rolle darf das nicht sehen; es wurde nicht geprüft.",
        "Jemand mit der Rolle Leitung kann es prüfen.",
    ),
    "unreachable": ("{why}", "Die Prüfungen der Datenbank fehlen deshalb."),
    "version": ("Version {version}", ""),
    "version.old": (
        "Version {version} ist zu alt.",
        "PostgreSQL {wanted} oder neuer einrichten; docs/server.md beschreibt den Umzug.",
    ),
    "schema": ("Stand {head}, wie dieses Programm ihn braucht", ""),
    "schema.older": (
        "Stand {found}; dieses Programm braucht {wanted}.",
        "Sichern, dann als Eigentümer „main.py migrate“ ausführen.",
    ),
    "schema.newer": ("Stand {found} ist neuer als dieses Programm ({wanted}).", "Dieses Programm aktualisieren."),
    "tls": ("verschlüsselt bis „{host}“", ""),
    "tls.here": ("Die Datenbank läuft auf diesem Rechner; nichts verlässt ihn.", ""),
    "tls.off": (
        "Die Verbindung zu „{host}“ ist nicht verschlüsselt.",
        "Auf dem Server ssl = on setzen und nur hostssl zulassen (docs/server.md, TLS).",
    ),
    "clock": ("stimmt mit der des Servers überein", ""),
    "clock.differs": (
        "weicht um {seconds} Sekunden von der des Servers ab.",
        "Auf beiden Rechnern die Zeit vom Netz stellen lassen (NTP).",
    ),
    "jit": ("ist aus, wie es sein soll", ""),
    "jit.on": (
        "ist an; Listen werden damit langsamer.",
        "Als Eigentümer: ALTER DATABASE platzlotse SET jit = off; dann neu anmelden.",
    ),
    "sealing": ("hält Teams auseinander", ""),
    "sealing.open": (
        "ist nicht gesichert: Wer Abfragen selbst schreibt, kann Daten anderer Teams erraten oder die Sicherung anhalten.",
        "Auf dem Server „main.py admin init“ noch einmal laufen lassen; es ändert sonst nichts.",
    ),
    "roles": ("Niemand arbeitet als Eigentümer oder Superuser.", ""),
    "roles.mighty": (
        "Diese Anmeldungen dürfen mehr, als Arbeit braucht: {who}.",
        "Ihnen diese Rechte entziehen (ALTER ROLE … NOSUPERUSER NOCREATEROLE …); der Eigentümer migriert nur.",
    ),
    "roles.ungiven": (
        "Diese Anmeldungen haben auf dem Server mehr Rollen als in Verwaltung → Datenschutz → Personen: {who}.",
        "Klären, wer sie gab; dort die Rollen der Person neu setzen, oder auf dem Server REVOKE … FROM ….",
    ),
    "grants": ("Die Rechte an allen {n} Tabellen sind die vorgesehenen.", ""),
    "grants.other": (
        "{n} Rechte sind andere als vorgesehen (in Klammern das vorgesehene): {what}.",
        "Als Eigentümer mit REVOKE oder GRANT zurücksetzen und klären, wer sie änderte.",
    ),
    "grants.stray": (
        "{n} Rechte gehören einzelnen Anmeldungen statt einer Rolle: {what}.",
        "Als Eigentümer mit REVOKE entziehen; Rechte gibt allein die Rolle.",
    ),
    "grants.unguarded": (
        "Diese Tabellen zeigen jede Zeile: {what}.",
        "Als Eigentümer: ALTER TABLE … ENABLE ROW LEVEL SECURITY.",
    ),
    "worker": ("läuft ({n} Verbindungen)", ""),
    "worker.gone": (
        "ist nicht mit der Datenbank verbunden: Nichts wird gesendet, Fristen ruhen.",
        "Am Einzelplatz das Programm neu öffnen; im Büro den Dienst auf dem Server starten (docs/server.md, Betrieb).",
    ),
    "worker.with_window": ("läuft, solange das Fenster offen ist", ""),
    "worker.trouble": (
        "{work} gelingt seit {since} nicht (Ursache: {why}).",
        "Er versucht es weiter; die Ursache beheben.",
    ),
    "relay": ("{n} Ereignisse warten auf das Weitergeben", ""),
    "queue": ("nichts ist überfällig", ""),
    "queue.late": (
        "{n} E-Mails sollten längst gesendet sein, die älteste seit {since}.",
        "Sehen, ob der Hintergrunddienst läuft, Sendezeiten und Obergrenzen (Verwaltung → Büro, Postkonten) genügen.",
    ),
    "mail": ("keine", ""),
    "mail.stuck": ("{n} E-Mails sind unklar oder nicht gesendet.", "Unter Post ansehen und entscheiden."),
    "accounts": ("{n} eingerichtet, keines gestört", ""),
    "accounts.none": (
        "Es gibt keines: E-Mails gehen nur hinaus, wenn der Hintergrunddienst einen eigenen Mailserver hat.",
        "Verwaltung → Büro → Postkonten: eines anlegen und prüfen lassen.",
    ),
    "accounts.reading": (
        "„{name}“ wird nicht gelesen: {why}",
        "Verwaltung → Büro → Postkonten: prüfen und berichtigen.",
    ),
    "accounts.sending": (
        "Über „{name}“ wird nicht gesendet: {why}",
        "Verwaltung → Büro → Postkonten: prüfen und berichtigen.",
    ),
    "services": ("Alle gewählten Dienste antworten, soweit sie gefragt wurden.", ""),
    "guards": (
        "{n} Regeln, Trigger, Funktionen, einzelne Rechte, Spalten, Bedingungen, Indizes und Sichten sind wie vorgesehen.",
        "",
    ),
    "guards.policy": (
        (
            "{n} Regeln für Zeilen sind nicht die vorgesehenen (+ zusätzlich, − fehlt, ≠ geändert): {what}. Vielleicht sieht"
            " jemand fremde Patienten."
        ),
        "Als Eigentümer zusätzliche mit DROP POLICY entfernen, andere aus einer Sicherung nachbauen; klären, wer es war.",
    ),
    "guards.trigger": (
        (
            "{n} Trigger sind nicht die vorgesehenen oder abgeschaltet (+ zusätzlich, − fehlt, ≠ geändert): {what}."
            " Vielleicht wird etwas nicht protokolliert."
        ),
        "Als Eigentümer: ALTER TABLE … ENABLE TRIGGER …; danach „main.py verify-log“ ausführen.",
    ),
    "guards.function": (
        (
            "{n} Funktionen sind geändert oder für andere ausführbar als vorgesehen"
            " (+ zusätzlich, − fehlt, ≠ geändert): {what}."
        ),
        "Als Eigentümer mit REVOKE EXECUTE ON FUNCTION … FROM PUBLIC zurücksetzen, fremde mit DROP FUNCTION entfernen.",
    ),
    "guards.column": (
        "{n} Rechte an einzelnen Spalten sind nicht die vorgesehenen (+ zusätzlich, − fehlt, ≠ geändert): {what}.",
        "Als Eigentümer mit REVOKE … (Spalte) ON … zurücksetzen und klären, wer sie änderte.",
    ),
    "guards.sequence": (
        "{n} Rechte an Nummernkreisen sind nicht die vorgesehenen (+ zusätzlich, − fehlt, ≠ geändert): {what}.",
        "Als Eigentümer mit REVOKE … ON SEQUENCE … zurücksetzen.",
    ),
    "guards.view": (
        (
            "{n} Sichten sind nicht die vorgesehenen (+ zusätzlich, − fehlt, ≠ geändert): {what}. Vielleicht zeigen sie"
            " fremde Zeilen."
        ),
        (
            "Als Eigentümer: ALTER VIEW … SET (security_invoker = true); fremde mit DROP VIEW entfernen; geänderte"
            " wie „pg_dump --schema-only“ einer leeren, mit „main.py migrate“ eingerichteten Datenbank."
        ),
    ),
    "guards.constraint": (
        (
            "{n} Bedingungen oder Verweise von Tabellen sind nicht die vorgesehenen (+ zusätzlich, − fehlt, ≠ geändert):"
            " {what}. Vielleicht steht Falsches in den Daten, oder Richtiges wird abgelehnt."
        ),
        (
            "Die richtigen zeigt „pg_dump --schema-only“ einer leeren, mit „main.py migrate“ eingerichteten Datenbank: Als"
            " Eigentümer danach mit ALTER TABLE … ADD oder DROP CONSTRAINT berichtigen; klären, wer es war."
        ),
    ),
    "guards.field": (
        "{n} Spalten sind nicht wie vorgesehen (Art, Pflicht, Vorgabe; + zusätzlich, − fehlt, ≠ geändert): {what}.",
        (
            "Die richtigen zeigt „pg_dump --schema-only“ einer leeren, mit „main.py migrate“ eingerichteten Datenbank: Als"
            " Eigentümer danach mit ALTER TABLE … ALTER COLUMN … berichtigen; klären, wer es war."
        ),
    ),
    "guards.unique": (
        (
            "{n} Indizes, die Doppeltes verhindern, sind nicht die vorgesehenen (+ zusätzlich, − fehlt, ≠ geändert):"
            " {what}. Vielleicht steht etwas doppelt da."
        ),
        (
            "Die richtigen zeigt „pg_dump --schema-only“ einer leeren, mit „main.py migrate“ eingerichteten Datenbank: Als"
            " Eigentümer danach mit CREATE UNIQUE INDEX … nachbauen, zusätzliche mit DROP INDEX entfernen."
        ),
    ),
    "guards.index": (
        "{n} Indizes sind nicht die vorgesehenen (+ zusätzlich, − fehlt, ≠ geändert): {what}. Das kostet höchstens Zeit.",
        "Als Eigentümer fehlende mit CREATE INDEX nachbauen; zusätzliche dürfen bleiben.",
    ),
    "guards.schema": (
        "{n} Rechte an Schemas sind nicht die vorgesehenen (+ zusätzlich, − fehlt, ≠ geändert): {what}.",
        "Als Eigentümer mit REVOKE … ON SCHEMA … zurücksetzen.",
    ),
    "surroundings": ("Nur der Eigentümer legt hier etwas an; ihm gehört alles.", ""),
    "surroundings.open": (
        "Andere dürfen in dieser Datenbank etwas anlegen oder sich mit ihr verbinden: {what}.",
        "Als Eigentümer: REVOKE ALL ON DATABASE … FROM PUBLIC; REVOKE CREATE ON SCHEMA public FROM PUBLIC.",
    ),
    "surroundings.silenced": (
        "Dies schaltet Prüfungen der Datenbank oder ihr Protokoll ab: {what}.",
        "Klären, wer das war; als Superuser mit ALTER ROLE … RESET, REVOKE SET ON PARAMETER oder DROP RULE entfernen.",
    ),
    "surroundings.beyond": (
        "Diese Anmeldungen dürfen über die Rollen des Büros hinaus auf den Server zugreifen: {what}.",
        "Als Superuser mit REVOKE entziehen; kein Platz braucht das.",
    ),
    "surroundings.owner": (
        "{n} Tabellen oder Funktionen gehören nicht dem Eigentümer der Datenbank: {what}.",
        "Als Superuser: ALTER … OWNER TO (Eigentümer der Datenbank); sonst läuft Eigenes mit fremden Rechten.",
    ),
    "services.none": ("Kein Dienst ist gewählt; Wege werden geschätzt.", ""),
    "services.silent": (
        "{host} antwortet nicht und wird bis {until} nicht gefragt.",
        "Verwaltung → Verzeichnis → Karten und Wege: den Dienst prüfen.",
    ),
    "chain": ("{n} Glieder, {waiting} Einträge warten auf ihres", ""),
    "chain.late": (
        "{waiting} Einträge warten seit {since} auf ihr Glied.",
        "Läuft der Hintergrunddienst? Danach „main.py verify-log“ ausführen.",
    ),
    "backup": ("zuletzt geprüft {at}", ""),
    "backup.none": (
        "Noch keine Sicherung wurde durch Zurücklesen geprüft.",
        "Sicherungen einschalten, eine von Hand beginnen und den Wiederherstellungsschlüssel drucken.",
    ),
    "backup.old": (
        "Die letzte geprüfte ist vom {at}; das Büro verlangt eine alle {days} Tage.",
        "Sehen, warum keine mehr gelang: läuft der Dienst, ist Platz, ist der Ordner erreichbar?",
    ),
    "backup.no_paper": (
        "Es gibt keinen Wiederherstellungsschlüssel auf Papier: Ist der Rechner verloren, öffnet niemand die Sicherungen.",
        "Die Leitung: Verwaltung → Betrieb → Sicherungen, Schlüssel erstellen, drucken und wegschließen.",
    ),
    "backup.one_place": (
        "Die Sicherungen liegen nur an einem Ort.",
        "Verwaltung → Betrieb → Sicherungen: einen zweiten Ort auf einem anderen Datenträger nennen.",
    ),
    "disk": ("{free} GB frei", ""),
    "disk.little": ("nur noch {free} GB frei.", "Bald Platz schaffen."),
    "disk.full": (
        "nur noch {free} GB frei: Entwürfe und Datenbank brauchen Platz zum Schreiben.",
        "Jetzt Platz schaffen.",
    ),
    "encryption": ("Die Platte unter dem Ordner dieses Platzes ist verschlüsselt.", ""),
    "encryption.off": (
        "Eine Verschlüsselung der Platte ist nicht zu erkennen: Wer den Rechner stiehlt, könnte sie lesen.",
        "BitLocker, FileVault oder LUKS einschalten. Verschlüsselt die Platte selbst, ist das von hier nicht zu sehen.",
    ),
    "encryption.unknown": (
        "Ob die Platte verschlüsselt ist, war nicht zu erkennen.",
        "Bitte selbst nachsehen: BitLocker (als Administrator), FileVault oder LUKS.",
    ),
    "folder": ("gehört nur Ihnen", ""),
    "folder.open": ("Auch andere können lesen: {what} in {path}.", "Den anderen die Rechte nehmen (chmod go= …)."),
    "keyring": ("hält die Kennwörter", ""),
    "keyring.asked": ("fehlt; hier wird keiner gebraucht", ""),
    "keyring.none": (
        "fehlt: Das Kennwort wird bei jedem Start gefragt.",
        "Den Schlüsselbund des Systems einrichten (GNOME-Schlüsselbund, KWallet).",
    ),
    "drafts": ("verschlüsselt", ""),
    "drafts.none": ("keine", ""),
    "drafts.plain": (
        "sind nicht verschlüsselt.",
        "Das Programm schließen und den Ordner dieses Platzes aus einer Sicherung zurückholen.",
    ),
    "drafts.unreadable": ("lassen sich nicht lesen: {why}.", "Rechte und Platte prüfen."),
    "certificate": ("„{host}“: gilt bis {until}", ""),
    "certificate.soon": (
        "gilt nur noch bis {until}; danach meldet sich niemand mehr an.",
        "Ein neues ausstellen (deploy/certificate.sh server) und den Server neu laden.",
    ),
    "certificate.refused": (
        "wird nicht anerkannt: {why}.",
        "Läuft es ab, ein neues ausstellen; sonst die richtige CA-Datei wählen.",
    ),
    "certificate.none": ("„{host}“ bietet keine Verschlüsselung an.", "Auf dem Server ssl = on setzen."),
    "certificate.unseen": ("„{host}“ antwortet nicht; es war nicht zu sehen.", "Netz und Server prüfen."),
    "smtp": ("{host}", ""),
    "smtp.trial": ("Beim Ausprobieren werden E-Mails aufgefangen, nichts wird gesendet.", ""),
}
# where there is exactly one
_OTHERWISE = "nicht wie vorgesehen (+ zusätzlich, − fehlt, ≠ geändert): {what}."
OF_ONE: Mapping[str, str] = {
    "grants.other": "Ein Recht ist anders als vorgesehen (in Klammern das vorgesehene): {what}.",
    "grants.stray": "Ein Recht gehört einer einzelnen Anmeldung statt einer Rolle: {what}.",
    "worker": "läuft (eine Verbindung)",
    "relay": "Ein Ereignis wartet auf das Weitergeben",
    "queue.late": "Eine E-Mail sollte seit {since} gesendet sein.",
    "mail.stuck": "Eine E-Mail ist unklar oder nicht gesendet.",
    "accounts": "eines eingerichtet, nicht gestört",
    "guards.policy": f"Eine Regel für Zeilen ist {_OTHERWISE} Vielleicht sieht jemand fremde Patienten.",
    "guards.trigger": f"Ein Trigger ist abgeschaltet oder {_OTHERWISE} Vielleicht wird etwas nicht protokolliert.",
    "guards.function": f"Eine Funktion ist für andere ausführbar oder {_OTHERWISE}",
    "guards.column": f"Ein Recht an einer einzelnen Spalte ist {_OTHERWISE}",
    "guards.sequence": f"Ein Recht an einem Nummernkreis ist {_OTHERWISE}",
    "guards.view": f"Eine Sicht ist {_OTHERWISE} Vielleicht zeigt sie fremde Zeilen.",
    "guards.constraint": (
        f"Eine Bedingung oder ein Verweis einer Tabelle ist {_OTHERWISE} Vielleicht steht Falsches in den Daten, oder"
        " Richtiges wird abgelehnt."
    ),
    "guards.field": f"Eine Spalte (Art, Pflicht, Vorgabe) ist {_OTHERWISE}",
    "guards.unique": f"Ein Index, der Doppeltes verhindert, ist {_OTHERWISE} Vielleicht steht etwas doppelt da.",
    "guards.index": f"Ein Index ist {_OTHERWISE} Das kostet höchstens Zeit.",
    "guards.schema": f"Ein Recht an einem Schema ist {_OTHERWISE}",
    "surroundings.owner": "Eine Tabelle oder Funktion gehört nicht dem Eigentümer der Datenbank: {what}.",
}
