"""First names many people have, to tell "García López, María José" from "Anna Kern, Jan Berg". Pure.

Asked only where the writing of a cell allows both readings: a name not listed is read as the cell's form says.
"""

from functools import lru_cache

from domain.acquisition.text import fold_name

# folded as surnames are compared
_NAMES = """
achim adam adelheid adem adrian agata agnes agnieszka ahmad ahmed ahmet aleksandra alessandro alev alex alexander
alexandra alexandre alexej alf alfons alfred ali alice alicia alina aline alisa aloys amelie amina amir amira ana
anastasia andre andrea andreas andrej andrzej anette angela angelika angelina anh anica aniko anita anja anka anke ann
anna annabell anne annegret annekatrin anneke annelie anneliese annemarie annette annika antje anton antonia antonio
arash armin arne arno arnold arthur artur asli astrid august axel aylin ayse aysel barbara bastian beate beatrice
beatrix ben benedikt benjamin benno bernadette bernd bernhard berta bertram bettina bianca birgit birgitta birte bjoern
bodo boris brigitta brigitte britta bruno burak burkhard carina carl carla carlos carmen carola carolin carolina
caroline carsten caterina catharina cathrin cem charlotte chiara chris christa christel christian christiane christina
christine christof christoph clara clarissa claudia claus clemens constanze cora cordula corinna cornelia cornelius
cristina dagmar dana daniel daniela danuta daria david debora denis deniz dennis derya detlef diana diego dierk dieter
dietmar dietrich dilek dina dirk dominic dominik dominika dora doreen doris dorothea dorothee eberhard eckhard edda
edeltraud edgar edith eduard egon ekaterina elena eleonore elif elisa elisabeth elise elke ella ellen elmar elsa elvira
emil emilia emily emma emre enno eric erich erik erika erna ernst erwin esra esther eugen eva evelyn evi ewa ewald
fabian fabienne farid fatima fatma federico felicitas felix ferdinand fernando filip filiz finn fiona florian frances
francesca francesco francisco frank franka franz franziska frauke frederik frederike frida frieda friedemann friederike
friedhelm friedrich fritz gabi gabriel gabriela gabriele galina georg gerald gerd gerda gereon gerhard gerlinde gerrit
gert gertraud gertrud gesa gesine giovanni gisela giulia gottfried gregor greta gretel gudrun guelay guenter guenther
guido gunda gunnar gustav hagen hakan halil hanna hannah hannelore hannes hans harald harry hartmut hasan hassan hatice
hedwig heide heidemarie heidi heidrun heike heiko heiner heinrich heinz helen helena helene helga helge helmut hendrik
henning henrik henrike henry herbert heribert hermann herta hilde hildegard hilke holger horst hubert hueseyin ibrahim
ida ildiko ilka ilona ilse imke ina ines inga inge ingeborg ingo ingrid inka insa ira irena irene irina iris irma
irmgard isabel isabell isabella isabelle ismail iva ivan ivana ivonne iwona jacek jacob jacqueline jade jakob jan jana
janina janine janna jannis jaqueline jasmin jasmina javier jean jeannette jelena jennifer jens jessica jill jo joachim
joana joanna jochen joel joerg joern johann johanna johannes john jolanta jonas jonathan jorge jose josef josefine
joseph juan judith juergen julia julian juliana juliane julie juliette julius justus jutta kai kaja kamil kamila karen
karim karin karina karl karla karola karolin karolina karoline karsten kaspar katarina katarzyna katharina kathleen
kathrin kati katja katrin kay kemal kerstin kevin khaled kilian kim kira kirsten klara klaus konrad konstantin konstanze
kornelia kristian kristin kristina krystyna kurt lan lara larissa lars laura lea leah leila lena lennart leo leon leona
leonard leonhard leonie leonore leopold levent lia liane lieselotte lilli lilly linda linus lisa liselotte lorenz lothar
lotta lotte louis louisa louise luca lucas lucia lucie ludger ludmila ludwig luis luisa luise lukas lutz lydia lynn
magda magdalena maike maja malgorzata malte malwina manfred manuel manuela mara marc marcel marcin marco marcus mareike
maren margarete margaretha margarita margit margot margret margrit maria mariam marian mariana marianne marie marieke
mariella marija marika marina mario marion marisa marita marius mark marko markus marlen marlene marlies marlis marta
martha martin martina marvin mary maryam mascha mathias mathilde mats matteo matthias maurice max maximilian mechthild
mehmet meike melanie melina melissa melitta mert meryem mia michael michaela michal michel michele michelle miguel mika
mila milena miriam mirja mirjam mirko mohamed mohammad mohammed monica monika monique moritz muhammad murat mustafa
nadia nadine nadja natalia natalie natascha nele nicola nicolas nicole niels niklas niko nikola nikolai nikolas nikolaus
nils nina noah noemi nora norbert nur nuray oezlem okan olaf ole oleg olga oliver olivia omar ortrud oskar osman oswald
otmar otto owen pablo pamela paolo pascal patricia patrick patrizia paul paula paulina pauline pawel pedro peer peggy
petar peter petra philip philipp philippa pia pierre piotr rafael rahel raimund rainer ralf ralph ramona raphael
raphaela rebecca rebekka regina regine reiner reinhard reinhold renata renate rene ricarda richard rita robert robin
roland rolf roman romy ronald ronja rosa rosemarie rosi rosmarie roswitha rudi rudolf ruediger ruth sabina sabine
sabrina salem salome samir samira samuel sandra sara sarah sascha saskia sebastian selin selina selma serap sevda
severin shirin sibel sibylle siegfried sieglinde siegmund siegrid siglinde sigrid silja silke silvana silvia silvio
simon simona simone sina soeren sofia sofie sonja sophia sophie stefan stefanie steffen steffi stella stephan stephanie
susan susann susanna susanne suse svea sven svenja svetlana swantje swetlana sybille sylvia sylvie tabea tamara tanja
tatiana tatjana teresa thea thekla theo theodor theresa therese theresia thi thilo thomas thorsten till tilman tim timo
tina tobias tom tomas tomasz torben torsten traute tristan udo ulf ulla ulrich ulrike ursel ursula uschi uta ute uwe
valentin valentina valerie vanessa vera verena veronika viktor viktoria vincent viola violetta vivian volker volkmar
waldemar walter waltraud wanda wencke wendelin werner wiebke wilfried wilhelm wilma wolfgang wolfram xenia yannick
yasemin yasmin yusuf yvette yvonne zeynep zoe zuzanna
"""
_KNOWN = frozenset(_NAMES.split())


@lru_cache(4096)
def is_first_name(word: str) -> bool:
    """Whether a word is a first name many have, or such joined by hyphens: "Ayşe", "Hans-Peter"."""
    words = fold_name(word).split()
    return bool(words) and all(part in _KNOWN for part in words)
