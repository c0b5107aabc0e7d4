"""What the library tells the whole application about itself."""

from core.rooms import Place, Room
from library import views

room = Room(
    name="library",
    title="Books",
    blueprint=views.bp,
    places=(
        Place("Books", "library.books"),
        Place("Authors", "library.authors"),
        Place("Subjects", "library.subjects"),
    ),
)
