"""A page shows a window of the links, and the rules hold for all of them."""

from core.links import WINDOW
from core.windows import OF_MANY
from tests.conftest import Client
from tests.link_pages import LinkPage
from tests.screens import AUTHOR, BOOK, EMPLOYEE, Screen, every_screen

pytestmark = every_screen

# --- 3. a window of rows, not all of them --------------------------------------------------------------


def crowded(screen: Screen) -> tuple[object, list[object]]:
    """An owner with more links than one page holds."""
    owner, fars = screen.owner(), screen.far_sides(60)
    screen.link(owner, *fars)
    return owner, fars


def test_a_page_holds_fifty_rows_at_most_and_leads_to_the_others(screen: Screen, client: Client) -> None:
    owner, fars = crowded(screen)
    page = screen.open(client, owner)
    size = OF_MANY if screen is not BOOK else WINDOW
    seen, sizes = [row["identity"] for row in page.stored_rows], [len(page.stored_rows)]
    while following := page.link("Next"):
        page = LinkPage(client, following, screen)
        seen += [row["identity"] for row in page.stored_rows]
        sizes.append(len(page.stored_rows))
    assert sizes == [*[size] * (60 // size), 10]
    assert size <= WINDOW == 50
    assert len(seen) == len(set(seen)) == len(fars)


def test_a_set_that_fits_is_shown_whole(screen: Screen, client: Client) -> None:
    owner, fars = screen.owner(), screen.far_sides(WINDOW)
    screen.link(owner, *fars)
    assert len(screen.open(client, owner).stored_rows) == WINDOW


def test_saving_a_window_touches_only_the_row_that_was_changed(screen: Screen, client: Client) -> None:
    owner, fars = crowded(screen)
    first_page = screen.open(client, owner)
    page = LinkPage(client, first_page.link("Next") or "", screen)
    page.stored_rows[3][screen.fact] = screen.after
    saved = page.save()
    assert saved.stored
    assert saved.url == page.url, "it stays on the window it was on"
    assert len(screen.links(owner)) == len(fars)
    assert sum(link.version > 1 for link in screen.links(owner)) == 1
    assert screen.facts(owner).count(screen.after) == 1


def test_saving_without_a_change_stores_nothing(screen: Screen, client: Client) -> None:
    owner, fars = screen.owner(), screen.far_sides(3)
    screen.link(owner, *fars, **{screen.amount: screen.amounts(0)})
    saved = screen.open(client, owner).save()
    assert "Nothing was changed" in saved.text
    assert {link.version for link in screen.links(owner)} == {1}


def test_a_far_side_outside_the_window_cannot_be_added_again(screen: Screen, client: Client) -> None:
    owner, fars = crowded(screen)
    page = screen.open(client, owner)
    shown = {row[screen.far] for row in page.stored_rows}
    hidden = next(far for far in fars if not any(text.endswith(screen.typed(far)) for text in shown))
    page.spare[screen.far] = screen.typed(hidden)
    refused = page.save()
    assert "already" in refused.new_row(screen.typed(hidden)).said
    assert len(screen.links(owner)) == len(fars)


# --- 4. the rules hold for the whole set ---------------------------------------------------------------

TOO_MUCH = {"department": "0.3", "employee": "0.3", "book": "41.5", "author": "41.5"}


def fill_up(screen: Screen, client: Client) -> tuple[object, LinkPage]:
    """An owner whose page shows one link less than the sum needs: the rest is on another page."""
    if screen in (BOOK, EMPLOYEE):
        owner, fars = screen.owner(), screen.far_sides(60)
        amount = screen.amounts(0) if screen is BOOK else screen.amounts(2)
        screen.link(owner, *fars, **{screen.amount: amount})
        return owner, screen.open(client, owner)
    owner, far, other = screen.owner(1), screen.far_side(), (BOOK if screen is AUTHOR else EMPLOYEE)
    screen.link(owner, far)
    others = other.far_sides(60, 100)
    other.link(far, *others, **{other.amount: other.amounts(0) if screen is AUTHOR else other.amounts(2)})
    return owner, screen.open(client, owner)


def test_the_sum_counts_links_that_the_page_does_not_show(screen: Screen, client: Client) -> None:
    owner, page = fill_up(screen, client)
    before = [getattr(link, screen.amount) for link in screen.links(owner)]
    page.stored_rows[0][screen.amount] = TOO_MUCH[screen.name]
    refused = page.save()
    assert "cannot be stored" in refused.stored_rows[0].said
    assert [getattr(link, screen.amount) for link in screen.links(owner)] == before
    if screen in (BOOK, AUTHOR):
        refused.stored_rows[0][screen.amount] = "40"
        assert refused.save().stored, "exactly 100 % is possible"
