"""Small words that carry the grammar of an answer, and the words people are called by; written as in `vocabulary`."""


def words_of(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


# people
HUMAN = words_of("""
    person personen patient patienten patientin patientinnen anfrage anfragen gesuch gesuche gesuchs code codes
    kennung kennungen frau frauen herr herrn herren dame damen mann maenner fall faelle kandidat kandidatin
    kandidaten interessent interessentin interessenten interessentinnen menschen leute genannte genannten klient
    klientin klienten
""")
FEMALE = words_of(
    "frau dame patientin klientin maedchen studentin schuelerin interessentin frauen damen patientinnen tochter mutter"
)
MALE = words_of(
    "herr herrn mann junge jungen bub buben student schueler maenner herren patient patienten klient sohn vater"
)
ARTICLES = words_of("die der den dem das zur zum diese dieser diesen beim")
# what "die erste" and "die anderen" may stand before without meaning a person
NOT_PERSONS = words_of("""
    woche wochen monat monate monaten quartal halbjahr mal termin termine gespraech sitzung jahr jahre jahren
    adresse schritt haelfte platz plaetze stunde stunden tag tage tagen mail mails zeit zeiten daten praxis
    praxen kolleginnen kollegen seite werktag mittwoch stock januar februar maerz april mai juni juli august
    september oktober november dezember fragen angaben kassen therapie behandlungen stelle klinik
    patientenanfragen sprechstunde jahreshaelfte linie
""")
# how practices call what the profile calls otherwise
CALLED = {
    name: word
    for word, names in {
        "essstoerung": "magersucht anorexie bulimie essstoerungen binge-eating",
        "sucht": "spielsucht alkohol alkoholsucht abhaengigkeit suchterkrankung alkoholproblem drogen",
        "panikattacken": "panik panikattacke panikstoerung",
        "angst": "aengsten aengste angststoerung angststoerungen",
        "depression": "depressionen depressiv",
        "zwang": "zwaenge zwaengen zwangsstoerung",
        "trauma": "ptbs traumatisierung traumafolgestoerung",
        "burnout": "burn-out",
        "psychose": "psychosen",
        "schlafstoerung": "schlafstoerungen",
    }.items()
    for name in names.split()
}

# clauses
TURNS = words_of("aber jedoch allerdings sondern")
TURNS_BEHIND_A_MARK = words_of("dafuer stattdessen hingegen dagegen waehrend")
STAYING = words_of(
    "nicht nich net noch auch nur kein keine keinen erst schon ein einen eine deutlich immer bitte gern gerne"
)
CONTRAST = words_of("dagegen hingegen wiederum andererseits andere anderen anderer")
GREETS = words_of("liebe lieber liebes sehr guten hallo moin servus hi hey werte werter gruess huhu sg")
LINKS = words_of("""
    und oder sowie , + & / auch als sowohl weder noch wie bei fuer zu den die der dem das ( ) - * • · beide
    beiden kennung code person : patientin patient herrn frau jeweils
""")
ABBREVIATIONS = words_of("""
    dr z b ca bzw ggf evtl d h u a tel nr prof dipl psych phil str inkl max mind i s v o vgl usw etc einschl
    bzgl st fr hr sg vorauss tgl std min jan feb apr jun jul aug sept sep okt nov dez mo di mi do med rer nat f
    zt
""")

# claims
LEADING = words_of("fuer bei zu und also von die der den kennung code person patientin")
BETWEEN = words_of("""
    mehr ganz diesmal wirklich komplett voellig vollstaendig so immer nie mal gerade derzeit aktuell noch
    zurzeit mir uns bei ihnen
""")
LUCK = words_of("""
    abspringt abspraenge frei freiwird absagt ausfaellt aufhoert abbricht wegfaellt kuendigt koennte haette
    waere koennten haetten
""")

# signatures
NAMING = words_of("""
    von van de der den dem des fuer und am im in an zu zur zum i a v med phil rer nat gez u o dr prof dipl psych
    jur em bei
""")
TELLING = words_of("""
    NO NOT NEIN YES SORRY LIST SHORT_LIST FREE FULL ONLY HAVE BE CAN TAKE DECLINE STRIKE AWAY SHUT NOTE ASK NEED
    INTERROGATIVE BACK UNTIL OBJECT NO_INTEREST MISDIRECTED DATE WEEKDAY OFFER BEGIN COME
""")
