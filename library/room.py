"""What the library tells the whole application about itself."""

from stdnum.isbn import format as format_isbn

from core.rooms import Place, Room
from library import queries, views
from library.demo import add_demo
from library.doctor import ailments
from library.sheets import SHEETS
from library.views.attention import attention
from library.views.search import found

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
    sheets=SHEETS,
    about="Who made which book, in which order, in which role, at what royalty.",
    is_empty=queries.is_empty,
    demo=add_demo,
    ailments=ailments,
    search=found,
    attention=attention,
)
