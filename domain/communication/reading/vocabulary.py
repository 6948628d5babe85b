"""German word families of answers about places: what belongs together by meaning, one family a line of words.

Words are folded (lower case, ae/oe/ue/ss). `*` stands for any letters, `_` joins the words of a set phrase; a phrase
takes its words out of the other families ("kein_problem" denies nothing). Add a word to its family and every rule
knows it. What a family is for is said by its name and the rules that use it.
"""

GRAMMAR = {
    "NO": """
        kein keine keinen keinem keiner keines keins keinerlei null weder nichts nix nischt niemand* nicht_ein*
        nicht_die_kleinste nicht_der_kleinste* wenig
        """,
    "NOT": """
        nicht nich net ned nie niemals kaum nimmer keineswegs keinesfalls auf_keinen_fall in_keinem_fall
        unter_keinen_umstaenden unmoeglich noch_nicht
        """,
    "NOTHING": "nichts nix nischt",
    "NOBODY": "niemand niemanden niemandem nicht_in_der_lage ausserstande keinen_menschen keine_neuen",
    "NEITHER": "weder",
    "NEIN": "nein nee ne noe negativ fehlanzeige abgelehnt",
    "FINE": """
        voll_behandeln voll_arbeiten voll_und_ganz kein_problem kein_thema kein_ding kein_hindernis keine_frage
        keine_ursache kein_wunder keine_sorge nichts_dagegen nicht_nur nicht_zuletzt nicht_weit gar_kein_problem
        ueberhaupt_kein_problem kein_ausschlussgrund
        """,
    "COURTESY": """
        danke dank danken bedanken gruss gruesse wuensche wuenschen wuenscht hoffe hoffen glueck erfolg
        verstaendnis alles_gute viel_erfolg nachricht anfrage interesse vertrauen geduld hallo guten liebe
        bitte_um_verstaendnis rueckmeldung kollegial*
        """,
    "UNTRUE": """
        nicht_so_,_dass nicht_wahr nicht_etwa_,_dass nicht_,_dass nicht_der_fall_,_dass geruecht kann_keine_rede_sein
        davon_kann_keine nicht_als_ob
        """,
    "BOUNCE": """
        zugestellt zustellbar unzustellbar zustellung undelivered undeliverable delivery mailer-daemon
        mailbox mailserver
        speicherplatz
        """,
    "BRIEFLY": """
        vorerst vorlaeufig derzeit momentan zurzeit aktuell einstweilen zunaechst heuer quartal dieses_jahr diesem_jahr
        diesen_monat im_moment zur_zeit gerade diese_woche
        """,
    "ESTABLISHED": "bestandspatient* bestandsklient* laufenden bestehenden",
    "ONLINE": "homepage website webseite internetseite internet veroeffentlicht veroeffentlichen",
    "EVENT": """
        kurs kurse *kurs seminar* *seminar workshop* programm newsletter veranstaltung* vortrag tagung flyer
        anbei infoblatt abonnent* teilnahme teilnahmegebuehr* teilnehmer* kursgebuehr* anmeldeschluss buchbar *abende
        """,
    "SORRY": """
        leider bedauerlicherweise bedaure bedauern bedauer ungluecklicherweise tut_mir_leid tut_uns_leid
        tut_mir_sehr_leid tut_mir_aufrichtig_leid so_leid_es leid sorry schade
        """,
    "YES": """
        ja jawohl jo jep klar na_klar gern gerne gerner sehr_gern sehr_gerne zusage zugesagt okay ok prima super
        willkommen gebongt freu freue freuen geht_klar klappt einverstanden passt_prima passt_gut passt_perfekt
        hat_glueck herzlich_willkommen
        """,
    "ONLY": """
        nur lediglich ausschliesslich hoechstens allenfalls maximal einzig bloss rein reine reiner
        lediglich_noch allein bestenfalls immerhin ledigl
        """,
    "INSTEAD": "aber jedoch dafuer stattdessen alternativ allerdings",
    "IF": "wenn falls sofern sollte sollten solange vorausgesetzt sobald andernfalls ansonsten sonst",
    "WHETHER": "ob",
    "MAYBE": """
        vielleicht eventuell evtl moeglicherweise womoeglich ggf gegebenenfalls unter_umstaenden hoffentlich
        vermutlich_wird mal_sehen mal_schauen eventuel unverbindlich nicht_ausschliessen keine_garantie
        nicht_sicher unsicher ungewiss manchmal gelegentlich ab_und_zu
        """,
    "OPPOSITE": "im_gegenteil ganz_im_gegenteil",
    "PAST": """
        hatte hatten war waren frueher damals einst ehemals seinerzeit letztes_jahr letzten_sommer
        im_letzten_sommer im_letzten_jahr vor_kurzem dachte dachten letzten_monat letzte_woche vorige_woche
        bis_vor_kurzem nehmen_koennen anbieten_koennen aufnehmen_koennen
        """,
    "EARLIER": "meine_absage meiner_absage letzte_absage letzten_absage unsere_absage unserer_absage",
    "GONE": "weg abgefahren verteilt vergriffen schon_vergeben bereits_vergeben inzwischen_vergeben",
    "RETRACTED": """
        das_war_einmal nehme_ich_zurueck ueberholt veraltet hinfaellig gilt_nicht_mehr stimmt_nicht_mehr
        zurueckgezogen
        """,
    "THIRD": """
        kollegin kollege kollegen kolleginnen kolleg nachbarpraxis angeblich praxispartner praxispartnerin
        meine_frau mein_mann kollegiale_praxis habe_gehoert gehoert_zu_haben zu_ohren eine_bekannte
        ein_bekannter nebenan dort dorthin sei uniklinik universitaetsklinik
        """,
    "HAVE": "habe hab haben haette haetten hat gibt gibts gaebe existiert besteht bestehen verfuege verfuegen",
    "BE": "bin sind ist is waere waeren wird werden wuerde wurde worden bleibt bleiben",
    "CAN": "kann koennen koennte koennten darf duerfen duerfte soll sollen moege moegen mag wuerde koenne",
    "WE": "ich wir mir uns mich bei_mir bei_uns zu_mir zu_uns",
    "YOU": """
        sie_haben sie_hatten hatten_sie sie_erhalten sie_schreiben sie_suchen sie_fragen sie_bekommen sie ihnen
        ihre ihrer ihr ihren ihrem
        """,
    "MINE": "mein meine meinen meiner meinem unser unsere unseren unserer unserem ne eine einer unsre die der",
    "YOURS": "ihre ihrer ihren ihrem eurer eure dem",
}

CAPACITY = {
    "PLACE": """
        platz plaetze plaetzen platzes platzerl plaetzchen therapieplatz* therapieplaetze* behandlungsplatz*
        behandlungsplaetze* dauerplatz* dauerplaetze* kassenplatz* kassenplaetze* gruppenplatz*
        nachmittagsplatz* vormittagsplatz* montagsplatz* dienstagsplatz* mittwochsplatz* donnerstagsplatz*
        freitagsplatz* mittagsplatz* fruehplatz* spaetplatz* abendplatz* einzelplatz* *therapieplatz
        *therapieplaetze kapazitaet
        kapazitaeten kapas kapazitaetsmaessig vakanz* luecke luecken slot slots einzeltherapieplatz*
        psychotherapieplatz* psychotherapieplaetze* aufnahmekapazitaet* behandlungskapazitaet*
        therapiekapazitaet* therapiestunde* spielraum ressourcen freiraum zeitfenster
        """,
    "HOUR": """
        montagsstunde* dienstagsstunde* mittwochsstunde* donnerstagsstunde* freitagsstunde* abendstunde*
        stunde stunden termin termine terminen zeit zeiten
        """,
    "SOMETHING": "etwas was einen eine eins ein zwei drei mehrere jemanden",
    "FREE": """
        frei freie freier freien freies freigeworden frei_geworden offen verfuegbar vakant unbesetzt vorhanden
        zu_vergeben zu_haben uebrig noch_luft luft freiwerden freigehalten freihalte freihalten reserviert
        """,
    "FULL": """
        voll volle ausgebucht ausgelastet belegt vollbelegt dicht besetzt vergeben erschoepft ausgeschoepft
        aufnahmestopp aufnahmestop annahmestopp aufnahmesperre ueberlastet ueberfuellt ueberbucht rappelvoll
        proppenvoll proppevoll randvoll knallvoll bumsvoll brechend_voll am_limit am_anschlag an_der_grenze
        an_meiner_grenze an_unserer_grenze an_die_grenze kapazitaetsgrenze* ueberlaufen verplant ausgereizt
        kapazitaetsgruenden platzgruenden kapazitaetsmangel platzmangel zu_hundert_prozent land_unter ausgeplant
        voellig_zu
        """,
    "TAKE": """
        nehme nehm nehmen nimmt uebernehme uebernehm uebernehmen uebernimmt aufnehmen aufzunehmen
        annehmen anzunehmen aufnahme
        neuaufnahme* neuaufnahmen uebernahme unterbringen unterzubringen einschieben dazwischenschieben zuteilen
        einplanen einplane aufgenommen uebernommen mitnehmen dazunehmen drannehmen
        """,
    "OFFER": """
        anbieten anzubieten biete bieten bietet angeboten geben zusagen zusichern versprechen zuweisen
        zur_verfuegung wir_vergeben ich_vergebe bereitstellen einraeumen einladen lade eingeladen bekommt
        bekommen erhaelt erhalten kriegt haben uebernehmen
        """,
    "BEGIN": """
        anfangen beginnen beginne beginnt starten startet loslegen einsteigen beginn start anfang therapiebeginn
        therapiestart behandlungsbeginn faengt faenge fange los_legen anzufangen beginnend
        """,
    "COME": "kommen vorbeikommen vorbeischauen erscheinen herkommen starten anfangen beginnen einsteigen loslegen",
    "CALL": "melden anrufen anmelden durchklingeln kontaktieren rufen vereinbaren ruft anruft anmeldet meldet",
    "TRIAL": """
        probatorik* probatorisch* probesitzung* vorgespraech* kennenlerngespraech* kennenlernen
        kennenlerntermin* ersttermin* erster_termin ersten_termin erstes_gespraech ersten_gespraech
        erstgespraech erstgespraeche* langzeittherapie kurzzeittherapie aufnahmegespraech* therapiepatient*
        """,
    "NEW": """
        neue neuen neuer neues neuaufnahmen neuanmeldungen neupatient* neuanmeldung* jemand jemanden patienten
        patientinnen patient*
        """,
    "HELP": "helfen weiterhelfen behilflich dienen entsprechen weiterbringen aushelfen nachkommen unterstuetzen",
    "POSSIBLE": """
        moeglich moeglichkeit moeglichkeiten drin chance chancen machbar realisierbar umsetzbar spielraum
        aussicht hoffnung machen luft
        """,
    "WORK": "geht ging gehts klappt funktioniert wird_das wird_es haut_hin geht_das geht_es zam",
    "DECLINE": """
        absage absagen sage_ab sage_ich_ab ablehnen ablehnung passen_muss muss_ich_passen muss_passen
        leider_passen ich_passe wir_passen abschlaegig* abzusagen abwinken eine_absage schlecht_aus duester_aus
        leer_aus mau_aus nein_sagen beim_nein beim_nein_bleiben sage_ich_daher_ab sagen_wir_ab sagen_ab
        kann_leider_nicht muessen_wir_passen negativ_beschieden absage_erteilen muss_leider_passen
        wird_also_nichts wird_das_nichts das_wird_nix
        """,
    "PROMPT": "ab_sofort sofort umgehend kurzfristig direkt",
}

WAITING = {
    "LIST": """
        warteliste wartelisten wartelistenplatz* wartelistenplaetze* *warteliste vormerkliste*
        interessentenliste* nachrueckliste* warteplatz* warteplaetze* wartliste vormerkung vormerkungen
        kinderliste erwachsenenliste warte_liste wartelistenaufnahme anmeldeliste reserveliste
        """,
    "SHORT_LIST": "liste listen",
    "PUT": """
        setzen setze setz gesetzt nehmen nehme aufnehmen aufgenommen eintragen eingetragen trage schreibe
        schreib setz schreiben notieren packen packe tun tue stelle steht stehe stehen gekommen kommt kommen kaeme
        setzen_lassen darf platzieren aufnahme draufsetzen
        """,
    "NOTE": """
        vormerken vorgemerkt vorzumerken merke_vor notiere notieren notiert vornotiert vormerke aufgeschrieben
        rueckt_nach nachruecken rueckt merken vormerkung_erfolgt
        """,
    "WRITE_DOWN": "schreibe schreib schreiben trage trag",
    "WAIT": "wartezeit wartezeiten gedulden warten dauert muesste_warten wartet",
    "CLOSED": """
        geschlossen zu dicht gesperrt abgeschafft eingestellt ausgesetzt aufgeloest gestoppt voll schliessen
        ueberfuellt ueberlaufen beendet eingefroren stillgelegt zugemacht uebervoll ausgeschoepft randvoll
        platzt gestrichen schluss aufnahmestopp stopp dichtgemacht verzichte verzichten weggefallen pausiert
        ruht aufgegeben
        """,
    "ONTO": "drauf darauf draufsetzen draufnehmen drauf_nehmen",
    "QUEUE": "an_der_reihe dran an_die_reihe naechste_auf nummer_auf auf_position position",
    "AGAIN": "wieder nochmal noch_mal nochmals erneut noch_einmal",
    "REPEAT": "nochmal noch_mal nochmals erneut noch_einmal",
    "OPEN_LIST": "ok okay offen geoeffnet moeglich ja gern gerne frei klappt angeboten anbieten",
}

CONSULTING = {
    "CONSULT": """
        sprechstunde sprechstunden sprechstundentermin* akutsprechstunde* abklaerungssprechstunde* *sprechstunde
        abklaerung abklaerungen abklaerungsgespraech* abklaerungstermin* orientierungsgespraech* orientierendes
        orientierenden erstabklaerung* erstberatung* beratungsgespraech* diagnostik diagnostikgespraech*
        diagnostiktermin* indikationsstellung indikationsgespraech* einmaliges einmaligen einmalige
        einzelgespraech* ersteinschaetzung klaerungsgespraech* diagnostische diagnostischen
        diagnostisches informationsgespraech*
        """,
    "TALK": "erstgespraech erstgespraeche gespraech gespraeche ersttermin kennenlerngespraech vorgespraech beratung",
    "PHONE": "telefonische telefonischen telefon* telefonisch rueckruf*",
    "THERAPY": """
        therapie therapien behandlung behandlungen psychotherapie therapieplatz* behandlungsplatz* dauerplatz*
        weiterbehandlung weiterbehandeln behandeln therapieren anschluss folgetermine folgetermin
        anschlussbehandlung anschlusstherapie richtlinientherapie uebernahme dauerhaft* weitermachen letztere
        letzteres
        """,
    "AFTER": "danach anschliessend anschliessende daraus dahinter im_anschluss hinterher darueber_hinaus damit dann",
    "EXCLUDED": "ausgeschlossen nicht_drin nicht_verbunden nicht_okay nicht_vorgesehen",
}
