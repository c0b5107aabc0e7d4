"""Django admin over the same data, with the settings that its documentation recommends for large tables.

    BENCH_DATABASE=copy.db gunicorn peer:application      python peer.py prepare

The tables and indexes are those of Joinery, in a copy; only Django's own (accounts, sessions) are added.
"""

import os
import sys
from pathlib import Path

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="of a measurement",  # nosec: nothing of it is kept
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["BENCH_DATABASE"],
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
            },
        }
    },
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
    hired_on = models.DateField(null=True)
    left_on = models.DateField(null=True)

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

    department = models.ForeignKey(Department, models.CASCADE, db_column="department_code")
    employee = models.ForeignKey(Employee, models.CASCADE, db_column="employee_number", related_name="stays")
    role = models.CharField(max_length=20, default="member")
    fte = models.BigIntegerField(null=True)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True)
    extra_data = models.CharField(max_length=256, null=True)

    class Meta:
        app_label, managed, db_table = "admin", False, "department_employee_link"


class Book(models.Model):
    """A book."""

    reference = models.CharField(max_length=40, null=True)
    title = models.CharField(max_length=500)
    title_key = models.CharField(max_length=1000)
    published = models.CharField(max_length=11, null=True)
    year = models.IntegerField(null=True)

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


class Listed(admin.ModelAdmin):
    """What the documentation recommends for large lists."""

    list_per_page = 100
    list_select_related = True
    show_full_result_count = False


class StayInline(admin.TabularInline):
    """The stays of a department as rows of its form."""

    model = Stay
    autocomplete_fields = ("employee",)
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("employee")


@admin.register(Employee)
class EmployeeAdmin(Listed):
    """People, with their departments of today."""

    list_display = ("number", "sort_name", "hired_on", "left_on", "departments")
    list_filter = (("stays__department", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("name_key", "number_key")

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
    """Books."""

    list_display = ("title", "reference", "published", "year")
    search_fields = ("title_key",)


@admin.register(Author)
class AuthorAdmin(Listed):
    """Authors."""

    list_display = ("sort_name", "name")
    search_fields = ("name_key",)


urlpatterns = [path("admin/", admin.site.urls)]
application = get_wsgi_application()


def prepare() -> None:
    """Add Django's own tables and the one who asks, to a copy of Joinery's database."""
    # After each of its migrations it would look at every foreign key of the whole file, for minutes.
    connection.check_constraints = lambda table_names=None: None
    call_command("migrate", verbosity=0)
    if not User.objects.filter(username="clerk").exists():
        User.objects.create_superuser("clerk", "clerk@example.org", "correct-horse-battery")  # nosec: of the bench


if __name__ == "__main__" and sys.argv[1:] == ["prepare"]:
    Path(os.environ["BENCH_DATABASE"]).touch()
    prepare()
