"""`main.py simulate`: ways of choosing whom to ask, compared in the same invented worlds. Needs no database."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from math import isfinite, isinf, isnan
from typing import Any

from app.cli import DONE, POLICIES, say, tell
from app.paths import Profile
from domain.simulation.reliability import Bin, reliability
from domain.simulation.report import Comparison, Estimate, Report, report
from domain.simulation.runs import run_seeds
from ui.labels import label
from ui.translation import ntr, tr


def run(options: argparse.Namespace, _profile: Profile | None) -> int:
    """Run the worlds, say how far it is on standard error, and report."""
    policies = tuple(dict.fromkeys(options.policy or POLICIES))
    outcomes = run_seeds(
        range(options.seeds),
        policies=policies,
        weeks=options.weeks,
        processes=min(os.cpu_count() or 1, options.seeds),
        progress=_progress,
    )
    found = report(outcomes)
    bins = reliability([one for outcome in outcomes if outcome.policy == "planned" for one in outcome.forecasts])
    if options.json:
        say({"weeks": options.weeks, **_plain(asdict(found)), "reliability": [asdict(one) for one in bins]})
    else:
        print_report(found, weeks=options.weeks)
        print_reliability(bins)
    return DONE


def _progress(done: int, total: int) -> None:
    words = tr("{done} von {total}").format(done=done, total=ntr(total, "{n} Welt", "{n} Welten"))
    live = sys.stderr.isatty()
    sys.stderr.write(f"\r{words}" if live and done < total else f"\r{words}\n" if live else f"{words}\n")
    sys.stderr.flush()


def _plain(value: Any) -> Any:
    """JSON has no infinity: what the runs were too short to tell is null."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return None if isinstance(value, float) and not isfinite(value) else value


def print_report(found: Report, *, weeks: int) -> None:
    """The German table."""
    worlds = ntr(found.seeds, "{n} Welt", "{n} Welten")
    weeks_long = ntr(weeks, "{n} Woche", "{n} Wochen")
    tell(
        tr("{worlds}, {weeks}; in Klammern, was 95 von 100 Ziehungen der Welten umfasst").format(
            worlds=worlds, weeks=weeks_long
        )
    )
    for region, figures in found.figures.items():
        tell()
        tell(label("density", region))
        compared = found.comparisons[region]
        _row("", [label("policy", name) for name in figures])
        for field, words, form in _rows():
            _row(words, [form(getattr(one, field)) for one in figures.values()])
        for name, comparison in compared.items():
            tell(
                "  "
                + tr("{policy} gegen {first}:").format(
                    policy=label("policy", name), first=label("policy", found.policies[0])
                )
            )
            for field, words, _ in _rows():
                if field in Comparison.__dataclass_fields__:
                    _row("  " + words, [_percent(getattr(comparison, field))])


def print_reliability(bins: Sequence[Bin]) -> None:
    """What the plan expected of its inquiries, and what came."""
    if not bins:
        return
    tell()
    tell(tr("Erwartete und eingetretene Zusagen des Wochenplans"))
    _row("", [tr("Anfragen"), tr("erwartet (%)"), tr("eingetreten (%)")])
    for one in bins:
        words = tr("ab {low} %").format(low=f"{one.low * 100:.0f}")
        _row(
            words,
            [
                str(one.number),
                f"{one.expected * 100:.1f}".replace(".", ","),
                f"{one.happened * 100:.1f}".replace(".", ","),
            ],
        )


def _rows() -> tuple[tuple[str, str, Callable[[Estimate], str]], ...]:
    """Field of the figures, its words, its form."""
    return (
        ("median_days", tr("Tage bis zum Platz, Median"), _whole),
        ("days_95", tr("Tage bis zum Platz, 95 von 100"), _whole),
        ("waited_95", tr("bisher gewartet, 95 von 100 (Tage)"), _whole),
        ("longest_wait", tr("längstes Warten (Tage)"), _whole),
        ("placed_in_half_year", tr("Platz im halben Jahr (%)"), _share),
        ("contacts_per_placement", tr("Kontakte je Vermittlung"), _tenth),
        ("contacts", tr("Kontakte je Welt"), _whole),
        ("placements", tr("Vermittlungen je Welt"), _whole),
        ("left", tr("haben aufgegeben, je Welt"), _whole),
    )


def _row(words: str, cells: list[str]) -> None:
    tell("  " + f"{words:<38}" + "".join(f"{cell:>26}" for cell in cells))


def _whole(one: Estimate) -> str:
    return _with_interval(one, lambda number: f"{number:.0f}")


def _tenth(one: Estimate) -> str:
    return _with_interval(one, lambda number: f"{number:.1f}".replace(".", ","))


def _share(one: Estimate) -> str:
    return _with_interval(one, lambda number: f"{number * 100:.0f}")


def _percent(one: Estimate) -> str:
    return _with_interval(one, lambda number: f"{round(number * 100):+d} %".replace("-", "−").replace("+0 ", "±0 "))


def _with_interval(one: Estimate, form: Callable[[float], str]) -> str:
    def word(number: float) -> str:
        if isnan(number):
            return tr("unbekannt")
        return tr("nicht erreicht") if isinf(number) else form(number)

    if isnan(one.low) or not (isfinite(one.value) or isfinite(one.low)):
        return word(one.value)
    return tr("{value} ({low} bis {high})").format(value=word(one.value), low=word(one.low), high=word(one.high))
