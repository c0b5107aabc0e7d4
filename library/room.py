"""What the library tells the whole application about itself."""

from stdnum.isbn import format as format_isbn

from core.rooms import Place, Room, RoomRole
from library import operations, queries, views
from library.demo import add_demo
from library.doctor import ailments
from library.sheets import SHEETS
from library.views.attention import attention
from library.views.many import MANY
from library.views.search import found
from library.words import WORDS

# ISBNs are kept as digits and read with hyphens.
views.bp.add_app_template_filter(format_isbn, "isbn")

room = Room(
    name="library",
    title="Books",
    blueprint=views.bp,
    places=(
        Place("Books", "library.books"),
        Place("Authors", "library.authors"),
        Place("Shares", "library.shares"),
        Place("Subjects", "library.subjects"),
    ),
    words=WORDS,
    check=operations.check,
    many=MANY,
    unsettled=operations.books_that_moved,
    settle=operations.close_gaps,
    roles=(
        RoomRole("Library reader", "sees books, authors and shares, and takes lists away as files"),
        RoomRole("Library editor", "changes them, imports files, merges and deletes", edits=True),
        RoomRole(
            "bookkeeper",
            "sees them and changes percentages; statements and payees are theirs",
            stores=("library.book", "library.author", "library.change_shares", "library.split_royalty"),
        ),
    ),
    allows=operations.allows,
    takes_back=operations.takes_back,
    readable=("library.book", "library.author"),
    may_be_old=("library.books", "library.authors", "library.shares", "library.subjects"),
    for_editors=("library.duplicates", "library.author_data"),
    sheets=SHEETS,
    about="Who made which book, in which order, in which role, at what royalty.",
    is_empty=queries.is_empty,
    demo=add_demo,
    ailments=ailments,
    search=found,
    attention=attention,
)
