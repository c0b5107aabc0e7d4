"""Names and titles for made-up data. First and last names of one language go together; nobody is meant."""

import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """First names, and the beginnings and ends of last names; any beginning goes with any end."""

    first: Sequence[str]
    front: Sequence[str]
    back: Sequence[str]

    @property
    def size(self) -> int:
        """How many full names there are."""
        return len(self.first) * len(self.front) * len(self.back)

    def full(self, number: int) -> tuple[str, str]:
        """First and last name; neighbours in number are no neighbours in the alphabet."""
        rest, first = divmod(number * 7919 % self.size, len(self.first))
        front, back = divmod(rest, len(self.back))
        return self.first[first], self.front[front] + self.back[back]


def _words(text: str) -> list[str]:
    return text.split()


def _language(first: str, front: str, back: str) -> Language:
    return Language(_words(first), _words(front), _words(back))


# The number of names of a language has no factor 7919, so that each number has another name.
LANGUAGES = (
    _language(
        """
        Åsa Astrid Birgit Elin Erik Freja Håkon Ingrid Jens Lars Linnea Mads Nils Oskar Sigrid
        Søren Sven Tove
        """,
        """
        Brand Dahl Eke Fager Fors Gran Hag Hall Hed Holm Kull Lind Lund Nor Öster Sjö Söder Sund
        Ture Wester
        """,
        "berg by din dal gren holt man mark qvist stad strand ström vall vik",
    ),
    _language(
        """
        Anselm Anke Bernd Frieda Greta Hanna Heike Ilse Jonas Jürgen Käthe Lotte Moritz Otto Paula
        Uwe Wiebke
        """,
        """
        Alten Birken Brun Dorn Eber Eichen Fal Gold Heiden Hirsch Kalten Kirch Lauten Lehn Mühl
        Rosen Stein Wald
        """,
        "acker bach bauer beck born brück feld hardt haus heim hof mann meier rath stedt thal",
    ),
    _language(
        """
        Alice Arthur Clara Daniel Edith Ellen George Grace Harriet Henry Ivy Martha Oliver Rose
        Samuel Thomas
        """,
        "Ash Black Brad Cald Copper East Green Har Hol King Lang Mill North Rad Stan Thorn Whit Win Ware",
        """
        bourne bridge brook bury by combe dale don field ford ley man mere ridge ton well wick
        wood worth
        """,
    ),
    _language(
        """
        Adam Błażej Dana Ewa Irena Jana Karel Kinga Łukasz Marek Milan Olga Ondřej Petra Rafał
        Šárka Tomáš Vera
        """,
        "Bar Bed Čer Dob Hor Jan Kal Kol Kov Kub Lis Mal Mar Nov Pav Pol Ruž Sob Tom Zel",
        "áček ák an anda ář ec ek ica ic in or oš ovic us",
    ),
    _language(
        """
        Ana Beatriz Carlos Chiara Élodie Emilia Hélène Hugo Inés João José Leonor Lucía Matteo Noé
        Pedro René Thérèse
        """,
        "Alb Bar Bell Cas Dur Fer Gal Lom Mar Mont Mor Per Ric Ross Sal Sant Tor Val Vent Vill",
        "acci ades aldi ana ardo ella elli endes era etti iero ini isse ozo ucci uela",
    ),
    _language(
        """
        Aylin Barış Çiğdem Deniz Elif Emre Fatma Gül Hakan Kerem Mehmet Nesrin Oğuz Ömer Selin
        Şebnem Yusuf Zeynep
        """,
        "Ak Altın Ay Bay Bulut Çelik Demir Doğan Ertu Gök Kara Koç Kur Öz Sarı Tan Tun Tur Yıl Yurt",
        "alp aslan bey can dağ ateş güneş er kan kaya han maz oğlu ören pınar soy taş",
    ),
)


def person(chance: random.Random) -> tuple[str, str]:
    """First and last name of somebody; people share names, as they do."""
    language = chance.choice(LANGUAGES)
    first, last = language.full(chance.randrange(language.size))
    return (first if chance.random() < 0.8 else chance.choice(chance.choice(LANGUAGES).first)), last


def author(number: int) -> str:
    """The name of an author; each number has another one. One in 250 is the one before, written otherwise."""
    if number % 250 == 249:
        first, *middle, last = author(number - 1).split()
        return " ".join([last, first, *middle] if number % 500 == 249 else [first, "Z.", last])
    rest, language = divmod(number, len(LANGUAGES))
    again = rest // LANGUAGES[language].size
    first, last = LANGUAGES[language].full(rest % LANGUAGES[language].size)
    return f"{first} {_initial(again)}{last}"


def _initial(again: int) -> str:
    """Nothing the first time, then “A. ” to “X. ”, then “A. A. ” and so on."""
    if not again:
        return ""
    more, letter = divmod(again - 1, 24)
    return f"{_initial(more)}{chr(65 + letter)}. "


# --- titles ----------------------------------------------------------------------------------------

ADJECTIVES = _words(
    """
    Quiet Last Golden Broken Second Distant Hollow Painted Careful Borrowed Slow Northern Forgotten
    Ordinary Patient Crooked Silver Unfinished Late Small Restless Hidden Early Narrow
    """
)
THINGS = _words(
    """
    River House Winter Letter Orchard Clock Harbour Garden Atlas Window Bridge Kitchen Season Field
    Lantern Island Tide Ladder Ferry Map Forest Station Mirror Road Staircase Piano Library Summer
    Lighthouse Market
    """
)
TRADES = _words(
    """
    Clockmaker Gardener Ferryman Baker Cartographer Beekeeper Weaver Surgeon Printer Lockkeeper
    Astronomer Bookbinder Glassblower Carpenter
    """
)
MATTERS = _words(
    """
    Bread Glass Maps Salt Paper Weather Bridges Bees Wool Timber Gardens Clocks Rivers Moss Tea Ink
    Stone Apples
    """
)
PLACES = _words(
    """
    Aldermoor Brackwater Calder Dunmere Eastholm Falkenau Grauhafen Halsund Innervik Karsk Lindenau
    Marrow Nordholt Oakham Pellworth Quarrin Rosental Steinach Tarnow Ulmen Vassö Westerby
    Yarrowdale Zell
    """
)
PATTERNS = (
    "The {adjective} {thing}",
    "The {adjective} {thing} of {place}",
    "The {trade}’s {thing}",
    "The {thing} at {place}",
    "Letters from {place}",
    "A {thing} in {place}",
    "{thing} and {thing2}",
    "A Short History of {matter}",
    "{matter}: A Handbook",
    "The {adjective} {trade}",
    "The {trade} of {place}",
    "{adjective} {thing}s",
    "On {matter} and {matter2}",
    "Notes on {matter}",
    "What the {trade} Knew",
    "A {trade} in {place}",
    "{count} {thing}s",
    "{place}, {season} {year}",
    "{trade} and {trade2}",
    "The {thing} of {count} {thing2}s",
    "Before the {thing}",
    "{first} and the {thing}",
    "{first} of {place}",
    "The {matter} of {place}",
    "{last}’s {thing}",
    "The {last} Papers",
    "The {adjective} {last}s",
    "{first} {last}: A Life",
)
# Kinds of titles that have few of them come rarely, so that a long list does not repeat itself.
WEIGHTS = (4, 9, 4, 6, 1, 6, 5, 1, 1, 2, 3, 3, 2, 1, 1, 3, 2, 9, 1, 7, 1, 9, 7, 4, 12, 7, 9, 9)
COUNTS = _words("Two Three Four Five Six Seven Nine Twelve Forty")
SEASONS = _words("Spring Summer Autumn Winter")


def title(chance: random.Random) -> str:
    """The title of a book. An article is put right before a vowel."""
    pattern = chance.choices(PATTERNS, WEIGHTS)[0]
    (thing, thing2), (trade, trade2) = chance.sample(THINGS, 2), chance.sample(TRADES, 2)
    matter, matter2 = chance.sample(MATTERS, 2)
    first, last = person(chance)
    words = {
        "thing": thing,
        "thing2": thing2,
        "trade": trade,
        "trade2": trade2,
        "matter": matter,
        "matter2": matter2,
        "first": first,
        "last": last,
        "adjective": chance.choice(ADJECTIVES),
        "place": chance.choice(PLACES),
        "count": chance.choice(COUNTS),
        "season": chance.choice(SEASONS),
        "year": str(chance.randint(1890, 1999)),
    }
    said = pattern.format(**words).replace("Librarys", "Libraries")
    return f"An{said[1:]}" if said[:2] == "A " and said[2] in "AEIOU" else said
