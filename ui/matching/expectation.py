"""The expected answer in words: the number, how sure it is, and what it rests on."""

from datetime import date

from domain.matching.expected import ExpectedAnswer
from ui import formats
from ui.labels import label
from ui.translation import ntr, tr

NOTABLE = 0.1  # log-odds; below it a channel or weekday changes nothing worth a word


def short(expected: ExpectedAnswer | None) -> str:
    """23 %, or a dash."""
    return "–" if expected is None else formats.share(expected.chance.mean)


def headline(expected: ExpectedAnswer) -> str:
    """Erwartete Zusage 23 % (zwischen 11 % und 37 %)."""
    return tr("Erwartete Zusage {mean} (zwischen {low} und {high})").format(
        mean=formats.share(expected.chance.mean), low=formats.share(expected.low), high=formats.share(expected.high)
    )


def reasons(expected: ExpectedAnswer, *, today: date) -> list[str]:
    """What the number rests on, strongest first."""
    found: list[tuple[float, str]] = []
    if expected.asked:
        share = ntr(expected.asked, "{n} Anfrage bisher", "{n} Anfragen bisher")
        share += tr(": {m} beantwortet, {k} mit Zusage oder Erstgespräch").format(
            m=expected.replied, k=expected.brought
        )
        found.append((10.0, share))
    else:
        found.append((10.0, tr("Noch nie angefragt: Erfahrungswert des Büros")))
    if expected.people > 1:
        found.append((0.5, tr("{n} Personen hinter diesem Postfach").format(n=expected.people)))
    if expected.promised is not None:
        day = formats.day(expected.promised)
        words = (
            tr("Plätze ab {day} versprochen") if expected.promised > today else tr("Plätze waren ab {day} versprochen")
        )
        found.append((abs(expected.capacity_shift), words.format(day=day)))
    elif expected.capacity != "unknown":
        said = label("capacity", expected.capacity)
        since = f" ({formats.stand(expected.capacity_as_of, today)})"
        found.append((abs(expected.capacity_shift), said + since))
    if abs(expected.channel_lift) > NOTABLE:
        better = tr("{channel}: kommt hier öfter an als andere Wege")
        worse = tr("{channel}: kommt hier seltener an als andere Wege")
        words = better if expected.channel_lift > 0 else worse
        found.append((abs(expected.channel_lift), words.format(channel=label("channel", expected.channel))))
    if abs(expected.weekday_lift) > NOTABLE:
        words = (
            tr("Anfragen an diesem Wochentag bringen mehr")
            if expected.weekday_lift > 0
            else tr("Anfragen an diesem Wochentag bringen weniger")
        )
        found.append((abs(expected.weekday_lift), words))
    return [words for _, words in sorted(found, key=lambda pair: -pair[0])]
