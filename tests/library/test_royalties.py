"""The arithmetic of royalties: cents, sums, and the order of credits."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library import royalties
from library.models import Author, AuthorBook, credit_line, published_year
from library.royalties import Share


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0.125", "0.13"),
        ("-0.125", "-0.13"),
        ("0.124", "0.12"),
        ("0.1249999999", "0.12"),
        ("-0.135", "-0.14"),
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("2.5", "2.50"),
        ("0", "0.00"),
        ("935.625", "935.63"),
    ],
)
def test_r3_money_is_rounded_half_away_from_zero(amount: str, expected: str) -> None:
    assert str(royalties.cents(Decimal(amount))) == expected


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6))
def test_cents_are_the_nearest_and_alike_on_both_sides_of_zero(amount: Decimal) -> None:
    assert abs(royalties.cents(amount) - amount) <= Decimal("0.005")
    assert royalties.cents(-amount) == -royalties.cents(amount)


def test_sums_are_per_book() -> None:
    shares = [
        Share(1, "Emma", "Jane", Decimal("9.0000")),
        Share(2, "Emma", "Ann", Decimal("6.3333")),
        Share(3, "Dune", "Frank", Decimal(100)),
    ]
    assert royalties.sums(shares) == {"Emma": Decimal("15.3333"), "Dune": Decimal(100)}
    assert royalties.sums([]) == {}


# --- the order of credits ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ("a1 b2 c3", "abc"),
        ("a3 b1 c2", "bca"),
        ("a1 b5 c9", "abc"),  # gaps close
        ("a1 b2 c1!", "cab"),  # c is moved to the first place
        ("a3! b2 c3", "bca"),  # a is moved to the third
        ("a2! b1! c3", "bac"),  # two change places
        ("a1 b2 c9!", "abc"),  # farther than there are places: last
        ("a1 b2 c?!", "abc"),  # no place asked for: last
        ("a1 b2 c?! d?!", "abcd"),  # in the order they came
        ("a1 b1 c1", "abc"),
        ("", ""),
    ],
)
def test_who_is_moved_goes_to_the_place_asked_for(places: str, expected: str) -> None:
    typed = [
        (one[0], None if one[1:].rstrip("!") == "?" else int(one[1:].rstrip("!")), one.endswith("!"))
        for one in places.split()
    ]
    assert "".join(str(who) for who in royalties.in_order(typed)) == expected


places = st.lists(st.tuples(st.integers(1, 12) | st.none(), st.booleans()), max_size=8).map(
    lambda rows: [(who, place, moved) for who, (place, moved) in enumerate(rows)]
)


@given(places)
def test_nobody_is_lost_and_the_others_keep_their_order(rows: list[tuple[int, int | None, bool]]) -> None:
    order = royalties.in_order(rows)
    assert sorted(order) == list(range(len(rows)))
    standing = [(place or 99, who) for who, place, moved in rows if not moved]
    assert [who for who in order if not rows[who][2]] == [who for _place, who in sorted(standing)]


@given(places)
def test_one_who_is_moved_alone_stands_where_it_asked(rows: list[tuple[int, int | None, bool]]) -> None:
    rows = [(who, place, who == 0) for who, place, _moved in rows]
    if rows and rows[0][1]:
        assert royalties.in_order(rows).index(0) == min(rows[0][1], len(rows)) - 1


# --- how a book is credited ----------------------------------------------------------------------------


def credit(*people: tuple[str, str] | tuple[str, str, str]) -> str:
    return credit_line(
        AuthorBook(author=Author(name=name), role=role, credited_as=credited[0] if credited else None)
        for name, role, *credited in people
    )


def test_the_credit_line_names_people_by_what_they_did() -> None:
    assert credit() == ""
    assert credit(("Jane Austen", "author")) == "Jane Austen"
    assert credit(("Jane Austen", "author"), ("Ann Lee", "author")) == "Jane Austen and Ann Lee"
    assert credit(("A", "author"), ("B", "author"), ("C", "author")) == "A, B and C"
    line = credit(("Jane Austen", "author"), ("Mary Shelley", "illustrator"), ("Ann Lee", "author"))
    assert line == "Jane Austen and Ann Lee; illustrated by Mary Shelley"
    assert credit(("Max Müller", "translator")) == "translated by Max Müller"


def test_a_name_is_printed_as_the_book_prints_it() -> None:
    assert credit(("Eric Blair", "author", "George Orwell")) == "George Orwell"


# --- dates of publication ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("published", "year"),
    [
        ("1813", 1813),
        ("1813-01", 1813),
        ("1813-01-28", 1813),
        ("-0750", -750),
        ("-750", -750),
        ("", None),
        (None, None),
    ],
)
def test_a_date_of_publication_has_a_year(published: str | None, year: int | None) -> None:
    assert published_year(published) == year


@pytest.mark.parametrize(
    "published",
    ["18131", "1813-13", "1813-1", "1813-01-32", "1813-02-30", "about 1813", "MDCCCXIII", "1813-00"],
)
def test_another_date_of_publication_is_refused(published: str) -> None:
    with pytest.raises(ValueError, match="not a date of publication"):
        published_year(published)
