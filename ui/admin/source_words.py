"""How the reading of a source stands, in German: under way, unchanged, waiting for a review, or why it ended."""

from domain.acquisition.source_sample import SHOWN
from domain.acquisition.sources import RunState, SourceState
from ui import formats
from ui.errors import describe_code, describe_row
from ui.labels import label
from ui.therapist_values import value_words
from ui.translation import ntr, tr


def run_words(run: RunState | None) -> str:
    """One reading as one or two sentences."""
    if run is None:
        return tr("Noch nie gelesen.")
    when = formats.moment(run.done_at or run.asked_at)
    done = _pages(run)
    if run.open:
        joining = run.state == "reading" and not run.trial and run.pages_done >= run.pages
        reading = tr("Alle Seiten sind da und werden ausgewertet ({done}).") if joining else tr("Wird gelesen: {done}.")
        said = tr("Wird angehalten …") if run.stop_asked else reading.format(done=done)
        return f"{said} {describe_code(run.cause, **run.params)}" if run.cause else said
    found = ntr(run.entries, "{n} Eintrag", "{n} Einträge")
    if run.state == "failed":
        return f"{tr('Abgebrochen')} {when} ({done}). {describe_code(run.cause, **run.params)}"
    endings = {
        "stopped": tr("Angehalten {when} ({done}). „Jetzt lesen“ macht innerhalb eines Tages dort weiter."),
        "tried": tr("Probe {when}: {found} auf der ersten Seite. Es wurde nichts übernommen."),
        "unchanged": tr("Gelesen {when}: {found}, nichts Neues."),
        "review": tr("Gelesen {when}: {found}. Die Änderungen warten auf Ihre Durchsicht."),
        "applied": tr("Gelesen {when}: {found}, übernommen."),
        "discarded": tr("Gelesen {when}: {found}, verworfen."),
        "superseded": tr("Gelesen {when}: {found}, durch Neueres ersetzt."),
    }
    said = endings[run.state].format(when=when, found=found, done=done)
    return f"{said}\n{_first_entry(run)}" if run.state == "tried" and run.params else said


def _pages(run: RunState) -> str:
    return tr("{a} von {pages}").format(a=run.pages_done, pages=ntr(run.pages, "1 Seite", "{n} Seiten"))


def _first_entry(run: RunState) -> str:
    """The fields of the entry a trial read first, to compare with the page."""
    if "error" in run.params:
        return tr("Der erste Eintrag ist nicht zu lesen: {reason}").format(
            reason=describe_row(str(run.params["error"]))
        )
    parts = []
    for name, value in ((name, run.params[name]) for name in SHOWN if name in run.params):
        words = value_words(name, str(value).split() if name == "offers" else value)
        parts.append(f"{label('therapist_field', name)}: {words}")
    return tr("Erster Eintrag, wie er gelesen wurde:") + " " + "; ".join(parts)


def source_line(source: SourceState) -> str:
    """A source in the list: its name, and below it what matters most."""
    if source.review is not None:
        below = tr("Änderungen warten")
    elif source.last is not None and source.last.open:
        below = tr("wird gelesen: {done}").format(done=_pages(source.last))
    elif source.last is not None and source.last.state == "failed":
        below = tr("abgebrochen")
    elif not source.form.permitted:
        below = tr("Erlaubnis fehlt")
    elif not source.form.enabled:
        below = tr("aus")
    elif source.form.every_days:
        below = ntr(source.form.every_days, "jeden Tag", "alle {n} Tage")
    else:
        below = tr("auf Wunsch")
    return f"{source.form.name}\n{below}"
