"""What German practices write, as patterns over folded clauses: each with its meaning and how sure it is.

A rule is tried on one clause. `unless` names what turns its sense round (a negation, a condition, a wish). The numbers
are shares: of clauses that match, as many meant it in the collected answers the rules were written by.
"""

import re
from dataclasses import dataclass, field

from domain.communication.reading.meanings import Meaning

M = Meaning
_PLACE = (
    r"(?:\w*plaetze?n?|\w*platz\w*|\w*kapazitaet\w*|\w*termine?n?|\w*vakanz\w*|\w*aufnahme\w*|\w*patient\w*|slots?)"
)
_NO = r"(?:kein\w*|nicht|null|0|niemand\w*|nichts|nix|weder|leider ohne)"
_NEGATED = re.compile(rf"\b{_NO}\b")
_IF = re.compile(
    r"\b(?:wenn|falls|sobald|sollte\w*|vielleicht|eventuell|evtl|unter umstaenden|moeglicherweise|ggf|gegebenenfalls|ob|"
    r"voraussichtlich nicht|koennte sein|erst pruefen|muesste\w*|mal schauen|noch nicht sicher|unverbindlich)\b"
)
_NEVER = re.compile(r"(?!)")
_FORMER = re.compile(
    r"\b(?:bereits|schon|inzwischen|mittlerweile|zwischenzeitlich) (?:wieder )?(?:vergeben|besetzt|belegt)|\bbis vor kurzem\b|\bgerade vergeben\b"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, what it means, how sure; patterns that must not be in the clause beside it."""

    meaning: Meaning
    pattern: re.Pattern[str]
    confidence: float
    unless: tuple[re.Pattern[str], ...] = field(default=())


def _rule(meaning: Meaning, confidence: float, pattern: str, *unless: re.Pattern[str] | str) -> Rule:
    return Rule(
        meaning,
        re.compile(pattern),
        confidence,
        tuple(re.compile(u) if isinstance(u, str) else u for u in unless),
    )


RULES: tuple[Rule, ...] = (
    # no more letters, please
    _rule(M.OPT_OUT, 0.97, r"\b(?:keine|nicht|niemals)\b.{0,30}\b(?:weitere\w*|mehr|kuenftig\w*|zukuenftig\w*)\b.{0,40}\b(?:anfragen?|e-?mails?|mails?|zuschriften|schreiben|anschreiben|kontaktieren|kontaktaufnahme|nachrichten|post)\b",
          r"\b(?:beruecksichtigen|annehmen|bearbeiten|beantworten|aufnehmen|entgegennehmen)\b"),
    _rule(M.OPT_OUT, 0.97, r"\b(?:anschreiben|kontaktieren|zusenden|schicken|schreiben|zumailen)\b.{0,25}\bsie (?:mich|uns) (?:bitte )?nicht mehr\b|\bsie (?:mich|uns) (?:bitte )?(?:kuenftig|in zukunft|zukuenftig)? ?nicht (?:mehr|weiter|erneut|laenger) (?:an|kontaktieren|anschreiben)"),
    _rule(M.OPT_OUT, 0.98, r"\b(?:verteiler|adressliste|mailingliste|liste der praxen|kartei|datenbank|datenbestand|verzeichnis)\w*\b.{0,50}\b(?:streichen|loeschen|entfernen|nehmen sie|austragen|herausnehmen|raus|rausnehmen)\b|"
          r"\b(?:streichen|loeschen|entfernen|nehmen) sie\b.{0,60}\b(?:verteiler|liste|kartei|datenbank|daten|adresse|verzeichnis|kontaktdaten)\b|\baus (?:ihrem|dem|ihrer|der) (?:\w+ )?(?:verteiler|datenbank|kartei|liste)\b", r"wartelist"),
    _rule(M.OPT_OUT, 0.98, r"\b(?:widerspreche\w*|widerspruch)\b.{0,80}\b(?:verarbeitung|speicherung|nutzung|daten|kontakt\w*|anfragen)|\bart(?:ikel|\.)? ?(?:21|17)\b|\bloeschung\b.{0,40}\bdaten\b|\bdaten\b.{0,40}\b(?:zu )?(?:loeschen|geloescht)\b"),
    _rule(M.OPT_OUT, 0.95, r"\bvon\b.{0,30}\banfragen\b.{0,20}\b(?:absehen|abzusehen|verschonen)\b|\bunterlassen sie\b|\bwuensche\w*\b.{0,20}\bkeine\b.{0,40}\b(?:anfragen|mails?|zusendung\w*|kontakt\w*)\b|\bmoechte\w*\b.{0,40}\bkeine\b.{0,40}\b(?:anfragen|mails?|e-mails?|post)\b.{0,30}\b(?:erhalten|bekommen|mehr)\b|\bkein interesse an\b.{0,40}\banfragen\b|\babmelden\b.{0,20}\banfragen\b"),
    # somebody else, or nobody any more
    _rule(M.WRONG_ADDRESS, 0.97, r"\b(?:im|in den|in) (?:wohlverdienten )?(?:ruhestand|rente|pension)\b|\b(?:berentet|pensioniert|in pension gegangen)\b|\bpraxis\b.{0,50}\b(?:aufgegeben|aufgeloest|existiert nicht mehr|abgegeben|uebergeben|verkauft|dauerhaft geschlossen)\b|\b(?:nicht mehr|nicht laenger) (?:als (?:psycho)?therapeut\w* |psychotherapeutisch |therapeutisch |in (?:eigener|der|dieser|unserer) praxis )?(?:taetig|niedergelassen|praktizier\w*|in (?:der|dieser|unserer) praxis|bei uns)\b", _IF),
    _rule(M.WRONG_ADDRESS, 0.96, r"\b(?:falsche\w*|verkehrte\w*|veraltete\w*)\b.{0,25}\b(?:adresse|praxis|empfaenger|person|e-?mail\w*|postfach|ansprechpartner|stelle|verteiler)|\b(?:fehlgeleitet|irrlaeufer|verwechslung|verwechselt|irrtuemlich)\b|\bnicht (?:die )?(?:richtige\w*|zustaendig\w*|der richtige)\b.{0,30}"),
    _rule(M.WRONG_ADDRESS, 0.96, r"\b(?:bin|sind|handelt es sich um) (?:leider |gar |ueberhaupt |hier )?(?:kein\w*|nicht)\b.{0,40}\b(?:psychotherap\w*|therapeut\w*|psychologische praxis|kassensitz inhaber)\b|\b(?:physiotherap|ergotherap|logopaed|zahnarzt|hausarzt|orthopaed|heilpraktik|coaching|tierarzt|kosmetik)\w*\b"),
    _rule(M.WRONG_ADDRESS, 0.93, r"\b(?:verzogen|umgezogen|weggezogen|verstorben|niederlassung aufgegeben|zulassung (?:zurueckgegeben|abgegeben)|kassensitz (?:zurueckgegeben|abgegeben|verkauft)|taetigkeit (?:beendet|eingestellt|aufgegeben)|ausgeschieden)\b"),
    # away
    _rule(M.OUT_OF_OFFICE, 0.96, r"\b(?:automatische (?:antwort|abwesenheit\w*|nachricht|rueckmeldung)|abwesenheits(?:notiz|nachricht|meldung|assistent)|out of office|auto-?reply|ich bin (?:derzeit |zurzeit |zur zeit |momentan |aktuell |bis )?.{0,40}abwesend)\b"),
    _rule(M.OUT_OF_OFFICE, 0.95, r"\b(?:im|in|auf) (?:urlaub|elternzeit|mutterschutz|fortbildung|sabbatical|kur|reha|betriebsferien|weihnachtsurlaub|sommerpause|winterpause|osterurlaub|sommerurlaub)\b|\b(?:urlaubsbedingt|krankheitsbedingt)\b.{0,40}\b(?:geschlossen|abwesend|nicht)\b|\b(?:praxis|buero|sekretariat|anmeldung|ambulanz)\b.{0,50}\b(?:geschlossen|nicht besetzt|unbesetzt|zu)\b|\bnicht (?:im (?:buero|haus|dienst)|erreichbar|in der praxis)\b|\b(?:wieder|erst wieder) (?:\w+ )?(?:erreichbar|da|zurueck|fuer sie da|in der praxis|im dienst|im buero)\b|\bpraxisurlaub|\bpraxisferien|\bbin (?:ich )?(?:verreist|erkrankt|krankgeschrieben)\b|\bkehre\b.{0,30}\bzurueck\b",
          r"\bfuer neue\b|\bwarteliste\b|\bnur telefonisch\b|\bnicht mehr taetig|dauerhaft"),
    # list closed
    _rule(M.LIST_CLOSED, 0.97, r"\b(?:warteliste|wartelisten|vormerkliste|interessentenliste|liste)\b.{0,60}\b(?:geschlossen|voll|dicht|gestoppt|zu|ausgeschoepft|ueberfuellt|schliessen|ausgesetzt|eingestellt|laengst voll|gesperrt|uebervoll|aufgeloest|abgeschafft)\b",
          r"\bnicht (?:voll|geschlossen|zu)\b|\bzu setzen\b|\bnicht zu (?:lang|voll)"),
    _rule(M.LIST_CLOSED, 0.97, r"\b(?:kein\w*|ohne|weder)\b.{0,30}\b(?:wartelisten?\w*|warteplaetze?|vormerkung\w*|vormerkliste)\b|\b(?:wartelisten?|warteplaetze?|vormerkungen)\b.{0,40}\b(?:fuehre\w*|gibt|habe\w*|nehme\w*|biete\w*|existiert|unterhalte\w*|vergeben|aufnehmen|setzen|mache\w*)\b.{0,30}\b(?:nicht|keine?n?|niemanden?)\b|\b(?:nicht|niemanden|keinen?)\b.{0,40}\bauf (?:die|der|meine|unsere|eine) (?:warteliste|liste)\b|\bwartelistenstopp\b|\bauch (?:nicht|keine) .{0,20}\b(?:warteliste|vormerk\w*)\b|\bnicht (?:mehr )?(?:vormerken|auf die warteliste)\b|\bwarteliste\b.{0,30}\bnicht (?:mehr )?(?:moeglich|gefuehrt|aufnehmen)\b",
          r"\bkeine lange\b|\bkeine garantie\b"),
    # waiting list
    _rule(M.WAITING_LIST, 0.95, r"\bauf (?:die|der|meine|meiner|unsere|unserer|eine|einer|unserem|meinem) (?:\w+ )?(?:warteliste|liste|nachrueckliste)\b.{0,40}\b(?:setzen|gesetzt|nehmen|aufnehmen|aufgenommen|stehen|notier\w*|eintragen|eingetragen|vormerken|schreiben|platz\w*|setze|nehme|gekommen|lassen)\b|\b(?:nehme|setze|setzen|nehmen|schreibe|schreiben|trage|habe|haben)\b.{0,50}\bauf (?:die|meine|unsere|eine|der|meiner|unserer) (?:\w+ )?(?:warteliste|liste|nachrueckliste)\b", _NEGATED, r"\bwuerde\w*\b.{0,20}\bungern"),
    _rule(M.WAITING_LIST, 0.93, r"\b(?:wartelisten?platz|wartelistenplaetze|warteplatz|warteplaetze|warteliste)\b.{0,50}\b(?:moeglich|offen|frei|anbieten|angeboten|geoeffnet|gern\w*|bis|ab|ca|etwa|von|derzeit|aktuell|mit|betraegt|noch platz|waere)\b|\bvormerken\b|\bvorgemerkt\b|\bvormerkung\b.{0,20}\b(?:moeglich|gern\w*)\b|^\W*(?:\S+\s?[:=-]\s?)?warteliste\W*(?:\(.*\))?$|\bwarteliste ja\b|\bnur (?:ueber )?(?:die )?warteliste\b|\b(?:moechte|kann|koennen) .{0,60}\bauf die warteliste\b|\bgern\w* warteliste\b|\bwarteliste\b.{0,10}\b(?:20\d\d|januar|februar|maerz|april|mai|juni|juli|august|september|oktober|november|dezember|quartal)", _NEGATED),
    _rule(M.WAITING_LIST, 0.9, r"\bwartezeit\w*\b.{0,60}\b(?:ca|etwa|betraegt|von|liegt|bei|mindestens|rund|derzeit|aktuell|monat\w*|wochen?|jahr\w*)\b|\bwartezeit\w*\b", r"\bkein\w* wartezeit|\bohne wartezeit|\bwarteliste (?:ist )?geschlossen"),
    # a talk, no place
    _rule(M.CONSULTATION_ONLY, 0.95, r"\b(?:nur|lediglich|ausschliesslich|allenfalls|hoechstens|einzig|maximal|bloss|aber|alternativ|jedoch|allerdings|immerhin|stattdessen|dafuer)\b.{0,60}\b(?:\w*sprechstunden?\w*|orientierungsgespraech\w*|erstberatung|beratungsgespraech\w*|einzelgespraech|abklaerung\w*|erstabklaerung|diagnostik\w*|ptv ?11|sprechstundentermin\w*|akutsprechstunde|einmalige\w*|einzelne\w* termin\w*)\b",
          r"\btelefonsprechstunde\b|\btelefonische\w* sprechstunde|\bkein\w* sprechstunde"),
    _rule(M.CONSULTATION_ONLY, 0.93, r"\b(?:\w*sprechstunden?\w*|orientierungsgespraech\w*|abklaerungsgespraech\w*|beratungsgespraech\w*)\b.{0,80}\b(?:anbieten|moeglich|geht|gern\w*|anzubieten|machen|vergeben|kommen|vereinbaren|ja|frei|habe|koennte\w*|nutzen|buchen)\b|\bbiete\w*\b.{0,50}\b(?:sprechstunden?|orientierungsgespraech\w*|sprechstundentermin\w*|beratungsgespraech)\b|^\W*(?:\S+\s?[:=-]\s?)?(?:nur )?(?:psychotherapeutische )?sprechstunde\W*$|\b(?:sprechstunde\w*|abklaerung)\b.{0,60}\b(?:ohne|kein\w*|nicht)\b.{0,40}\b(?:therapie|behandlung|anschluss\w*|weiterbehandlung|platz|therapieplatz)\b", r"\btelefon\w*sprechstunde\b|\btelefonische\w* sprechstunde|\bkein\w* (?:psychotherapeutische\w* )?sprechstunde"),
    # does not fit
    _rule(M.UNSUITABLE, 0.95, r"\b(?:passt|passen) (?:leider |hier |fachlich |inhaltlich |so )?(?:gar |ueberhaupt |eher )?nicht\b|\bnicht (?:ganz |so )?(?:geeignet|passend|indiziert|die richtige|das richtige|der richtige)\b|\bnicht (?:in|zu) (?:mein|unser|das|mein\w*|unser\w*)\w*\b.{0,30}\b(?:schwerpunkt\w*|profil|spektrum|konzept|spezialisierung|ausrichtung|angebot|behandlungsspektrum|praxis)|\bfaellt\b.{0,40}\bnicht\b|\bausserhalb (?:meine\w*|unsere\w*)\b|\bkein\w* (?:erfahrung|expertise|schwerpunkt|spezialisierung|qualifikation|abrechnungsgenehmigung|zulassung|kassenzulassung|kassensitz|fachkunde)\b|\bkontraindi\w+|\bunpassend\b", _IF),
    _rule(M.UNSUITABLE, 0.94, r"\b(?:behandle\w*|arbeite\w*|therapiere\w*|nehme\w*|biete\w*|betreue\w*|bin|sind|praxis|versorge\w*|mache\w*|rechne\w*|spezialisiert|zugelassen)\b.{0,40}\b(?:nur|ausschliesslich|lediglich|rein)\b.{0,50}\b(?:kinder\w*|jugendliche\w*|erwachsene\w*|frauen|maenner\w*|privat\w*|selbstzahl\w*|gruppen\w*|paare\w*|patientinnen|verhaltenstherap\w*|tiefenpsycholog\w*|analy\w*|systemisch\w*|neuropsycholog\w*|privatversichert\w*|vt|tp|essstoerung\w*|sucht\w*|kassen\w*|gesetzlich\w*)",
          r"\bnur noch\b.{0,20}\bwarteliste|\bsprechstunde"),
    _rule(M.UNSUITABLE, 0.94, r"\b(?:behandle\w*|arbeite\w*|therapiere\w*|biete\w*|betreue\w*|mache\w*|fuehre\w*|verfuege\w*)\b.{0,40}\b(?:kein\w*|nicht)\b.{0,50}\b(?:kinder\w*|jugendliche\w*|erwachsene\w*|maenner\w*|frauen|minderjaehrige\w*|essstoerung\w*|anorex\w*|sucht\w*|abhaengigkeit\w*|zwang\w*|psychos\w*|trauma\w*|autis\w*|adhs|verhaltenstherapie|tiefenpsycholog\w*|analytische\w*|systemische\w*|gruppen\w*|vt|emdr|borderline|persoenlichkeits\w*|kassenpatient\w*|gesetzlich\w*|bipolar\w*)|\bkein\w* (?:\w+ )?(?:kinder\w*|jugendliche\w*|erwachsene\w*|maenner\w*|frauen|minderjaehrige\w*|essstoerung\w*|anorex\w*|sucht\w*|psychose\w*|kassenpatient\w*|gesetzlich\w*|zwangs\w*|autis\w*|trauma\w*).{0,30}\b(?:behandle\w*|behandeln|nehme\w*|aufnehme\w*|therapiere\w*|annehme\w*|betreue\w*|anbiete\w*|machen?)\b|\b(?:nur|reine|ausschliesslich) privat\w*|\bprivatpraxis\b|\bnur fuer selbstzahl\w*|\b(?:zu alt|zu jung)\b|\baltersgrenze\b|\balters(?:gruppe|bereich)\b.{0,40}\bnicht|\b(?:unter|ab|bis|ueber) \d\d(?: jahre\w*)?\b.{0,40}\b(?:darf|kann|behandle|nehme|bin)\b.{0,30}\b(?:nicht|keine|nur)\b|\bandere\w* (?:verfahren|fachrichtung|schwerpunkt)\b"),
    # a question back
    _rule(M.NEEDS_INFO, 0.94, r"\b(?:benoetige\w*|brauche\w*|braeuchte\w*|fehlt|fehlen|bitte um|bitten um|erbitte\w*|wuesste\w*|muesste\w*|interessiert|interessieren)\b.{0,70}\b(?:angaben?|informationen?|infos?|diagnose\w*|unterlagen|befund\w*|ptv ?11|bericht\w*|auskunft|kasse|krankenkasse|vorbehandlung\w*|vorgeschichte|anamnese|details|medikation|wissen|alter|kontaktdaten|versicherung\w*|symptomatik|verfuegbarkeit\w*|problematik)\b",
          r"\bbitte um verstaendnis\b"),
    _rule(M.NEEDS_INFO, 0.93, r"\b(?:koennten|koennen|wuerden|wuerde|teilen|nennen|schicken|senden|schreiben|geben|sagen|uebersenden|uebermitteln|mailen) sie (?:mir|uns)\b.{0,20}\b(?:bitte |noch |kurz |vorab |dazu |vielleicht |mehr |mehr dazu |etwas )*.{0,60}\b(?:diagnose\w*|mehr|angaben?|informationen?|infos?|unterlagen|ptv|befund\w*|bericht\w*|genauer\w*|ob|welche\w*|wie|was|wann|ueber|kasse|krankenkasse|alter|zeiten|versicherung\w*|anliegen|symptom\w*|problematik)\b",
          r"\b(?:loeschen|streichen|verteiler)\b|\btermin\b.{0,20}\bvereinbaren"),
    # open places
    _rule(M.PLACE_FREE, 0.93, r"\b(?:habe|haben|haette\w*|ist|sind|waere\w*|wird|werden|wuerde\w*|gibt es|koennen|kann|koennte\w*)\b.{0,60}\b(?:(?:einen?|zwei|drei|beide\w*|noch|wieder|ab \w+|derzeit|aktuell|gerade|kurzfristig|tatsaechlich|demnaechst|bald) )+.{0,30}\b(?:frei\w*|anbieten|vergeben|zu vergeben)\b",
          _NEGATED, _IF, _FORMER, r"\bgruppe|\b(?:sprechstunde|warteliste|wartelisten\w*|warteplatz|frueheste?ns in)\b|\bfrei(?:tag|ung)\b"),
    _rule(M.PLACE_FREE, 0.93, rf"\b{_PLACE}\b.{{0,30}}\b(?:frei|verfuegbar|zu vergeben|anbieten|anzubieten|reservier\w*|offen)\b|\bfreie\w* (?:therapie)?(?:platz|plaetze|kapazitaet\w*)\b.{{0,30}}\b(?:habe|vorhanden|da)\b|\bplatz ist da\b|^\W*(?:\S+\s?[:=-]\s?)?(?:ja,? )?platz frei\b",
          _NEGATED, _IF, _FORMER, r"\bgruppe|\b(?:sprechstunde|warteliste|wartelisten\w*|warteplatz|bevor|erst|wann)\b"),
    _rule(M.PLACE_FREE, 0.94, r"\b(?:nehme|nehmen|uebernehme|uebernehmen|aufnehmen|behandle|behandeln)\b.{0,50}\b(?:gern\w*|auf|sofort|person|beide|an)\b|\b(?:gern\w*|sofort|direkt|problemlos|ab \w+)\b.{0,50}\b(?:uebernehmen|aufnehmen|behandeln|anfangen|beginnen|starten|einsteigen|therapieplatz anbieten|erstgespraech anbieten|zum erstgespraech|ein erstgespraech)\b|\b(?:zusage|sage\w* zu|zusagen)\b|\b(?:erstgespraech|probatorik|probatorische\w*|vorgespraech|kennenlern\w*)\b.{0,60}\b(?:anbieten|moeglich|vereinbaren|frei|am|kommen|gern\w*|vorschlagen|einladen|ab)\b|\blade\b.{0,40}\bein\b",
          _NEGATED, _IF, _FORMER, r"\bwarteliste\w*|\bsprechstunde|\bvielleicht|\bdanach\b.{0,30}\bkein"),
    _rule(M.PLACE_FREE, 0.9, r"\b(?:darf|duerfen|kann|koennen|soll|sollen|moege)\b.{0,40}\b(?:sich|mich|uns)\b.{0,50}\b(?:melden|anrufen|kontaktieren|in verbindung setzen)\b|\b(?:bitte|gern\w*)\b.{0,30}\b(?:melden|anrufen)\b.{0,40}\b(?:termin|erstgespraech|vereinbar\w*)",
          _NEGATED, _IF, r"\bwarteliste|\bsprechstunde|\b116 ?117|\bterminservice|\bandere\w* (?:praxis|kolleg\w*)|\bim (?:fruehjahr|sommer|herbst|winter|naechsten)|\berneut|\bnoch ?mal|\bspaeter|\bkrankenkasse|\bkv\b|\bnotfall|\bkrise|\bkolleg\w*|\bwieder melden|\bfragen"),
    _rule(M.PLACE_FREE, 0.92, r"^\W*(?:fuer )?(?:kennung |person |nr\.? ?)?\S{1,8}\s?[:=-]?\s(?:ja|gern\w*|zusage|sehr gern\w*|geht|klappt)\b", _NEGATED, _IF, r"wartelist|sprechstunde|gruppe"),
    # full
    _rule(M.NO_PLACES, 0.96, rf"\b{_NO}\b.{{0,60}}\b{_PLACE}|\b{_PLACE}\b.{{0,60}}\b(?:nicht|keine?n?|nichts|vergeben|belegt|erschoepft|ausgeschoepft|ausgelastet|besetzt|voll)\b",
          r"\bgruppe\w*.{0,40}\bfrei|\b(?:noch|zurzeit|derzeit) nicht (?:alle|saemtliche|voll)\b|\bnicht nur\b|\bsprechstundentermin|\bkein\w* (?:termin|problem)\b(?! frei)|\bwarteliste\b|\bkein\w* kassenpatient|\bnicht ausschliessen\b|\bpatient\w* .{0,20}nicht (?:bekannt|kenne)|\bvergeben\b.{0,20}\bhabe ich\b|\bkein\w* (?:minderjaehrige|maennliche|weibliche|privat)"),
    _rule(M.NO_PLACES, 0.96, r"\b(?:ausgebucht|ausgelastet|voll belegt|vollstaendig belegt|komplett belegt|restlos belegt|voll besetzt|aufnahmestopp|annahmestopp|kapazitaetsgrenze\w*|kapazitaetsgruenden|platzgruenden|ueberlastet|proppenvoll|rappelvoll|randvoll|total voll|komplett voll|knallvoll|ausgeschoepft|dicht|zu hundert prozent|an (?:meiner|unserer) grenze)\b|\b(?:bin|sind|ist|alles|alle|praxis) (?:\w+ ){0,3}(?:voll|belegt|zu)\b",
          r"\bwarteliste\b|\bnicht (?:ausgebucht|voll|belegt)|\bnoch nicht\b"),
    _rule(M.NO_PLACES, 0.94, r"\b(?:niemanden?|keinen?|niemand)\b.{0,40}\b(?:aufnehmen|annehmen|uebernehmen|nehmen|behandeln)\b|\b(?:absagen|absage|eine absage|nichts frei|nix frei|nichts anbieten|nichts zu machen|nicht weiterhelfen|nicht helfen|nicht behilflich|nicht dienen|nicht entsprechen|nicht annehmen|nicht aufnehmen|nicht uebernehmen|ablehnen|nicht bedienen|nicht moeglich|nicht anbieten|nichts mehr frei|nichts tun)\b",
          r"\bnicht absagen\b|\bwarteliste\b|\btelefonisch|\brueckruf|\bonline\b|\bsprechstunde|\bnicht ablehnen|\bdiagnose|\bohne (?:weitere|naehere)|\bbefund|\bbeurteil"),
    _rule(M.NO_PLACES, 0.93, r"^\W*(?:(?:fuer )?(?:kennung |person |nr\.? ?)?\S{1,8}\s?[:=-]?\s)?(?:(?:guten tag|hallo|liebe\w* \w+|moin|servus|gruess gott)[,! ]*)?(?:leider )?(?:nein|nee|nicht|nicht moeglich|negativ|kein platz|keine plaetze|keine kapazitaet\w*)(?:,? (?:leider|danke|sorry|tut mir leid|nicht|derzeit|momentan|aktuell))*\W*$"),
)  # fmt: skip
