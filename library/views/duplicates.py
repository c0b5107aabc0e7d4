"""Authors who may be there twice: the suggestions, and the merge of two."""

from collections.abc import Mapping, Sequence

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form

from core.access import safe_url, this_page
from core.db import db, record_id
from core.deeds import carry_out
from core.duplicates import ApartForm, Page, Pair, Shown, Suspect, keep_apart, strongest_first
from core.forms import LookUpField, sent_key
from core.merging import Line, Side, form_of, two_of
from core.writing import Work, answer_a_repeated_form, writing
from library import operations, queries
from library.models import Author, AuthorBook, NotTheSameAuthor
from library.views.blueprint import bp
from library.words import WORDS

# So many shares of each author are listed on the page of a merge.
SHOWN = 50
TYPED = {"placeholder": "name"}


@bp.get("/duplicates")
def duplicates() -> ResponseReturnValue:
    """Authors who may be one, each pair with its reason; or the pairs that were put aside."""
    put_aside = "aside" in request.args
    find = queries.pairs_put_aside if put_aside else queries.authors_twice
    page = find(request.args.get("after"))
    next_url = url_for(".duplicates", after=page.next, aside=request.args.get("aside"))
    return render_template(
        "library/duplicates.html",
        form=ApartForm(),
        suspects=_suspects(page),
        put_aside=put_aside,
        next_url=next_url if page.next else None,
        first_url=url_for(".duplicates", aside=request.args.get("aside"))
        if "after" in request.args
        else None,
    )


@bp.post("/duplicates")
def keep_authors_apart() -> ResponseReturnValue:
    """Say that two authors are not the same, or suggest them again."""
    form = ApartForm()
    ids = [record_id(key) for key in form.pair or ()]
    if None in ids or len(queries.authors_with(one for one in ids if one)) != 2:
        abort(400, "One of the two is not there any more. Load the page again.")
    with writing(form=form) as work:
        keep_apart(work, NotTheSameAuthor, (ids[0], ids[1]), bool(form.apart.data))
        said = "They are not suggested any more." if form.apart.data else "They are suggested again."
        work.leads_to(this_page(), said)
    return work.redirect()


def _suspects(page: Page) -> list[Suspect]:
    """The pairs with what is known of both; four statements however many they are."""
    ids = {key for pair in page.pairs for key in pair[:2]}
    authors, titles = queries.authors_with(ids), queries.books_by_author(ids)
    colleagues = queries.colleagues_by_author(ids)

    def in_common(pair: Pair) -> str:
        if book := _shared(titles, *pair[:2]):
            return f"both on {book}"
        colleague = _shared(colleagues, *pair[:2])
        return f"both with {colleague}" if colleague else ""

    return [
        Suspect(
            _shown(authors[pair.first], titles),
            _shown(authors[pair.second], titles),
            ", ".join(part for part in (pair.why, in_common(pair)) if part),
            url_for(".merge_authors", key=_who_stays(pair, titles), back=this_page()),
        )
        for pair in strongest_first(page.pairs, lambda pair: bool(in_common(pair)))
        if pair.first in authors and pair.second in authors
    ]


def _who_stays(pair: Pair, titles: Mapping[int, Mapping[int, str]]) -> list[int]:
    """Who has more books stays, unless a person says otherwise."""
    return sorted(pair[:2], key=lambda one: (-len(titles.get(one, ())), one))


def _shown(author: Author, titles: Mapping[int, Mapping[int, str]]) -> Shown:
    books = sorted(titles.get(author.id, {}).values())
    count = "no book" if not books else "1 book" if len(books) == 1 else f"{len(books)} books"
    about = " · ".join([f"#{author.id}", count, *books[:1]])
    return Shown(str(author.id), author.name, about, url_for(".author", id=author.id))


def _shared(known: Mapping[int, Mapping[int, str]], one: int, other: int) -> str:
    """The first book or colleague that two authors have both; nothing where there is none."""
    both = known.get(one, {}).keys() & known.get(other, {}).keys()
    return min((known[one][key] for key in both), default="")


# --- the merge -------------------------------------------------------------------------------------


class ChooseForm(Form):
    """Asks which two authors are one."""

    one = LookUpField("Who stays", find="library.find_authors", key="id", render_kw=TYPED)
    other = LookUpField(
        "Who is merged into that author", find="library.find_authors", key="id", render_kw=TYPED
    )


@bp.route("/merge-authors", methods=["GET", "POST"])
def merge_authors() -> ResponseReturnValue:
    """Make two authors one: say which links move, ask where they meet, and do it."""
    chosen = two_of(request.args.getlist("key"))
    if chosen is None:
        return _choose(request.args.get("key", ""))
    winner, loser = _both(chosen)
    links = _links(winner, loser)
    form = form_of(operations.questions_of_authors(winner, loser, links))
    sides = [_side(winner, loser, links, stays=True), _side(loser, winner, links)]
    ids = winner.id, loser.id
    # From the suggestions one goes on to the next pair.
    back = safe_url(request.args.get("back"), sides[0].url)

    def merge(work: Work) -> list[str]:
        work.leads_to(back, f"{sides[1].name} is merged into {sides[0].name}.")
        return operations.merge_authors(work, *ids, form.answers)

    trial = carry_out(form, operations.check, merge, WORDS, form.reason.data)
    if trial.stored:
        return trial.redirect()
    switch_url = url_for(".merge_authors", key=[ids[1], ids[0]], back=request.args.get("back"))
    page = render_template(
        "library/merge.html", form=form, trial=trial, sides=sides, switch_url=switch_url, back=back
    )
    return page, 422 if form.errors or form.form_errors else 200


def _both(keys: tuple[str, str]) -> tuple[Author, Author]:
    """The two authors. One that is merged already leads to the other; what was stored is answered."""
    ids = [record_id(key) or 0 for key in keys]
    authors = queries.authors_with(ids)
    if len(authors) == 2:
        return authors[ids[0]], authors[ids[1]]
    if request.method == "POST":
        answer_a_repeated_form(db.session(), sent_key() or "")
    now = list(dict.fromkeys(one if one in authors else queries.current_author(one) for one in ids))
    if None in now or request.method == "POST":
        abort(404, "One of the two is not there any more.")
    if len(now) == 1:
        abort(redirect(url_for(".author", id=now[0])))
    return abort(redirect(url_for(".merge_authors", key=now)))


def _links(winner: Author, loser: Author) -> Sequence[AuthorBook]:
    """Every share of the books of both."""
    books = {*queries.books_of_author(winner.id), *queries.books_of_author(loser.id)}
    return list(queries.links_of_books(books).values())


def _side(author: Author, other: Author, links: Sequence[AuthorBook], stays: bool = False) -> Side:
    """An author with the shares; of the one who stays only those on books of both: the others stay too."""
    shared = {mine.book_id for mine, _theirs in operations.shared_books(author, other, links)}
    mine = sorted(
        (link for link in links if link.author_id == author.id),
        key=lambda link: (link.book_id not in shared, link.book.title_key),
    )
    facts = [("Filed as", author.sort_name), ("Also", ", ".join(author.also)), ("Books", f"{len(mine):,}")]
    lines = [
        Line(f"{link.book}: {operations.share_words(link)}", "both" if link.book_id in shared else "")
        for link in mine[:SHOWN]
        if not stays or link.book_id in shared
    ]
    more = 0 if stays else len(mine) - len(lines)
    return Side(str(author.id), author.name, url_for(".author", id=author.id), facts, lines, more)


def _choose(key: str) -> ResponseReturnValue:
    """Ask who it is about; a name that can mean several is asked about again."""
    form = ChooseForm(request.args)
    if key:
        author = queries.authors_with([record_id(key) or 0]).get(record_id(key) or 0) or abort(404)
        form.one.data = f"{author.name} #{author.id}"
    fields = [form.one, form.other]
    typed = {field.data: field.key for field in fields if field.data}
    found = queries.authors_meant(typed)
    for field in fields:
        if field.data and len(found[field.data]) != 1:
            said = "Nobody is called so." if not found[field.data] else "Several are called so: choose one."
            field.errors = [said]
    ids = [found[field.data][0].id for field in fields if field.data and not field.errors]
    if len(set(ids)) == 2:
        return redirect(url_for(".merge_authors", key=ids))
    if len(ids) == 2:
        form.other.errors = ["This is the one who stays. Choose somebody else."]
    return render_template("library/merge_choose.html", form=form), 422 if form.errors else 200
