"""What the doctor found, in German: for Verwaltung and for ``doctor``. Free of Qt."""

from dataclasses import dataclass
from datetime import datetime

from domain.health.models import Finding, State
from ui import formats
from ui.admin.worker_words import hindered
from ui.errors import describe_code
from ui.translation import tr
from ui.words.health import OF_ONE, SENTENCES, TITLES

STATES = {State.OK: "in Ordnung", State.WARN: "bitte ansehen", State.FAIL: "zu beheben"}


@dataclass(frozen=True, slots=True)
class Said:
    """A finding as people read it: what was looked at, how it stands, the sentence, and what to do (or nothing)."""

    state: State
    title: str
    verdict: str
    sentence: str
    advice: str


def said(finding: Finding) -> Said:
    """A finding in words."""
    sentence, advice = SENTENCES[finding.code]
    if finding.params.get("n") == 1:
        sentence = OF_ONE.get(finding.code, sentence)
    params = {key: _shown(key, value) for key, value in finding.params.items()}
    if "round" in finding.params:
        params["work"], params["why"] = hindered(str(finding.params["round"]), str(finding.params["why"]))
    elif finding.check == "accounts" and finding.params.get("why"):
        params["why"] = describe_code(str(finding.params["why"]))
    return Said(
        finding.state,
        tr(TITLES[finding.check]),
        tr(STATES[finding.state]),
        tr(sentence).format(**params),
        tr(advice).format(**params),
    )


def summary(findings: tuple[Finding, ...]) -> str:
    """How many of each, the worst first."""
    count = {state: sum(finding.state is state for finding in findings) for state in State}
    parts = [
        tr("{n} zu beheben").format(n=count[State.FAIL]) if count[State.FAIL] else "",
        tr("{n} bitte ansehen").format(n=count[State.WARN]) if count[State.WARN] else "",
        tr("{n} in Ordnung").format(n=count[State.OK]),
    ]
    return " · ".join(filter(None, parts))


def _shown(key: str, value: object) -> str:
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, float):
        return f"{value:.1f}".replace(".", ",")
    return formats.thousands(value) if isinstance(value, int) and key == "n" else str(value)
