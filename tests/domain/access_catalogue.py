"""Who may do what, read from the database's catalogue and written as the tables of `docs/access.md`.

`scripts/write_access_matrix.py` writes that page anew; the test of the matrix compares.
"""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import Connection

from domain.access import ROLES
from domain.health.catalogue import TABLES, cells

PAGE = Path(__file__).parents[2] / "docs" / "access.md"
HEAD = """# Wer darf was

Gelesen aus dem Katalog der Datenbank; `tests/domain/test_access_matrix.py` vergleicht jede Zelle und versucht sie über
eine eigene Verbindung. Was hier nicht steht, darf niemand. Neu geschrieben wird die Seite mit
`scripts/write_access_matrix.py`: Wer sie ändert, liest nach, was sich geändert hat.

Zeichen: r lesen, a anlegen, w ändern, d löschen; (w) nur einzelne Spalten, die darunter stehen; - nichts. Welche
Zeilen, sagen die Regeln am Ende: Eine Vermittlerin sieht die Patienten ihres Teams, der Teams, für die sie gerade
jemanden vertritt, und solche ohne Team.

Wer Abfragen selbst schreibt, sieht an EXPLAIN, wie viele Zeilen eine Bedingung verwarf. Damit sich so nichts
Fremdes erraten lässt, prüft ein eingerichteter Server (`main.py admin init`) Text, Tage und Beträge erst, wenn die
Regeln die Zeile freigegeben haben; die Systemprüfung sagt, wo das fehlt, etwa nach einer Wiederherstellung ohne
Superuser. Erraten lassen sich so weiterhin, wo eine Nummer schon bekannt ist, Ja-Nein-Felder, ganze Zahlen,
Zeitpunkte und ob ein Feld leer ist. Offen für alle sind Stand, Kennung und Gründe einer Anfrage (Ende, Ausnahme von
der Ruhezeit): Namen gehören nicht hinein. Bevor eine E-Mail das Büro verlässt, sieht der Hintergrunddienst bei
allen Patienten nach, ob sie jemanden nennt, nach dem nie gefragt wurde; hält er sie an, weiß ihr Verfasser, dass
der Name einer ist.

Eine ganze Tabelle sperren kann nur, wer darin löschen darf (d); ändern lassen sich nur benannte Spalten, und das sperrt
einzelne Zeilen.
"""
RULES = """## Regeln je Zeile

Ein + zeigt, welche Zeilen es überhaupt sind; die übrigen Regeln müssen dazu erfüllt sein. Wer mehrere Rollen
hat, sieht, was eine davon sieht.
"""
COLUMNS = """
SELECT name, string_agg(role, ', ' ORDER BY role) AS roles, verb, columns FROM (
SELECT n.nspname || '.' || c.relname AS name, role, verb,
       -- where most of them are meant, the others are named
       CASE WHEN count(*) FILTER (WHERE NOT given) <= 5 AND count(*) FILTER (WHERE given) > 5
            THEN 'alle' || coalesce(
                ' außer ' || string_agg(a.attname, ', ' ORDER BY a.attname) FILTER (WHERE NOT given), '')
            ELSE string_agg(a.attname, ', ' ORDER BY a.attname) FILTER (WHERE given) END AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN unnest(cast(:roles AS text[])) AS role
CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS verb
CROSS JOIN LATERAL (SELECT has_column_privilege('platzlotse_' || role, c.oid, a.attnum, verb) AS given) AS g
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname !~ '^(pg_|information_schema$)'
  AND NOT has_table_privilege('platzlotse_' || role, c.oid, verb)
GROUP BY 1, 2, 3 HAVING bool_or(given)) AS one GROUP BY name, verb, columns ORDER BY name, verb, 2
"""
SEQUENCES = """
SELECT n.nspname || '.' || c.relname AS name, role,
       CASE WHEN has_sequence_privilege('platzlotse_' || role, c.oid, 'USAGE') THEN 'u' ELSE '' END
       || CASE WHEN has_sequence_privilege('platzlotse_' || role, c.oid, 'SELECT') THEN 'r' ELSE '' END
       || CASE WHEN has_sequence_privilege('platzlotse_' || role, c.oid, 'UPDATE') THEN 'w' ELSE '' END AS may
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN unnest(cast(:roles AS text[])) AS role
WHERE c.relkind = 'S' AND n.nspname !~ '^(pg_|information_schema$)' ORDER BY 1, 2
"""
# functions of extensions come with PostgreSQL and are not ours
FUNCTIONS = """
SELECT n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
       || CASE WHEN p.prosecdef THEN ' **' ELSE '' END AS name, role,
       CASE WHEN has_function_privilege(CASE role WHEN 'public' THEN 'public' ELSE 'platzlotse_' || role END,
                                        p.oid, 'EXECUTE') THEN 'x' ELSE '' END AS may
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace CROSS JOIN unnest(cast(:roles AS text[])) AS role
WHERE n.nspname !~ '^(pg_|information_schema$)' AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1, 2
"""
POLICIES = """
SELECT polrelid::regclass::text AS name, polname, polpermissive,
       CASE polcmd WHEN '*' THEN 'alles' WHEN 'r' THEN 'lesen' WHEN 'a' THEN 'anlegen' WHEN 'w' THEN 'ändern'
                   ELSE 'löschen' END AS verb,
       (SELECT string_agg(replace(rolname, 'platzlotse_', ''), ', ' ORDER BY rolname) FROM pg_roles
        WHERE oid = ANY (polroles)) AS roles
FROM pg_policy WHERE pg_get_expr(polqual, polrelid) IS DISTINCT FROM 'true'
                  OR coalesce(pg_get_expr(polwithcheck, polrelid), 'true') <> 'true'
ORDER BY 1, 2
"""


def page(connection: Connection) -> str:
    """The whole page, as the database is."""
    parts = [HEAD, "## Tabellen und Sichten\n", _table(cells(connection, TABLES, ROLES), ROLES)]
    parts.append("### Nur einzelne Spalten\n")
    words = {"SELECT": "lesen", "INSERT": "anlegen", "UPDATE": "ändern", "REFERENCES": "verweisen"}
    parts += [
        f"* `{row.name}`, {row.roles}, {words[row.verb]}: {row.columns}"
        for row in connection.execute(text(COLUMNS), {"roles": list(ROLES)})
    ]
    parts.append(
        "\n## Funktionen\n\nWer sie ausführen darf; ** mit den Rechten des Eigentümers; „public“ heißt: alle.\n"
    )
    parts += _lines(cells(connection, FUNCTIONS, (*ROLES, "public")))
    parts.append("\n## Nummernkreise\n\nu weiterzählen, r lesen, w setzen. Nur der Hintergrunddienst braucht welche.\n")
    parts.append(_table(_some(cells(connection, SEQUENCES, ROLES)), ROLES))
    parts.append(RULES)
    parts += [
        f"* `{row.name}`: {row.polname}{' +' if row.polpermissive else ''} ({row.verb}; {row.roles})"
        for row in connection.execute(text(POLICIES))
    ]
    return "\n".join(parts).rstrip() + "\n"


def _some(found: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Only what anybody may; what is not listed nobody may."""
    return {name: may for name, may in found.items() if any(may.values())}


def _lines(found: dict[str, dict[str, str]]) -> list[str]:
    """One line a function."""
    return [
        f"* `{name}`: " + ("public" if may["public"] else ", ".join(role for role in ROLES if may[role]))
        for name, may in sorted(_some(found).items())
    ]


def _table(found: dict[str, dict[str, str]], roles: tuple[str, ...]) -> str:
    wide = max(len(name) for name in found) + 2
    lines = [
        "| " + " " * wide + " | " + " | ".join(f"{role:10}" for role in roles) + " |",
        "|" + "-" * (wide + 2) + "|" + "|".join("-" * 12 for _ in roles) + "|",
    ]
    lines += [
        f"| {'`' + name + '`':{wide}} | " + " | ".join(f"{may[role] or '-':10}" for role in roles) + " |"
        for name, may in sorted(found.items())
    ]
    return "\n".join(lines) + "\n"
