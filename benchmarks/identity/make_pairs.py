"""Make pairs.jsonl: invented therapists as two directories would list them at two times, labelled same or different.

``.venv/bin/python benchmarks/identity/make_pairs.py`` writes the same file again (seeded). How it works: a small
invented world of practices (alone, couples, families, groups, MVZ, successors) is lived forward by some years in which
people move, marry, change their mailbox, retire; then each directory writes what it knows in its own style (who types
the names, whether there are umlauts, first names, second names; how old its news are). A pair of the same person in two
directories is "same"; pairs of different persons are those a reader could confuse, by how the world made them near each
other. No rule of the program is used here. Every third world is held back from tuning.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from pools import AREA, COMMON, HOSTS, KEYS, MEN, MIDDLE, PARTICLES, RARE, STREETS, TOWNS, WOMEN

SEED = 20261128
WORLDS = 40
SAME, DIFFERENT = 1000, 940  # with the hand-written ones 2,000
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Person:
    """Somebody as they are on one day."""

    last: str
    first: str
    second: str
    sex: str
    licence: str
    title: str
    street: str
    house: str
    plz: str
    city: str
    email: str
    phone: str
    mobile: str
    web: str
    institution: bool = False


@dataclass
class World:
    """A place with practices, and the persons in them before and after the years."""

    dice: random.Random
    before: dict[int, Person] = field(default_factory=dict)
    after: dict[int, Person] = field(default_factory=dict)
    near: list[tuple[int, int, str]] = field(default_factory=list)

    def number(self, plz: str) -> str:
        """A landline of a town."""
        return f"+49{AREA[plz[:2]]}{self.dice.randint(200_000, 9_999_999)}"

    def mobile(self) -> str:
        """A mobile number."""
        return f"+491{self.dice.choice('567')}{self.dice.randint(10_000_000, 999_999_999)}"

    def surname(self) -> str:
        """Common as often as in a telephone book."""
        pool = self.dice.choices((COMMON, MIDDLE, RARE), (30, 40, 30))[0]
        name = self.dice.choice(pool)
        if self.dice.random() < 0.10:
            name += "-" + self.dice.choice(self.dice.choice((COMMON, MIDDLE, RARE)))
        if self.dice.random() < 0.05:
            name = f"{self.dice.choice(PARTICLES)} {name}"
        return name

    def person(self, **fixed: object) -> Person:
        """Somebody with a practice of their own."""
        dice = self.dice
        sex = str(fixed.get("sex") or dice.choices(("female", "male"), (72, 28))[0])
        first = str(fixed.get("first") or dice.choice(WOMEN if sex == "female" else MEN))
        last = str(fixed.get("last") or self.surname())
        plz, city = dice.choice(TOWNS)
        plain = ascii_of(last).replace(" ", "").lower()
        own = dice.choice(
            (
                f"{ascii_of(first).lower()}.{plain}@{dice.choice(HOSTS)}",
                f"praxis@{plain}.example",
                f"info@praxis-{plain}.example",
            )
        )
        values: dict[str, object] = {
            "last": last, "first": first, "sex": sex,
            "second": dice.choice(WOMEN if sex == "female" else MEN) if dice.random() < 0.25 else "",
            "licence": dice.choices(("psychological", "medical", "child_youth"), (65, 15, 20))[0],
            "title": dice.choices(("", "Dr.", "Dr. phil.", "Dipl.-Psych.", "Dr. med.", "Prof. Dr."), (40, 15, 10, 25, 8, 2))[0],
            "street": dice.choice(STREETS), "house": house(dice), "plz": plz, "city": city,
            "email": own if dice.random() < 0.75 else "", "phone": self.number(plz),
            "mobile": self.mobile() if dice.random() < 0.25 else "", "web": f"www.{plain}.example" if dice.random() < 0.4 else "",
        }  # fmt: skip
        return Person(**(values | fixed))  # type: ignore[arg-type]

    def add(self, *people: Person) -> list[int]:
        """Enter people; their numbers."""
        numbers = range(len(self.before), len(self.before) + len(people))
        self.before.update(zip(numbers, people, strict=True))
        return list(numbers)


def ascii_of(text: str) -> str:
    """As a mailbox is written."""
    for a, b in ("äa", "öo", "üu", "ÄA", "ÖO", "ÜU", "ßs", "łl", "øo", "ıi"):
        text = text.replace(a, b)
    return text


def house(dice: random.Random) -> str:
    """A house number."""
    number = str(dice.randint(1, 150))
    return number + dice.choices(("", " a", " b", f"-{int(number) + 2}"), (75, 10, 5, 10))[0]


def settle(world: World) -> None:
    """Practices as they are: most alone, some shared by colleagues, couples, families, houses with a name."""
    dice = world.dice
    for _ in range(70):
        roof = world.person()
        shared = {name: getattr(roof, name) for name in ("street", "house", "plz", "city")}
        kind = dice.choices(
            ("alone", "group", "couple", "family", "mvz", "successor", "namesake"), (40, 15, 8, 9, 8, 10, 10)
        )[0]
        if kind == "alone":
            world.add(roof)
        elif kind == "group":
            mail, phone = f"kontakt@{ascii_of(roof.last).lower().replace(' ', '')}-praxis.example", roof.phone
            others = [world.person(**shared, email=mail, phone=phone, mobile="") for _ in range(dice.randint(1, 3))]
            tag(world, world.add(replace(roof, email=mail), *others), kind)
        elif kind == "couple":
            other = world.person(
                **shared,
                last=roof.last,
                sex="male" if roof.sex == "female" else "female",
                phone=roof.phone,
                email=roof.email,
            )
            tag(world, world.add(roof, other), kind)
        elif kind == "family":
            # mother and daughter, brothers: the same sex, often the same initial
            pool = [n for n in (WOMEN if roof.sex == "female" else MEN) if n != roof.first]
            alike = [n for n in pool if n[0] == roof.first[0]] or pool
            phone = roof.phone if dice.random() < 0.6 else world.number(roof.plz)
            mail = roof.email if dice.random() < 0.4 else ""
            other = world.person(
                **shared,
                last=roof.last,
                sex=roof.sex,
                first=dice.choice(alike if dice.random() < 0.6 else pool),
                phone=phone,
                email=mail,
                mobile="",
            )
            tag(world, world.add(roof, other), kind)
        elif kind == "mvz":
            name = dice.choice(
                (
                    f"MVZ {roof.city}",
                    f"Praxis Dr. {roof.last}",
                    f"Psychotherapeutisches Zentrum {roof.last}",
                    f"Institut {roof.last}",
                )
            )
            firm = replace(
                roof, last=name, first="", second="", title="", sex="not_stated", institution=True, mobile=""
            )
            branch = replace(
                firm,
                last=f"{name} {dice.choice(('Nord', 'Süd', 'II', 'Ambulanz'))}",
                **place(world),
                phone=world.number(roof.plz),
            )
            tag(world, world.add(roof, firm, branch), kind)
        elif kind == "successor":
            other = world.person(
                **shared, phone=roof.phone, web=roof.web, email=roof.email if dice.random() < 0.5 else ""
            )
            tag(world, world.add(roof, other), kind)
        else:
            # the same name elsewhere, now and then in the same town
            where = (
                shared
                if dice.random() < 0.12
                else place(world)
                if dice.random() < 0.6
                else {"plz": roof.plz, "city": roof.city}
            )
            other = world.person(
                last=roof.last,
                first=roof.first,
                sex=roof.sex,
                licence=dice.choice((roof.licence, "psychological")),
                **where,
            )
            if where is shared:
                other = replace(
                    other, first=dice.choice([n for n in (WOMEN if roof.sex == "female" else MEN) if n != roof.first])
                )
            tag(world, world.add(roof, other), kind)


def place(world: World) -> dict[str, str]:
    """Some other address."""
    plz, city = world.dice.choice(TOWNS)
    return {"street": world.dice.choice(STREETS), "house": house(world.dice), "plz": plz, "city": city}


def tag(world: World, numbers: list[int], kind: str) -> None:
    """Everybody of a practice is near everybody else of it."""
    world.near += [(one, other, kind) for at, one in enumerate(numbers) for other in numbers[at + 1 :]]


def live(world: World) -> None:
    """Some years: moves, marriages, new mailboxes and numbers."""
    dice = world.dice
    for number, was in world.before.items():
        now = was
        if dice.random() < 0.22:
            close = [(p, c) for p, c in TOWNS if p[:2] == was.plz[:2]]
            plz, city = dice.choice(close) if dice.random() < 0.75 else dice.choice(TOWNS)
            now = replace(now, street=dice.choice(STREETS), house=house(dice), plz=plz, city=city)
            if plz[:2] != was.plz[:2] or dice.random() < 0.35:
                now = replace(now, phone=world.number(plz))
        if not was.institution and dice.random() < (0.07 if was.sex == "female" else 0.03):
            new = world.surname()
            now = replace(now, last=f"{was.last}-{new}" if dice.random() < 0.45 and "-" not in was.last + new else new)
            if now.email and dice.random() < 0.4:
                now = replace(
                    now,
                    email=f"{ascii_of(now.first).lower()}.{ascii_of(now.last).lower().replace(' ', '')}@{dice.choice(HOSTS)}",
                )
        if dice.random() < 0.12:
            now = replace(
                now,
                email=f"praxis.{ascii_of(now.last).lower().replace(' ', '')}@{dice.choice(HOSTS)}"
                if dice.random() < 0.8
                else "",
            )
        if dice.random() < 0.08:
            now = replace(now, phone=world.number(now.plz))
        world.after[number] = now


def slip(dice: random.Random, text: str) -> str:
    """A slip of the hand: a neighbour's key, a letter missing, doubled or swapped."""
    if len(text) < 4:
        return text
    at = dice.randrange(1, len(text) - 1)
    kind = dice.choice(("swap", "miss", "double", "key"))
    if kind == "swap":
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == "miss":
        return text[:at] + text[at + 1 :]
    if kind == "double":
        return text[:at] + text[at] + text[at:]
    near = KEYS[(KEYS.find(text[at].lower()) + 1) % len(KEYS)]
    return text[:at] + near + text[at + 1 :]


def upper_side(dice: random.Random, p: Person) -> dict[str, object]:
    """The association's list: complete names, official addresses, news within months."""
    first = f"{p.first} {p.second}".strip() if dice.random() < 0.8 else p.first
    return entry(p, first=first, mobile="")


def chamber(dice: random.Random, p: Person) -> dict[str, object]:
    """A chamber's list, typed by hand: no umlauts, initials, titles in the name, a slip now and then."""
    last = umlauts_out(p.last) if dice.random() < 0.6 else p.last
    last = last.upper() if dice.random() < 0.15 else slip(dice, last) if dice.random() < 0.10 else last
    if " " in p.last and not p.institution and dice.random() < 0.3:
        last = p.last.rpartition(" ")[2]
    first = dice.choices(
        (p.first, p.first[:1] + ".", f"{p.first} {p.second[:1]}.".strip(" .") or p.first, ""), (65, 12, 15, 8)
    )[0]
    return entry(
        p,
        last=last,
        first=first,
        sex="not_stated",
        street=short(dice, p.street),
        licence="unknown",
        phone=p.phone if dice.random() < 0.85 else "",
        web="",
    )


def portal(dice: random.Random, p: Person) -> dict[str, object]:
    """A portal people fill in themselves: the name they go by, mobile and web, the second site's address at times."""
    first = p.second if p.second and dice.random() < 0.12 else p.first
    last = p.last.replace("-", " ") if dice.random() < 0.3 else p.last
    found = entry(
        p,
        last=last,
        first=first,
        street=short(dice, p.street) if dice.random() < 0.3 else p.street,
        house=p.house.replace(" ", ""),
    )
    if dice.random() < 0.10:
        found |= {"plz": dice.choice(TOWNS)[0], "street": dice.choice(STREETS), "house_number": house(dice)}
    if dice.random() < 0.15:
        found["email"] = ""
    return found


def spreadsheet(dice: random.Random, p: Person) -> dict[str, object]:
    """An office's own sheet: zeros lost, cells empty, numbers swapped between columns."""
    first = p.first if dice.random() < 0.8 else ""
    found = entry(p, first=first, sex=p.sex if dice.random() < 0.6 else "not_stated", licence="unknown", web="")
    for name, chance in (("street", 0.2), ("house_number", 0.25), ("email", 0.35), ("phone", 0.15), ("plz", 0.07)):
        if dice.random() < chance:
            found[name] = ""
    if p.mobile and dice.random() < 0.4:
        found |= {"phone": p.mobile, "mobile": ""}
    if dice.random() < 0.06:
        found["last_name"] = slip(dice, p.last)
    return found


STYLES: tuple[Callable[[random.Random, Person], dict[str, object]], ...] = (upper_side, chamber, portal, spreadsheet)


def umlauts_out(text: str) -> str:
    """Written out, as before there were code pages."""
    for a, b in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("Ö", "Oe"), ("Ü", "Ue")):
        text = text.replace(a, b)
    return text


def short(dice: random.Random, street: str) -> str:
    """Abbreviated or with blanks for hyphens."""
    return dice.choice((street.replace("straße", "str."), street.replace("-", " "), umlauts_out(street)))


def entry(p: Person, **other: object) -> dict[str, object]:
    """What a list has of somebody, with what its style makes of it."""
    values: dict[str, object] = {
        "last_name": p.last, "first_name": p.first, "institution": p.institution, "sex": p.sex, "licence": p.licence,
        "street": p.street, "house_number": p.house, "plz": p.plz, "email": p.email, "phone": p.phone, "mobile": p.mobile,
        "web": p.web,
    }  # fmt: skip
    renamed = {"last": "last_name", "first": "first_name", "house": "house_number"}
    values |= {renamed.get(name, name): value for name, value in other.items()}
    if p.institution:
        values |= {"first_name": "", "sex": "not_stated"}
    return values


def lean(values: dict[str, object]) -> dict[str, object]:
    """Without what says nothing."""
    return {name: value for name, value in values.items() if value not in ("", False, "not_stated", "unknown")}


def main() -> None:
    dice = random.Random(SEED)
    same: list[dict[str, object]] = []
    different: list[dict[str, object]] = []
    for number in range(WORLDS):
        world = World(random.Random(dice.random()))
        settle(world)
        live(world)
        split = "held_back" if number % 3 == 0 else "tuning"

        def seen(person: int, world: World = world) -> dict[str, object]:
            """A directory's entry of somebody: most know the present, some the past."""
            day = world.after if world.dice.random() < 0.7 else world.before
            return lean(world.dice.choice(STYLES)(world.dice, day[person]))

        for person in world.before:
            pair = seen(person), seen(person)
            if pair[0] != pair[1]:  # two entries alike to the letter are no question
                same.append({"same": True, "model": "person", "split": split, "one": pair[0], "other": pair[1]})
        for one, other, kind in world.near:
            different.append({"same": False, "model": kind, "split": split, "one": seen(one), "other": seen(other)})
        people = list(world.before)
        for _ in range(15):
            one, other = world.dice.sample(people, 2)
            alike = [n for n in people if n != one and world.before[n].last == world.before[one].last] or [other]
            different.append(
                {
                    "same": False,
                    "model": "stranger",
                    "split": split,
                    "one": seen(one),
                    "other": seen(world.dice.choice(alike)),
                }
            )
    chosen = dice.sample(same, SAME) + dice.sample(different, DIFFERENT)
    dice.shuffle(chosen)
    hard = [json.loads(line) for line in (HERE / "hard_cases.jsonl").read_text("utf-8").splitlines()]
    lines = [json.dumps(pair, ensure_ascii=False) for pair in [*chosen, *hard]]
    (HERE / "pairs.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
