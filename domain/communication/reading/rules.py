"""What German practices write of a person, in the small grammar of `patterns` over the word families of `vocabulary`."""

from collections.abc import Mapping
from enum import StrEnum

from domain.communication.reading.meanings import Meaning
from domain.communication.reading.patterns import Pattern, read_patterns

M = Meaning


class Sign(StrEnum):
    """What a clause may say that decides nothing alone.

    A talk is the way to a place, and beside "no therapy" all there is; a welcome and a refusal yield to what is more
    exact; whoever puts it off has not answered.
    """

    TALK = "talk"
    WELCOME = "welcome"
    REFUSED = "refused"
    NO_THERAPY = "no_therapy"
    LATER = "later"


RULES: Mapping[Meaning | Sign, tuple[Pattern, ...]] = {
    M.PLACE_FREE: read_patterns("""
        96 PLACE FREE -BESIDES --EVENT --REPEAT -anfragen -ONLINE
        95 FREE PLACE -BESIDES --EVENT --REPEAT -anfragen -ONLINE
        93 HAVE PLACE -BESIDES --EVENT --REPEAT -anfragen -ONLINE -FULL -METHOD
        93 HAVE .. SOMETHING|HOUR FREE -BESIDES --EVENT --REPEAT -anfragen -ONLINE
        92 HOUR|WEEKDAY BE|CAN .. FREE -BESIDES --EVENT --REPEAT -anfragen -ONLINE
        91 FROM|TIME FREE -BESIDES -AGAIN --EVENT --REPEAT -anfragen -ONLINE
        93 PLACE BE da -BESIDES --EVENT -anfragen
        93 OFFER PLACE -BESIDES --EVENT --REPEAT -anfragen -ONLINE
        93 PLACE FROM .. TIME -BESIDES --EVENT --REPEAT -anfragen -ONLINE
        93 PLACE OFFER|TAKE -BESIDES --EVENT --REPEAT -anfragen -ONLINE
        93 CAN .. PLACE|HOUR|WEEKDAY HAVE|OFFER|TAKE -BESIDES --EVENT --REPEAT -anfragen -ONLINE
        93 PLACE|HOUR|WEEKDAY CAN .. HAVE|TAKE -BESIDES --EVENT --REPEAT -anfragen -ONLINE
        92 HAVE FROM|TIME .. FREE -BESIDES --EVENT --REPEAT -anfragen -ONLINE -IN -OFFICE
        93 HAVE FROM .. HOUR|WEEKDAY -BESIDES --EVENT --REPEAT -anfragen -ONLINE
    """),
    Sign.WELCOME: read_patterns("""
        92 BEGIN FROM|TIME -BESIDES -EVENT
        91 FROM|TIME BEGIN -BESIDES -EVENT
        93 NOT_FULL --LISTS
        90 FROM|TIME .. YES$ -BESIDES
        89 PERSON FROM .. TIME$ --BESIDES --LISTS --BEFORE
        89 PERSON TIME .. TIME$ --BESIDES --LISTS --BEFORE
        90 er|sie CAN FROM|TIME -BESIDES -LISTS
        94 CAN .. BEGIN -BESIDES -STRIKE
        92 PERSON|YOU CAN .. COME -BESIDES -STRIKE -TALK
        92 CAN PERSON|YOU .. COME -BESIDES -STRIKE -TALK
        91 PERSON CAN .. CALL -BESIDES -STRIKE --AGAIN --REPEAT
        91 CAN PERSON .. CALL -BESIDES -STRIKE --AGAIN --REPEAT
        91 PERSON CAN .. termin|termine ausmachen|vereinbaren|HAVE -BESIDES
        91 person CAN .. CALL -BESIDES -STRIKE --AGAIN --REPEAT
        91 PERSON .. passt -BESIDES -zeitlich -METHOD -COMPLAINT -IF
        92 PERSON .. TAKE WE -BESIDES -STRIKE -COMPLAINT
        92 WE .. TAKE -BESIDES -STRIKE -METHOD -GROUP_OF_PEOPLE -COMPLAINT -ONLY
        92 TAKE WE -BESIDES -STRIKE -METHOD -GROUP_OF_PEOPLE -COMPLAINT -ONLY
        92 YES TAKE -BESIDES -STRIKE -METHOD
        92 PERSON .. behandeln -BESIDES -ONLY
        90 CAN WE .. HELP -BESIDES -STRIKE
        91 PERSON .. YES -BESIDES -STRIKE -FACTS -NEED -PHONE_ME -ONLY
        91 ^YES .. PERSON -BESIDES -STRIKE -FACTS -NEED -ONLY
        90 ^YES .. FROM|TIME --BESIDES --LISTS --ONLY
        90 YES .. WORK -BESIDES
        88 ^YES$
        88 ^YES ~ YES$
        90 NOT_DECLINE --LISTS
    """),
    Sign.TALK: read_patterns("""
        92 TRIAL|TALK OFFER|POSSIBLE|YES|FREE -NEG -PHONE
        92 OFFER|YES .. TRIAL|TALK -NEG -PHONE
        91 CAN .. TRIAL|TALK .. COME|CALL|HAVE -NEG -PHONE
        93 TRIAL FROM|TIME -NEG -ONLY
        91 TIME .. TRIAL -NEG -ONLY
        88 PERSON .. TRIAL -NEG -ONLY
    """),
    M.NO_PLACES: read_patterns("""
        96 NO PLACE -METHOD
        95 NO FREE PLACE
        95 PLACE ... NEG -LISTS -CONSULT
        95 PLACE ... GONE -LISTS
        93 NEW .. geschlossen|SHUT -LISTS
        96 PLACE .. FULL -NEG -LISTS -ELSEWHERE
        95 NOTHING|NO .. FREE -LISTS
        94 NOTHING|NOBODY|NO OFFER|TAKE|HELP -LISTS -METHOD -GROUP_OF_PEOPLE -COMPLAINT -CONSULT
        94 OFFER|TAKE NOTHING|NOBODY -LISTS -METHOD -GROUP_OF_PEOPLE
        94 NOTHING WORK|POSSIBLE -LISTS
        94 WORK .. NOTHING -LISTS
        94 NO HOUR -METHOD -LISTS -NEW -CONSULT
        92 HOUR BE .. FULL -LISTS
        95 FULL BE|WE -LISTS -PAST -danach -dann
        95 BE|WE|alles .. FULL -LISTS -PAST -SHORT_LIST -danach -dann
        93 zeitlich|terminlich .. NOT -LISTS
        93 NOT .. zeitlich|terminlich -LISTS
        93 ONLY .. ESTABLISHED -LISTS
        93 NO|NOBODY .. zusaetzlich|zusaetzliche|zusaetzlichen -LISTS
        93 fehlt|fehlen .. zeit|zeiten|PLACE -LISTS
        94 ^FULL -LISTS
        93 NOT|NOBODY TAKE .. CAN --LISTS -METHOD -GROUP_OF_PEOPLE -COMPLAINT
        93 CAN|TAKE .. NOBODY -LISTS
        93 NOBODY .. TAKE -LISTS
        92 NO NEW TAKE|BEGIN -LISTS
        93 TAKE|NEW .. EXCLUDED
        93 wird|werden .. NOTHING$ -LISTS
    """),
    Sign.REFUSED: read_patterns("""
        94 ^SORRY ~ NEIN|NOT -ohne
        94 PERSON SORRY NEIN|NOT$ -ohne
        94 SORRY NOT$ -ohne
        93 SORRY NEIN -LISTS -ohne
        92 ^NEIN -ohne --NOT_FULL
        92 NEIN .. SORRY -LISTS -ohne
        91 PERSON NEIN -LISTS -CONSULT -ohne
        91 NEIN$ -LISTS -CONSULT -ohne
        93 NO POSSIBLE -LISTS -CONSULT -ohne
        93 NOT POSSIBLE -LISTS -CONSULT -ohne
        92 NOT TAKE|HELP|OFFER -LISTS -CONSULT -COMPLAINT -METHOD -GROUP_OF_PEOPLE -ohne
        92 TAKE WE .. NOT -LISTS -CONSULT -COMPLAINT -METHOD -GROUP_OF_PEOPLE -ohne
        93 NEITHER .. TAKE|HELP|OFFER -LISTS -ohne
        93 DECLINE -NEG -THIRD -BEFORE -ohne
        92 DECLINE TAKE|OFFER|CAN -THIRD -ohne
        93 HAVE .. NOTHING$ -LISTS -ohne
        92 SORRY .. NOT WORK -LISTS -ohne
        92 PERSON .. NOTHING$ -LISTS -CONSULT -DECIDE -ohne
        90 WORK .. NOT$ -LISTS -CONSULT -GROUP_OF_PEOPLE -ohne
    """),
    M.LIST_CLOSED: read_patterns("""
        97 LIST|SHORT_LIST .. CLOSED -NOT_CLOSED
        97 CLOSED .. LIST -NOT_CLOSED
        97 NO LIST|NOTE
        96 LIST|SHORT_LIST ... NEG -CONSULT -brauche -brauchen -NOT_CLOSED
        95 NOTE ... NEG
        95 ohne LIST
        94 NO namen|voranmeldungen|vormerkungen
        96 NEG .. LIST|SHORT_LIST
        95 NEG .. ONTO|NOTE
        95 NEITHER .. LIST
        95 GIVEN_UP LIST
        90 PAST .. LIST
        95 LIST GIVEN_UP
    """),
    M.WAITING_LIST: read_patterns("""
        96 auf .. LIST|SHORT_LIST .. PUT -NEG -CLOSED -menschen -leute -namen
        96 PUT .. auf .. LIST|SHORT_LIST -NEG -CLOSED
        95 auf|in .. LIST|SHORT_LIST -NEG -CLOSED --REGISTER -menschen -leute -namen
        95 LIST .. OPEN_LIST|WORK|OFFER|PUT -NEG -CLOSED
        94 LIST FROM|TIME|UNTIL|SPAN -NEG -CLOSED -oeffnet -ONLY
        94 LIST FROM|TIME|UNTIL|SPAN PUT|OPEN_LIST -NEG -CLOSED
        95 OPEN_LIST|OFFER|ONLY|PERSON .. LIST -NEG -CLOSED
        93 PERSON .. SHORT_LIST -NEG -CLOSED --REGISTER
        91 WAIT .. SPAN -NEG
        93 LIST$ -NEG -CLOSED
        94 NOTE -NEG
        93 PERSON CAN .. drauf|rein -NEG
        93 LIST .. NOT_CLOSED
        92 TIME .. CALL .. REPEAT --AWAY --SHUT
        94 merke|merken|notiere .. vor -NEG
        93 WRITE_DOWN .. auf|ein -NEG --REGISTER
        90 WAIT SPAN|TIME|FROM -NEG --CONSULT
        90 PERSON .. WAIT|QUEUE -NEG -ASK
        91 SPAN .. QUEUE -NEG
        92 CALL .. AGAIN .. TAKE -NEG
        92 CALL .. FROM .. AGAIN --AWAY --SHUT
        92 TIME .. AGAIN CALL --AWAY --SHUT
    """),
    M.CONSULTATION_ONLY: read_patterns("""
        96 ONLY|INSTEAD .. CONSULT -NEG -PHONE
        95 CONSULT ONLY -NEG -PHONE -TIMETABLE -nach -fuer
        93 CONSULT .. OFFER|POSSIBLE|YES|FREE|WORK|COME|HAVE|DATE -NEG -PHONE -aus -TIMETABLE
        93 OFFER|HAVE|CAN|YES|FREE .. CONSULT -NEG -PHONE -aus
        92 ^CONSULT -NEG -PHONE -TIMETABLE
        92 PERSON .. CONSULT -NEG -PHONE -WISHES
        93 CONSULT .. ohne .. THERAPY|folgebehandlung|anschluss -PHONE
        94 mehr als .. CONSULT|TALK
        96 ONLY .. TALK -NEG -PHONE
    """),
    Sign.NO_THERAPY: read_patterns("""
        95 NO THERAPY -COMPLAINT -METHOD -GROUP_OF_PEOPLE
        94 THERAPY .. NEG|EXCLUDED -COMPLAINT -METHOD
        94 NOT THERAPY
        93 ohne .. THERAPY|hoffnung|option
        94 EXCLUDED
        92 AFTER .. NO|NOT|weitersuchen
        92 THERAPY .. weitersuchen
    """),
    M.UNSUITABLE: read_patterns("""
        95 FIT NOT -HOUR -zeitlich -terminlich -WEEKDAY
        95 NOT FIT -MISDIRECTED -HOUR -zeitlich -terminlich -WEEKDAY -IN_CHARGE
        95 WRONG_PLACE -OFFICE
        93 NO SKILL
        93 fehlt|fehlen .. SKILL
        94 spreche|sprechen .. NO|NOT|ONLY
        93 SKILL .. NOT
        94 NOT SCOPE
        94 METHOD|COMPLAINT .. NOT .. SCOPE
        93 SCOPE .. NOT
        94 TREAT ONLY .. GROUP_OF_PEOPLE|METHOD|COMPLAINT --LISTS
        94 ONLY .. GROUP_OF_PEOPLE|METHOD .. TREAT --LISTS
        92 behandle|behandeln|betreue|betreuen|versorge|versorgen|therapieren ONLY -LISTS -CONSULT -ESTABLISHED -TIME
        95 METHOD .. MISDIRECTED|falsch
        94 PERSON .. NOT .. behandelt
        92 ONLY GROUP_OF_PEOPLE|METHOD -CONSULT -LISTS
        95 NO|NOT COMPLAINT|METHOD|GROUP_OF_PEOPLE .. TREAT --LISTS
        95 COMPLAINT|METHOD|GROUP_OF_PEOPLE .. TREAT .. NOT --LISTS
        94 TREAT .. NO|NOT .. COMPLAINT|METHOD|GROUP_OF_PEOPLE --LISTS
        94 COMPLAINT|METHOD|GROUP_OF_PEOPLE .. NOT .. TREAT|WORK --LISTS
        94 GROUP_OF_PEOPLE|METHOD WORK .. NOT
        95 TOO
        93 auf .. METHOD|GROUP_OF_PEOPLE|COMPLAINT spezialisiert|beschraenkt|festgelegt
        92 WISHES METHOD .. BE|arbeite METHOD
        94 MONEY .. NOT
        94 NOT .. MONEY
        94 privatpraxis -BESIDES
        93 WISHES .. METHOD|COMPLAINT .. NOT
        90 WISHES .. therapeutin|therapeuten|behandlerin|maennlichen|weibliche
        92 PERSON .. WISHES .. CLINIC
        91 CLINIC .. ELSEWHERE
        91 ELSEWHERE .. CLINIC
        90 PLACE_FAR .. NOT|ohne
        90 ohne .. PLACE_FAR
    """),
    M.NEEDS_INFO: read_patterns("""
        94 NEED FACTS -NO -REGISTER -SORRY
        93 FACTS .. NEED -NO -REGISTER
        93 TELL .. WHETHER|INTERROGATIVE|FACTS -REGISTER -meine
        92 NEED .. WHETHER|INTERROGATIVE -REGISTER
        92 WHETHER FACTS
        92 BEFORE .. DECIDE
        92 TELL .. DECIDE
        91 ASK .. PERSON -LISTS --NO
        90 PHONE_ME -REGISTER
        91 ohne .. FACTS
    """),
    Sign.LATER: read_patterns("""
        90 WE CALL -CAN
        90 CALL WE -CAN --AGAIN
        90 spaeter|nachdenken|ueberdenken|ausfuehrlicher|zurueckkommen
        90 komme .. zurueck
    """),
}  # fmt: skip
