"""German words for times, written as in `vocabulary`."""

CALENDAR = {
    "MONTH": """
        januar jaenner februar feber maerz april mai juni juli august september oktober november dezember jan
        feb mrz apr jun jul aug sept sep okt nov dez
        """,
    "SEASON": """
        fruehjahr fruehling sommer herbst winter ostern pfingsten weihnachten advent silvester neujahr karneval
        dreikoenig allerheiligen aschermittwoch jahreswechsel jahresende jahresbeginn spaetherbst spaetsommer
        fruehsommer osterferien sommerferien herbstferien weihnachtsferien quartal halbjahr quartals neuen_jahr
        neues_jahr neue_jahr naechstes_jahr naechsten_jahr kommendes_jahr kommenden_jahr jahr sommerpause
        septemberhaelfte fasching
        """,
    "SPAN": "tage tagen woche wochen monat monate monaten monats jahre jahren halbes_jahr halben_jahr",
    "WEEKDAY": """
        montag dienstag mittwoch donnerstag freitag samstag montags dienstags mittwochs donnerstags freitags
        samstags mo di mi do fr uhr vormittags nachmittags abends mittags
        """,
    "FROM": """
        ab von seit zum beginnend voraussichtlich fruehestens vorauss naechste naechsten naechster kommende
        kommenden ab_dem ab_anfang ab_mitte ab_ende
        """,
    "UNTIL": "bis",
    "SOON": "sofort demnaechst kurzfristig bald naechste_woche naechsten_montag diese_woche ab_sofort",
}
