"""Says what pip-audit found, a line each. usage: audit_report.py REPORT; exit code 1 where something is known.

Where nobody answers, pip-audit itself calls that "No known vulnerabilities found"; here it is 3, and nothing checked.
"""

import json
import sys
from pathlib import Path

UNSEEN = 3
NAMED = 5


def main(report: Path) -> int:
    """Parts that were left out are named: of them nothing is known, neither good nor bad."""
    try:
        parts = json.loads(report.read_text("utf-8"))["dependencies"]
    except (OSError, ValueError, KeyError, TypeError):
        print("NICHT GEPRÜFT: die Antwort von pip-audit ist nicht zu lesen.", file=sys.stderr)
        return UNSEEN
    left_out = [part for part in parts if "skip_reason" in part]
    known = [(part, flaw) for part in parts for flaw in part.get("vulns", [])]
    for part, flaw in known:
        mended = ", ".join(flaw.get("fix_versions", [])) or "noch in keiner"
        print(f"{part['name']} {part['version']}: {flaw['id']}; behoben in {mended}")
    if left_out or not parts:
        names = ", ".join(part["name"] for part in left_out[:NAMED]) + (" …" if len(left_out) > NAMED else "")
        words = f"NICHT GEPRÜFT: {len(left_out)} von {len(parts)} Teilen; zu ihnen kam keine Auskunft ({names})."
        print(words, file=sys.stderr)
    print(f"{len(parts) - len(left_out)} Teile geprüft, {len(known)} bekannte Lücken.")
    if known:
        return 1
    return UNSEEN if left_out or not parts else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
