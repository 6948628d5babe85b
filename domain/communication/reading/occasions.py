"""German word families of what is not about places: no fit, questions back, absence, wrong address, no more letters.

Written as in `vocabulary`.
"""

FIT = {
    "FIT": """
        passt passen passend passende passender passendes geeignet geeignete geeigneter richtig richtige
        richtigen richtiger match eignet eigne
        """,
    "WRONG_PLACE": """
        bei_uns_falsch bei_mir_falsch hier_falsch falsch_bei fehl_am_platz scheidet_aus ausser_frage
        kommt_nicht_in_frage kommt_nicht_in_betracht kommen_nicht_in_betracht nicht_in_frage nicht_in_betracht
        da_bin_ich_raus bin_ich_raus bin_raus unpassend ungeeignet kontraindiziert kontraindikation
        nicht_abrechenbar aus_dem_raster scheidet nicht_mein_fach kein_match keinen_sinn wenig_sinn
        nicht_sinnvoll ausserhalb_meines ausserhalb_meiner ausserhalb_unseres ausserhalb_unserer ausserhalb_dessen
        kenne_ich_mich_nicht_aus nicht_auskenne falsche_kasse traue_ich_mir_nicht_zu
        nicht_infrage komme_ich_nicht_infrage nicht_leisten ueberfordert ueberfordern
        """,
    "SCOPE": """
        schwerpunkt* profil spektrum konzept spezialisierung ausrichtung angebot* behandlungsspektrum gebiet
        fachgebiet fach bereich leistungsspektrum zielgruppe einzugsgebiet zustaendigkeit spezialgebiet
        expertise kompetenz
        """,
    "SKILL": """
        erfahrung expertise qualifikation abrechnungsgenehmigung zulassung *zulassung kassensitz fachkunde
        ausbildung weiterbildung gelernt genehmigung kassenleistung spezialisiert spezialisierung
        zusatzqualifikation ausgebildet befugnis sprachkenntnisse approbation erlaubnis
        """,
    "GROUP_OF_PEOPLE": """
        kinder kindern kind jugendliche jugendlichen jugendlicher erwachsene erwachsenen erwachsener frauen
        maenner maennern minderjaehrige* senioren privatpatient* privatversicherte* selbstzahler* kassenpatient*
        einzelpersonen einzelpatienten privaten gesetzlichen gesetzlich* privat private paare paaren
        studierende* familien minderjaehrig volljaehrig* saeuglinge maennliche* weibliche* alter aeltere*
        patientinnen privatzahler* beihilfe* kinder-_und_jugendliche
        """,
    "METHOD": """
        verhaltenstherapie verhaltenstherapeut* kjp vt tiefenpsycholog* tp analytisch* analyse
        psychoanalyse analytikerin analytiker
        systemisch* gruppentherapie gruppe gruppen einzeltherapie einzel paartherapie emdr neuropsycholog*
        hypnose schematherapie videotherapie online per_video video hausbesuche hausbesuch praesenz dolmetscher
        dolmetschern adhs-diagnostik traumatherapie dbt sexualtherapie farsi arabisch englisch tuerkisch
        russisch polnisch franzoesisch ukrainisch spanisch persisch
        """,
    "COMPLAINT": """
        essstoerung* anorex* magersucht bulimie sucht* *sucht abhaengig* abhaengigkeit* alkohol* drogen* zwang
        zwaenge zwangs* psychose* psychot* trauma* *trauma posttraumat* ptbs autis* asperger adhs borderline
        persoenlichkeits* bipolar* demenz schizophren* suizid* spielsucht dissoziat* depress* panik* angst*
        angststoerung* trauer* schmerz* sexual* stoerungsbild* krankheitsbild* gewalt* gewaltstraf* forens*
        intelligenzminder* transident* schlafstoerung* burnout
        """,
    "TREAT": """
        behandle behandeln behandelt arbeite arbeiten arbeitet therapiere therapieren biete bieten betreue
        betreuen mache machen mach begleite versorge nehme nehmen fuehre durchfuehren anbieten an aufnehmen
        annehmen beginnen bin sind darf duerfen abrechnen rechne rechnen spezialisiert sehe zugelassen
        """,
    "TOO": """
        wegen_des_alters altersmaessig zu_alt zu_jung zu_weit zu_komplex zu_schwer noch_keine_18
        altersgrenze* zu_akut zu_instabil zu_weit_weg
        altersgruppe altersbereich
        """,
    "MONEY": """
        privatambulanz abgerechnet privatpraxis reine_privatpraxis kassensitz kassenzulassung
        keine_kassen rein_privat abrechnen
        abrechenbar kostenerstattung nur_privat
        """,
    "PLACE_FAR": """
        weit entfernung anfahrt anreise fahrt fahrtweg wohnt ohne_auto barrierefrei lift aufzug rollstuhl
        treppen rollstuhlgerecht stock fahrstuhl
        """,
    "CLINIC": """
        klinik stationaer stationaere* tagesklinik* klinisch* suchtberatung suchtambulanz spezialambulanz
        fachklinik* psychiatrie* klinikaufenthalt
        """,
    "ELSEWHERE": "anderweitig woanders an_anderer_stelle an_eine_andere besser_aufgehoben verweisen andere_praxis",
    "WISHES": "wuenscht wuenschen wuenscht_sich gewuenscht wunsch sucht moechte will wollen braucht benoetigt",
}

ASKING = {
    "ASK": "frage fragen rueckfrage rueckfragen nachfrage klaeren klaerung rueckmeldung bitte_um_anruf vorab",
    "NEED": """
        benoetige benoetigen brauche brauchen braeuchte braeuchten brauchte bitte_um bitten_um erbitte erbitten
        fehlt fehlen wuesste wuessten muesste_wissen wissen moechte_wissen interessieren interessiert
        muesste_ich muessten_wir nachreichen zukommen erfahren bitte_klaeren
        """,
    "FACTS": """
        angabe angaben information informationen info infos diagnose diagnosen unterlagen befund befunde bericht
        berichte klinikbericht* arztbericht* entlassbericht* entlassungsbericht* ptv ptv11 kasse krankenkasse
        versicherung versicherungsstatus versicherungsart kassenpatient gesetzlich privat vorbehandlung*
        vorgeschichte anamnese details medikation medikamente alter geburtsdatum kontaktdaten telefonnummer
        nummer symptomatik symptome beschwerden verfuegbarkeit* problematik anliegen chipkarte ueberweisung
        konsiliarbericht* vorerfahrung vortherapien vortherapie sprache antrag wohnort behandlungsanlass
        stundenkontingent therapiestunden fragestellung anlass thema naeheres berufstaetig schweregrad
        dringlichkeit
        """,
    "DECIDE": """
        ja_oder_nein ein_ja_oder_nein entscheide entscheiden entscheidung beurteilen einschaetzen sage_ich
        sage_ihnen zusagen entscheide_ich sehe_ich schaue_ich zu_oder_absage ueberlege pruefen beantworten
        bescheid verbindlich etwas_sagen was_sagen nix_sagen nichts_sagen
        """,
    "BEFORE": "bevor vorher zuvor ehe davor vorab erst ohne erst_dann dann danach",
    "TELL": """
        fragen_sie_bitte koennen_sie koennten_sie wuerden_sie teilen_sie nennen_sie schicken_sie
        senden_sie schreiben_sie
        sagen_sie geben_sie mailen_sie lassen_sie fragen_sie darf_ich duerfen_wir duerfte_ich kann_ich
        koennte_ich wissen_sie haben_sie ist_sie ist_er hat_sie hat_er gibt_es gibts_es
        """,
    "INTERROGATIVE": """
        was wer wie welche welcher welches welchen wann warum wieso weshalb wo woher wofuer worum um_was ob
        seit_wann wie_alt inwiefern wer_bezahlt
        """,
    "PHONE_ME": """
        rufen_sie_mich rufen_sie_uns bitte_um_anruf bitte_um_rueckruf bitte_um_einen_anruf rufen_sie_bitte
        rufen_sie_doch
        """,
}

MAILBOX = {
    "AWAY": """
        urlaub elternzeit mutterschutz fortbildung sabbatical kur reha betriebsferien weihnachtsurlaub
        sommerpause winterpause osterurlaub sommerurlaub praxisurlaub praxisferien herbstpause herbstferien
        sommerferien osterferien verreist abwesend abwesenheit krankgeschrieben erkrankt arbeitsunfaehig
        herbsturlaub weihnachtsferien ferien dienstreise kongress rehabilitation klinik auszeit pause osterpause
        weihnachtspause betriebsurlaub praxispause praxisurlaubs krank jahresurlaub resturlaub klinikaufenthalt
        hochzeitsreise flitterwochen karenz krankenstand krankheit kongressreise quarantaene trauerfall* klausur
        grippe nicht_da nicht_im_haus nicht_im_dienst beerdigung hochzeit flach unterwegs zug
        dienstbefreiung krankheitsbedingt urlaubsbedingt
        """,
    "IN": """
        im in auf aus vom ueber macht mache machen bin befinde befinden weile haben zur zurzeit derzeit vom_bis
        wegen am
        """,
    "REACHABLE": """
        erreichbar besetzt da zurueck im_haus im_buero im_dienst in_der_praxis fuer_sie_da anwesend im_einsatz
        geoeffnet wieder_da zu_erreichen am_platz werden_nicht_gelesen nicht_gelesen_werden zugegen verfuegbar
        voller_energie zu_sprechen anzutreffen
        """,
    "BACK": "wieder zurueck kehre erst_wieder wieder_im",
    "SHUT": """
        geschlossen zu unbesetzt nicht_besetzt ruht bleibt_zu bleibt_geschlossen macht_zu macht_pause pausiert
        nicht_da
        """,
    "OFFICE": "praxis buero sekretariat anmeldung ambulanz praxisteam institut praxisbetrieb telefonzentrale",
    "AUTO": """
        abwesenheitsnotiz abwesenheit abwesend automatische_antwort autoreply out_of_office urlaub* praxisurlaub
        ausser_haus betriebsferien herbstferien sommerferien weihnachtsferien osterferien abwesenheitsassistent
        automatic_reply auto-reply abwesenheitsmeldung auto_reply nicht_im_buero urlaubszeit nicht_im_haus
        ferien automatische_rueckmeldung
        """,
    "NO_MORE_PRACTICE": """
        ruhestand rente pension berentet pensioniert emeritiert verstorben verzogen umgezogen ausgeschieden
        praxisaufgabe praxisschliessung dauerhaft_geschlossen aufgegeben existiert_nicht ruhestaendler
        praxistaetigkeit_beendet taetigkeit_beendet niedergelegt weggegangen nicht_mehr_taetig verlassen
        """,
    "RETIRED": """
        erloschen insolvenz* verstarb
        gestorben nachlassverwaltung nachlass ruhestand rente pension berentet pensioniert emeritiert verstorben
        ausgeschieden praxisaufgabe verzogen praxisschliessung
        """,
    "GIVEN_UP": "erloschen aufgegeben aufgeloest abgegeben zurueckgegeben verkauft eingestellt beendet abgemeldet",
    "FORMER_SEAT": """
        praxis betrieb praxistaetigkeit taetigkeit zulassung kassensitz niederlassung praxisbetrieb postfach domain
        """,
    "OTHER_TRADE": """
        physiotherapie* physio* ergotherap* logopaed* zahnarzt* zahnaerzt* hausarzt* orthopaed* heilpraktiker*
        tierarzt* tieraerzt* kosmetik* steuerberat* steuerkanzlei rechtsanwalt* anwaltskanzlei kanzlei
        architekt* stadtbuecherei kreishandwerkerschaft amtsgericht yogastudio nagelstudio friseur* autohaus
        heilerziehungspflege hebammenpraxis osteopath* podolog* apotheke baeckerei gemeindeverwaltung
        stadtverwaltung grundschule gymnasium nachmieter* versicherungsagentur optiker sanitaetshaus
        kindergarten kita gartenbau verlag buchhandlung hotel restaurant fahrschule immobilien* hausverwaltung
        schreinerei elektro* gaertnerei frauenarzt* gynaekolog* kinderarzt* hautarzt* augenarzt* radiolog*
        internist* chirurg* massage* fusspflege fitnessstudio musikschule volkshochschule bibliothek
        kirchengemeinde pfarramt pfarrbuero pflegedienst florist* blumenladen geriatrie* mechatroniker*
        lungen* lungenheilkunde schuldner* *werkstatt sportverein kleingarten* labor apothek* steuerbuero
        architektur* hundeschule tanzschule sprachschule dental* *zahnmedizin orthopaedisch* urolog*
        handwerk* spedition malerbetrieb dachdecker* bestattung* notar* notariat* sekundarschule schule schueler
        student* privatperson privatadresse private_mailadresse private_adresse private_e-mail*
        """,
    "MISDIRECTED": """
        irrlaeufer fehlgeleitet irrtuemlich versehentlich verwechslung verwechselt verwechseln verschrieben
        tippfehler falsche_adresse falsche_mailadresse falsche_praxis falscher_empfaenger falschen_empfaenger
        falsche_stelle falsch_verbunden verkehrte_adresse vertippt falschen_adressat* falsche_person
        falsch_adressiert falsche_anschrift falsche_e-mail* falsche_mail* falsche_email* falschen
        falsche_ansprechpartner*
        """,
    "IN_CHARGE": "zustaendig zustaendige richtige_adresse richtige_stelle richtigen_adresse",
    "THERAPIST": """
        psycholog* psychiater* psychotherap* therapeut* psychologische_praxis therapeutisch*
        psychotherapeutisch* patienten psychotherapie
        """,
    "PRACTISING": """
        taetig niedergelassen praktiziere* praktiziert praktizierend arbeite arbeitet arbeiten beschaeftigt
        angestellt im_haus in_unserem_haus bei_uns hier therapeutisch betreut psychotherapeutisch erreichbar
        """,
    "LONGER": "mehr laenger",
}

REFUSING = {
    "INQUIRY": """
        anfragen anfrage mails mail emails email e-mail e-mails zuschriften anschreiben nachrichten post
        zusendungen zusendung kontaktaufnahmen kontaktaufnahme gesuche vermittlungsanfragen werbung newsletter
        kontaktanfragen patientenanfragen rundmails rundschreiben patientensachen briefe vermittlungsdiensten
        vermittlungsmails sammelanfragen
        """,
    "FUTURE": """
        weitere weiteren weiter mehr kuenftig kuenftige* zukuenftig* in_zukunft nie_wieder nie_mehr dauerhaft
        ab_sofort generell von_ihnen dieser_art grundsaetzlich jemals
        """,
    "SEND": """
        schicken senden zusenden zuschicken zuzusenden zuzuleiten erhalten bekommen anschreiben anzuschreiben
        kontaktieren anfragen schreiben wollen will moechte wuenschen wuensche zuzuschicken zumailen zusendung
        zuzumailen belaestigen behelligen anrufen schickt zu kontaktiert
        """,
    "REGISTER": """
        verteiler* adressliste* mailingliste* kartei datenbank* datenbestand verzeichnis kontaktliste*
        adressverteiler mailverteiler praxenliste praxisliste adressbuch anbieterliste empfaengerliste
        ihrer_liste eurer_liste deiner_liste ihre_liste aufstellung adresse daten system adresskartei
        kontaktdaten adressdaten
        """,
    "STRIKE": """
        streichen loeschen entfernen austragen austragung nehmen_sie herausnehmen rausnehmen heraus geloescht
        gestrichen streicht entfernt loescht abmelden abmeldung unsubscribe streiche loeschung tilgen
        ausgetragen entnehmen abbestellen abbestellung rausstreichen abgemeldet entfernung herauszunehmen
        sperren
        """,
    "OBJECT": """
        widerspreche widersprechen widerspruch untersage untersagen unterlassen verbitte verbitten einspruch
        absehen abzusehen abstand verschonen art_21 art_17 artikel_21 artikel_17 dsgvo
        datenschutzgrundverordnung spam
        """,
    "NO_INTEREST": "kein_interesse keinerlei_interesse keinen_bedarf kein_bedarf",
}
