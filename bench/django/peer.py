"""Django admin over the same data, with the settings that its documentation recommends for large tables.

    BENCH_DATABASE=sqlite:///copy.db gunicorn peer:application      python peer.py prepare

The tables and indexes are those of Joinery, in a copy. Added are Django's own (accounts, sessions), and the
indexes that its orders need beside them.
"""

import os
import sys
from urllib.parse import urlsplit

import django
from django.conf import settings

URL = os.environ["BENCH_DATABASE"]
PARTS = urlsplit(URL)
SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": URL.removeprefix("sqlite:///"),
    "CONN_MAX_AGE": None,
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;"
        " PRAGMA cache_size=-4096",
    },
}
POSTGRESQL = {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": PARTS.path.lstrip("/"),
    "HOST": PARTS.hostname,
    "PORT": PARTS.port,
    "USER": PARTS.username,
    "PASSWORD": PARTS.password,
    "CONN_MAX_AGE": None,
}

settings.configure(
    SECRET_KEY="of a measurement",  # nosec: nothing of it is kept
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": SQLITE if URL.startswith("sqlite") else POSTGRESQL},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATA_UPLOAD_MAX_NUMBER_FIELDS=1_000_000,
    INSTALLED_APPS=[
        *("django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes"),
        *("django.contrib.sessions", "django.contrib.messages", "django.contrib.staticfiles"),
    ],
    MIDDLEWARE=[
        "django.middleware.gzip.GZipMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    STATIC_URL="static/",
)
django.setup()

from django.contrib import admin  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.urls import path  # noqa: E402


class Employee(models.Model):
    """Somebody, with the columns that the admin shows, sorts and searches."""

    number = models.CharField(max_length=20, primary_key=True)
    number_key = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=240)
    sort_name = models.CharField(max_length=121)
    sort_key = models.CharField(max_length=240)
    hired_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        app_label, managed, db_table, ordering = "admin", False, "employee", ["sort_key", "number"]

    def __str__(self) -> str:
        return self.sort_name


class Department(models.Model):
    """A department."""

    code = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=240)

    class Meta:
        app_label, managed, db_table, ordering = "admin", False, "department", ["name_key"]

    def __str__(self) -> str:
        return self.name


class Stay(models.Model):
    """Somebody in a department."""

    id = models.AutoField(primary_key=True)
    department = models.ForeignKey(Department, models.CASCADE, db_column="department_code")
    employee = models.ForeignKey(Employee, models.CASCADE, db_column="employee_number", related_name="stays")
    role = models.CharField(max_length=20, default="member")
    fte = models.BigIntegerField(null=True, blank=True)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    extra_data = models.CharField(max_length=256, null=True, blank=True)

    class Meta:
        app_label, managed, db_table = "admin", False, "department_employee_link"


class Book(models.Model):
    """A book."""

    reference = models.CharField(max_length=40, null=True, blank=True)
    title = models.CharField(max_length=500)
    title_key = models.CharField(max_length=1000)
    published = models.CharField(max_length=11, null=True, blank=True)
    year = models.IntegerField(null=True, blank=True)

    class Meta:
        app_label, managed, db_table, ordering = "admin", False, "book", ["title_key", "id"]


class Author(models.Model):
    """An author."""

    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=400)
    sort_name = models.CharField(max_length=201)
    sort_key = models.CharField(max_length=400)

    class Meta:
        app_label, managed, db_table, ordering = "admin", False, "author", ["sort_key", "id"]


class Share(models.Model):
    """What an author has in a book."""

    pk = models.CompositePrimaryKey("book_id", "author_id")
    book = models.ForeignKey(Book, models.CASCADE, related_name="shares")
    author = models.ForeignKey(Author, models.CASCADE, related_name="shares")
    publication_order = models.IntegerField()
    royalty_percentage = models.BigIntegerField()

    class Meta:
        app_label, managed, db_table, ordering = "admin", False, "author_book", ["publication_order"]


class OfDepartment(admin.SimpleListFilter):
    """People of a department, by what exists: the filter that comes with Django sorts all of them out."""

    title, parameter_name = "department", "department"

    def lookups(self, request, model_admin):
        return Department.objects.values_list("code", "name")

    def queryset(self, request, people):
        there = Stay.objects.filter(employee=models.OuterRef("pk"), department=self.value())
        return people.filter(models.Exists(there)) if self.value() else people


class Listed(admin.ModelAdmin):
    """What the documentation recommends for large lists."""

    list_per_page = 100
    list_select_related = True
    show_full_result_count = False


class Stays(admin.TabularInline):
    """Stays as rows of a form, each with the other side."""

    model = Stay
    extra = 0
    # Without an order of its own SQLite reads all stays in the order of their numbers.
    ordering = ("starts_on", "id")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.autocomplete_fields)


class StayInline(Stays):
    """The stays of a department as rows of its form."""

    autocomplete_fields = ("employee",)


class TheirStayInline(Stays):
    """The stays of a person as rows of the form."""

    autocomplete_fields = ("department",)


@admin.register(Employee)
class EmployeeAdmin(Listed):
    """People, with their departments of today."""

    list_display = ("number", "filed_name", "hired_on", "left_on", "departments")
    list_filter = (OfDepartment,)
    search_fields = ("name_key", "number_key")
    inlines = (TheirStayInline,)

    @admin.display(ordering="sort_key")
    def filed_name(self, person):
        return person.sort_name

    def get_queryset(self, request):
        # All stays, sorted out afterwards: with the end in the question SQLite would go by departments.
        stays = Stay.objects.select_related("department")
        return super().get_queryset(request).prefetch_related(models.Prefetch("stays", stays, "here"))

    @admin.display
    def departments(self, person):
        return ", ".join(
            stay.department.name for stay in getattr(person, "here", ()) if stay.ends_before is None
        )


@admin.register(Department)
class DepartmentAdmin(Listed):
    """Departments, with all their stays."""

    list_display = ("code", "name")
    search_fields = ("code", "name_key")
    inlines = (StayInline,)


@admin.register(Book)
class BookAdmin(Listed):
    """Books, with their authors and what these receive together, as Joinery's list has them."""

    list_display = ("called", "authors", "published_on", "royalties")
    search_fields = ("title_key",)

    @admin.display(ordering="title_key")
    def called(self, book):
        return book.title

    def get_queryset(self, request):
        shares = Share.objects.select_related("author")
        return super().get_queryset(request).prefetch_related(models.Prefetch("shares", shares, "here"))

    @admin.display
    def authors(self, book):
        return ", ".join(share.author.name for share in getattr(book, "here", ()))

    @admin.display(ordering="year")
    def published_on(self, book):
        return book.published

    @admin.display
    def royalties(self, book):
        return sum(share.royalty_percentage for share in getattr(book, "here", ())) / 10_000


@admin.register(Author)
class AuthorAdmin(Listed):
    """Authors, with how many books and one of them, as Joinery's list has them."""

    list_display = ("filed_name", "books", "title")
    search_fields = ("name_key",)

    def get_queryset(self, request):
        theirs = Share.objects.filter(author=models.OuterRef("pk")).order_by().values("author")
        first = Share.objects.filter(author=models.OuterRef("pk")).order_by("book_id")
        return (
            super()
            .get_queryset(request)
            .annotate(
                how_many=models.Subquery(theirs.annotate(n=models.Count("book")).values("n")),
                first_title=models.Subquery(first.values("book__title")[:1]),
            )
        )

    @admin.display
    def books(self, author):
        return author.how_many or 0

    @admin.display
    def title(self, author):
        return author.first_title or ""

    @admin.display(ordering="sort_key")
    def filed_name(self, author):
        return author.sort_name


urlpatterns = [path("admin/", admin.site.urls)]
application = get_wsgi_application()


# Django orders by the day itself where Joinery has what stands for “none” in its index.
INDEXES = ("CREATE INDEX IF NOT EXISTS peer_hired ON employee (hired_on, number DESC)",)


def prepare() -> None:
    """Add Django's own tables and the one who asks, to a copy of Joinery's database."""
    # After each of its migrations it would look at every foreign key of the whole file, for minutes.
    connection.check_constraints = lambda table_names=None: None
    call_command("migrate", verbosity=0)
    if not User.objects.filter(username="clerk").exists():
        User.objects.create_superuser("clerk", "clerk@example.org", "correct-horse-battery")  # nosec: of the bench
    with connection.cursor() as cursor:
        for statement in (*INDEXES, "ANALYZE"):
            cursor.execute(statement)


if __name__ == "__main__" and sys.argv[1:] == ["prepare"]:
    prepare()
