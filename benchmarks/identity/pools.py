"""Names, streets and towns the invented world of make_pairs.py is made of."""

WOMEN = (
    "Anna Petra Sabine Susanne Katharina Christine Christina Julia Miriam Heike Gesa Yvonne Ulrike Barbara Monika Claudia "
    "Nora Lea Ina Eva Maria Birgit Svenja Aylin Svetlana Renate Hannah Charlotte Friederike Stefanie Martina Andrea Silke "
    "Kerstin Anja Tanja Nadine Ottilie Beate Dagmar Gudrun Elke Marlene Johanna Franziska Lisa Marie Carolin Zeynep Fatma"
).split()
MEN = (
    "Thomas Michael Andreas Jan Malte Giorgos Christian Stefan Tobias Kai Uwe Klaus Hans Peter Jürgen Martin Markus Frank "
    "Sven Björn Jörg Wolfgang Bernd Matthias Alexander Johannes Lukas Felix Emil Anton Friedrich Ludwig Rainer Dieter Holger "
    "Ralf Torsten Murat Ali Sergej Konstantin Moritz Paul Max Daniel David Simon Jonas Philipp Sebastian"
).split()
COMMON = (
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter Klein Wolf".split()
)
MIDDLE = (
    "Krüger Schäfer Lehmann Köhler Weiß Jäger Groß Brandt Vogel Böhm Lorenz Sauer Kühn Franke Winter Sommer Lang Engel "
    "Horn Busch Bergmann Thiele Pohl Arnold Voigt Stein Jung Möller Berger Kaiser Fuchs Scholz Hahn Keller Günther Frank"
).split()
RARE = (
    "Zschoche Nierhoff Abendroth Fahrenkamp Eichstädt Vößing Jäckel Hövelmann Brandstetter Bäumler Rübsam Grünewald Czernik "
    "Tönnies Niehues Österreicher Papadopoulos Kowalczyk Michałowski Sørensen Yıldız Öztürk Ohlendörfer Quast Ritzenhöfer "
    "Schwaighöfer Trübswetter Überall Wüstenhagen Zuckschwerdt Achterberg Bettinghausen Düwel Eßmann Föhrenbach Gänswein"
).split()
PARTICLES = ("von", "van", "de", "von der", "zu", "van den")
STREETS = (
    "Ahornweg Bahnhofstraße Kirchgasse Lindenallee Oppenhoffallee Kaiserplatz Salierstraße Zum-Grünen-Tal Markt Hauptstraße "
    "Goethestraße Schillerstraße Gartenweg Mühlenweg Bergstraße Am-Alten-Wall Rosenstraße Burgplatz Uferstraße Jülicher-Straße"
).split()
TOWNS = (
    ("52062", "Aachen"), ("52064", "Aachen"), ("52070", "Aachen"), ("52349", "Düren"), ("52134", "Herzogenrath"),
    ("50667", "Köln"), ("50823", "Köln"), ("10115", "Berlin"), ("10437", "Berlin"), ("01067", "Dresden"), ("04109", "Leipzig"),
    ("20095", "Hamburg"), ("80331", "München"), ("60311", "Frankfurt"), ("99084", "Erfurt"), ("06108", "Halle"),
)  # fmt: skip
AREA = {
    "52": "241",
    "50": "221",
    "10": "30",
    "01": "351",
    "04": "341",
    "20": "40",
    "80": "89",
    "60": "69",
    "99": "361",
    "06": "345",
}
HOSTS = ("web.example", "gmx.example", "post.example", "mail.example")
KEYS = "qwertzuiopüasdfghjklöäyxcvbnm"
