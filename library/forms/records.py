"""The forms of the library: one per page, one row per side of a share. They check one row, never the set."""

import re
from decimal import Decimal
from typing import Any

from stdnum import isbn as isbn_numbers
from stdnum.exceptions import ValidationError as NotAnISBN
from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, Length, Optional, Regexp, ValidationError

from core.forms import (
    DayField,
    DeletionForm,
    ExactField,
    LenientField,
    LookUpField,
    PageForm,
    QuickInput,
    QuickSelect,
    RecordForm,
    squeezed,
)
from core.links import DetailRow, LinkRow, LinkRows
from library.models import FORMATS, ROLES, AuthorBook, published_year

MOST_PRICE = Decimal("9999999.99")


# --- link tables -----------------------------------------------------------------------------------


class PlaceField(LenientField):
    """A place in the credits, counted from 1; empty: the last one, and no error as in an IntegerField."""

    def read(self, typed: str) -> list[int]:
        return [int(typed)] if re.fullmatch(r"[1-9]\d{0,3}", typed, re.ASCII) else []

    def format(self, value: Any) -> str:
        return "" if value is None else str(value)

    def unreadable(self, typed: str) -> str:
        return f"“{typed}” is not a place: they count from 1."


class ShareRow(LinkRow):
    """The facts of a share, as one row. The two sides add what it joins."""

    table = "author_book"

    publication_order = PlaceField("No.", render_kw={"inputmode": "numeric", "autocomplete": "off"})
    royalty_percentage = ExactField(
        "Royalty", places=4, most=Decimal(100), unit="%", default=Decimal(0),
        render_kw={
            "inputmode": "decimal", "autocomplete": "off", "placeholder": "0 %", "data-sum": "royalty",
        },
    )  # fmt: skip
    role = SelectField("Role", choices={one: one for one in ROLES}, default="author", widget=QuickSelect())
    also_as = StringField("Also as", [Length(max=120)], filters=[squeezed], widget=QuickInput())
    credited_as = StringField("Credited as", [Length(max=200)], filters=[squeezed], widget=QuickInput())

    facts = ("publication_order", "royalty_percentage", "role", "also_as", "credited_as")
    shared_facts = ("role",)

    def validate(self, extra_validators: Any = None) -> bool:
        """A share without a percentage is one of nothing; further roles are roles."""
        valid = super().validate(extra_validators)
        if not valid or self.remove.data or not self.changed:
            return valid
        if self.royalty_percentage.data is None:
            self.royalty_percentage.data = Decimal(0)
        further = [one.strip() for one in (self.also_as.data or "").split(",") if one.strip()]
        unknown = [one for one in further if one not in ROLES]
        if unknown:
            self.refuse(f"“{unknown[0]}” is not a role. Possible: {', '.join(ROLES)}.", self.also_as)
            return False
        self.also_as.data = ", ".join(further) or None
        return True


class AuthorRow(ShareRow):
    """A share as its book shows it: one row per author."""

    author = LookUpField("Author", find="library.find_authors", key="id")

    far_name = "author"
    longest_new = 200

    def describe(self, link: AuthorBook) -> tuple[str, str]:
        """The name, and how it is filed."""
        return link.author.name, link.author.sort_name


class BookRow(ShareRow):
    """A share as its author shows it: one row per book."""

    book = LookUpField("Book", find="library.find_books", key="id")

    far_name = "book"
    longest_new = 500

    def describe(self, link: AuthorBook) -> tuple[str, str]:
        """The title, and when it was published."""
        return link.book.title, link.book.published or ""


class AuthorsForm(PageForm):
    """The authors of a book, where they stand."""

    author_rows = LinkRows(AuthorRow, "Authors")


class BooksForm(PageForm):
    """The books of an author, where they stand."""

    book_rows = LinkRows(BookRow, "Books")


# --- records ---------------------------------------------------------------------------------------


class SubjectRow(Form):
    """One subject of a book, by name; clearing the line takes it away."""

    shown = HiddenField()
    name = LookUpField(
        "Subject", find="library.find_subjects", key="name", validators=[Optional(), Length(max=120)]
    )


class EditionRow(DetailRow):
    """One edition of a book."""

    facts = ("isbn", "format", "list_price", "currency")

    isbn = StringField(
        "ISBN",
        [Optional(), Length(max=40)],
        filters=[squeezed],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )
    format = SelectField("Format", choices={one: one for one in FORMATS}, default="paperback")
    list_price = ExactField("List price", places=2, most=MOST_PRICE, shown_places=2)
    currency = StringField(
        "Currency",
        [Optional(), Regexp(r"^[A-Z]{3}$", message="Three letters, such as EUR.")],
        filters=[lambda text: text.strip().upper() or None if text else None],
        render_kw={"placeholder": "EUR"},
    )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed in a row for a new edition."""
        return not self.id.data and not (self.isbn.data or self.list_price.raw_data not in (None, [""]))

    def validate(self, extra_validators: Any = None) -> bool:
        """A removed or untouched row is not checked."""
        return bool(self.remove.data or self.is_empty or super().validate(extra_validators))

    def validate_isbn(self, field: StringField) -> None:
        """The check digit must be right; an ISBN-10 becomes the ISBN-13 it is part of."""
        if not field.data:
            return
        try:
            field.data = (
                isbn_numbers.to_isbn13(isbn_numbers.validate(field.data)).replace("-", "").replace(" ", "")
            )
        except NotAnISBN as error:
            raise ValidationError(f"“{field.data}” is not an ISBN: look at the digits again.") from error


class BookForm(RecordForm, AuthorsForm):
    """A book with its authors, subjects and editions."""

    own = ("title", "published", "reference", "archived_on")

    title = StringField("Title", [DataRequired("Give it a title."), Length(max=500)])
    published = StringField(
        "Published",
        [Optional()],
        filters=[squeezed],
        render_kw={"placeholder": "1813, 1813-01 or 1813-01-28"},
    )
    reference = StringField(
        "Reference",
        [Length(max=40)],
        filters=[squeezed],
        description="The house’s own number, if there is one.",
    )
    archived_on = DayField("Archived on", empty="in use")
    subject_rows = FieldList(FormField(SubjectRow), "Subjects")
    edition_rows = FieldList(FormField(EditionRow), "Editions")

    def validate_published(self, field: StringField) -> None:
        """A year, a month or a day; the year may be negative."""
        try:
            published_year(field.data)
        except ValueError as error:
            raise ValidationError(f"{error}.") from error


class NameRow(DetailRow):
    """Another name of an author: a pen name, or another spelling."""

    facts = ("name",)

    name = StringField("Other name", [Length(max=200)], filters=[squeezed], render_kw={"autocomplete": "off"})

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed in a row for a new name."""
        return not self.id.data and not self.name.data

    def validate(self, extra_validators: Any = None) -> bool:
        """A name that is there is not emptied, but removed."""
        if self.remove.data or self.is_empty:
            return True
        valid = super().validate(extra_validators)
        if valid and not self.name.data:
            self.name.errors = ["Write the name, or remove it."]
            return False
        return valid


class AuthorForm(RecordForm, BooksForm):
    """An author, the other names, and the books."""

    own = ("name", "sort_name", "archived_on")

    name = StringField("Name", [DataRequired("Give the name."), Length(max=200)])
    sort_name = StringField("Filed as", [Length(max=200)], render_kw={"placeholder": "last name, first name"})
    archived_on = DayField("Archived on", empty="in use")
    name_rows = FieldList(FormField(NameRow), "Other names")


class SubjectForm(RecordForm):
    """A subject."""

    own = ("name",)

    name = StringField("Name", [DataRequired("Give it a name."), Length(max=120)])


class DeleteForm(DeletionForm):
    """Asks whether a record is deleted, and takes a reason if there is one."""

    reason = StringField("Why is it deleted?", [Length(max=500)])
