"""The rules and sums of royalties, as arithmetic on plain values: no database, no request.

A percentage is what one author receives of the base amount (Austen gets 15 %), not a share of a pot.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple, TypeVar

LIMIT = Decimal(100)
# What the authors of a book usually receive together; sums outside are worth a second look.
USUAL = (Decimal(5), Decimal(25))
CENT = Decimal("0.01")

Who = TypeVar("Who")


class Share(NamedTuple):
    """What one author receives of one book, in percent. `ref` says which record it is."""

    ref: Hashable
    book: Hashable
    author: Hashable
    percentage: Decimal


def cents(amount: Decimal) -> Decimal:
    """Money rounded to cents, half away from zero: 0.125 → 0.13, −0.125 → −0.13."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def sums(shares: Iterable[Share]) -> dict[Hashable, Decimal]:
    """The sum of percentages of each book."""
    found: dict[Hashable, Decimal] = defaultdict(Decimal)
    for share in shares:
        found[share.book] += share.percentage
    return dict(found)


def in_order(places: Iterable[tuple[Who, int | None, bool]]) -> list[Who]:
    """The gap-free order of credits.

    `places` are (who, place, moved): those that were moved go to the place asked for, the others keep
    their order around them; without a place one goes last.
    """
    places = list(places)
    standing = [
        (place is None, place or 0, n, who) for n, (who, place, moved) in enumerate(places) if not moved
    ]
    order = [who for *_place, who in sorted(standing, key=lambda one: one[:3])]
    moved = [
        (place if place is not None else len(places), n, who)
        for n, (who, place, moves) in enumerate(places)
        if moves
    ]
    for place, _n, who in sorted(moved, key=lambda one: one[:2]):
        order.insert(max(place - 1, 0), who)
    return order


def split(total: Decimal, weights: Sequence[Decimal], places: int = 4) -> list[Decimal]:
    """A total in parts by weight, which add up to it exactly: 10 in three is 3.3334, 3.3333, 3.3333.

    By largest remainder at so many places; ties go to the earlier one. ValueError where no weight is
    above zero.
    """
    whole = sum(weights, Decimal(0))
    if whole <= 0 or min(weights) < 0:
        raise ValueError("at least one part has to be above zero, and none below")
    units = int(total.scaleb(places))
    # Exact: numerators over one common denominator, in whole numbers.
    scale = max(-int(weight.as_tuple().exponent) for weight in weights)
    counts = [int(weight.scaleb(max(scale, 0))) for weight in weights]
    shares = [divmod(units * count, sum(counts)) for count in counts]
    left = units - sum(part for part, _rest in shares)
    first = sorted(range(len(shares)), key=lambda n: (-shares[n][1], n))[:left]
    return [Decimal(part + (n in first)).scaleb(-places) for n, (part, _rest) in enumerate(shares)]
