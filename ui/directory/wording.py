"""What the window of the directory's search says."""

from domain.acquisition.kept_answers import Came, KeptAnswers, Told
from ui.translation import ntr, tr

REFUSED = 400  # from this status on an answer is none


def of_answer(told: Told) -> str:
    """What one search brought."""
    if told.came is Came.CHANGED_SHAPE:
        return tr(
            "Die Seite hat in einer Form geantwortet, die Platzlotse nicht kennt; übernommen wird davon nichts. "
            "Speichern Sie die Antwort und melden Sie sie, oder speichern Sie die Seite in Ihrem Browser und lesen Sie die Datei ein."
        )
    if told.came is Came.TOO_MUCH:
        return tr("Diese Antwort ist zu groß und wurde nicht behalten. Verkleinern Sie den Umkreis.")
    if told.came is Came.EMPTY:
        return tr("Diese Suche brachte keine Praxen.")
    words = ntr(told.entries, "Diese Suche brachte {n} Praxis", "Diese Suche brachte {n} Praxen")
    if told.new < told.entries:
        words += tr(", davon {n} neu").format(n=told.new)
    if told.is_cut:
        return tr("{words}. Liste ist gekürzt: {n} von mehr; Umkreis verkleinern.").format(words=words, n=told.entries)
    return f"{words}."


def of_refusal(status: int) -> str:
    """Why a search brought nothing."""
    if status in {401, 403}:
        return tr(
            "Die Arztsuche hat diese Suche abgelehnt ({status}). Laden Sie die Seite neu und suchen Sie noch einmal; "
            "was schon behalten ist, bleibt."
        ).format(status=status)
    if status == 429:
        return tr("Die Arztsuche bittet um eine Pause (429). Suchen Sie in einigen Minuten weiter.")
    return tr("Die Arztsuche antwortet gerade nicht richtig ({status}). Versuchen Sie es später noch einmal.").format(
        status=status
    )


def of_guard(host: str) -> str:
    """What the page was kept from."""
    if not host:
        return tr("Herunterladen, Drucken und Freigaben für die Seite gibt es hier nicht.")
    return tr("Der Link führt zu „{host}“ und wird hier nicht geöffnet.").format(host=host)


def of_kept(kept: KeptAnswers) -> str:
    """What is kept so far, all searches together."""
    if not len(kept):
        return tr("Noch nichts behalten. Suchen Sie auf der Seite; ihre Antworten sammeln sich hier.")
    words = ntr(len(kept), "{n} Praxis behalten", "{n} Praxen behalten")
    if kept.cut_searches:
        words += " · " + ntr(kept.cut_searches, "{n} gekürzte Liste", "{n} gekürzte Listen")
    return words


def of_button(count: int) -> str:
    """97 Praxen übernehmen."""
    return ntr(count, "{n} Praxis &übernehmen", "{n} Praxen &übernehmen") if count else tr("Praxen &übernehmen")
