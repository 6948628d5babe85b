"""What practices write of themselves: away, somebody else, no more letters. Written as `rules`."""

from collections.abc import Mapping

from domain.communication.reading.meanings import Meaning
from domain.communication.reading.patterns import Pattern, read_patterns

M = Meaning

MAILBOX_RULES: Mapping[Meaning, tuple[Pattern, ...]] = {
    M.OPT_OUT: read_patterns("""
        96 NO FUTURE .. INQUIRY -MINE
        97 NO|NOT .. INQUIRY .. SEND|FUTURE -HAVE --TAKE
        95 SEND .. NO|NOT .. INQUIRY|FUTURE -CAN --TAKE
        95 FUTURE .. NO|NOT .. INQUIRY
        96 NOT FUTURE .. SEND
        97 REGISTER .. STRIKE --LISTS
        97 STRIKE .. REGISTER --LISTS
        97 aus|von .. REGISTER .. nehmen|nehmt|nimm|genommen|herausgenommen|entfernt --LISTS
        96 nehmen|nehmt .. aus .. REGISTER --LISTS
        97 von ~ der ~ liste .. STRIKE
        97 OBJECT -verstaendnis -rueckfragen
        94 ^STRIKE -MINE -NOT
        94 bitte STRIKE$
        94 um STRIKE
        92 STRIKE$ -NOT -LISTS
        97 von ~ der ~ liste nehmen|loeschen|streichen
        93 bitte .. FUTURE NOT$
        96 sehen .. INQUIRY|SEND .. ab$ -bitten
        95 sehen .. FUTURE .. ab$
        95 fragen .. NOT FUTURE .. an$
        93 NO_INTEREST
        94 NO INQUIRY .. von
    """),
    M.WRONG_ADDRESS: read_patterns("""
        97 RETIRED -gehe -gehen -patientin -patient
        96 FORMER_SEAT .. GIVEN_UP|existiert -LISTS --bis --vom -TAKE
        95 FORMER_SEAT .. wurde|dauerhaft|endgueltig .. geschlossen --bis
        95 gehoert NOT .. OFFICE|THERAPIST
        95 praktiziert|praktiziere NOT|nicht LONGER
        96 NOT LONGER .. PRACTISING -LISTS -NEW
        96 MISDIRECTED -METHOD
        95 gehoert|OFFICE .. OTHER_TRADE
        95 NO OFFICE LONGER
        95 NOT LONGER .. OFFICE -TAKE -LISTS -FREE -NEW
        95 NOT .. IN_CHARGE
        96 BE|eine|ist|dr .. OTHER_TRADE
        94 WE OTHER_TRADE
        95 ^OTHER_TRADE
        95 BE .. NO THERAPIST -FREE
        94 HAVE .. NO .. THERAPIST OFFICE
        93 behandeln NO patienten$
        93 NOT .. THERAPIST .. OFFER -LISTS -FREE
        95 NO_MORE_PRACTICE -IF -gehe -patientin -patient
        95 NO THERAPIST$ -FREE
        95 OFFICE .. gibt .. NOT LONGER -LISTS
    """),
    M.OUT_OF_OFFICE: read_patterns("""
        96 IN .. AWAY -NEED -WISHES -gehe
        95 OFFICE .. SHUT -LISTS -NEW
        94 NOT .. REACHABLE -IF -LISTS -FREE
        95 BACK .. REACHABLE -IF -LISTS -FREE
        94 AWAY .. UNTIL|TIME -NEED -LISTS
        94 FROM|erst .. TIME .. zurueck|wieder_da|REACHABLE -IF -LISTS -FREE -PLACE
        94 erreichen .. BACK
        93 UNTIL .. AWAY|BACK -LISTS
        90 ^AWAY
    """),
}  # fmt: skip
