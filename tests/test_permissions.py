"""Walks every route, by GET and by POST, as everybody: who gets in, and what nobody gets to see.

A route that is not in the table fails: whoever adds a page says here who may open it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.models import ChangeSet, User
from core.writing import writing
from hr.models import Department
from tests import cast, factories
from tests.conftest import Client
from tests.exporting import shown_text

# --- who ---------------------------------------------------------------------------------------------

PEOPLE: Mapping[str, Callable[[], User | None]] = {
    "administrator": cast.administrator,
    "hr editor": cast.hr_editor,
    "hr reader": cast.hr_reader,
    "limited": lambda: cast.limited_editor(db.session.get_one(Department, "IT")),
    "library editor": cast.library_editor,
    "library reader": cast.library_reader,
    "bookkeeper": cast.bookkeeper,
    "own record": lambda: _with_record(cast.somebody("Perry Own")),
    "without role": cast.without_role,
    "nobody": lambda: None,
}
Group = frozenset[str]
EVERYBODY: Group = frozenset(PEOPLE)
SIGNED_IN = EVERYBODY - {"nobody"}
ADMINISTRATORS: Group = frozenset({"administrator"})
HR_READERS = ADMINISTRATORS | {"hr editor", "hr reader", "limited"}
HR_EDITORS = ADMINISTRATORS | {"hr editor", "limited"}
HR_UNLIMITED = ADMINISTRATORS | {"hr editor"}
LIBRARY_READERS = ADMINISTRATORS | {"library editor", "library reader", "bookkeeper"}
LIBRARY_EDITORS = ADMINISTRATORS | {"library editor"}
BOOKKEEPERS = LIBRARY_EDITORS | {"bookkeeper"}
IMPORTERS = HR_UNLIMITED | LIBRARY_EDITORS


def _with_record(user: User) -> User:
    """An account that belongs to a person of IT."""
    perry = factories.employee("Perry Own", "1002", account=user)
    factories.stay(perry, db.session.get_one(Department, "IT"), extra_data="perry's own remark")
    return user


# --- what there is, in words that stand nowhere else ---------------------------------------------------

OF_HR, OF_LIBRARY, OF_OTHER_DEPARTMENTS = "quillfeather", "marrowbone", "nightjar"


def furnish() -> None:
    """One of everything, with the keys that stand in the table; the first save of all has a history."""
    with writing() as work:
        work.session.add(Department(code="NEST", name="Quillfeather Nest"))
        work.leads_to("/hr/departments/NEST", "Saved Quillfeather Nest.")
    it = factories.department("IT", "Information Technology")
    sales = factories.department("SALES", "Quillfeather Sales")
    factories.former_code(it, "OLDIT", "Quillfeather Machines")
    ann = factories.employee("Ann Quillfeather", "1001", email="ann@quillfeather.example")
    factories.former_number(ann, "901", "Ann Quillfeather-Before")
    twin = factories.employee("Ann Quillfeather", "1003", email="ann@quillfeather.example")
    factories.address(ann, "1 Quillfeather Lane")
    factories.job_title(ann, "Keeper of Quillfeathers", "2024-01-01")
    factories.stay(ann, it, "2024-01-01", extra_data="quillfeather remark", fte="0.500")
    factories.stay(ann, sales, "2023-01-01", extra_data="nightjar remark", overload_reason="nightjar reason")
    factories.stay(twin, sales, "2023-01-01", "2023-12-31", extra_data="nightjar part")
    factories.stay(twin, sales, "2024-01-01", fte="0.250", extra_data="nightjar whole")
    book = factories.book("Marrowbone Hall", published="1813", reference="MARROWBONE-1")
    author = factories.author("Jane Marrowbone")
    factories.other_name(author, "J. Marrowbone")
    factories.share(book, author, "15", credited_as="Miss Marrowbone")
    factories.share(book, factories.author("Jane  Marrowbone"), "2.5", role="editor")
    factories.subject("Marrowbones", book)
    factories.edition(book, "9780141439518", "9.99", currency="EUR")


def of_the_administrator(user: User) -> None:
    """What only Adam may see: an upload, a note and a job of his."""
    factories.upload(user, "departments", "code,name\nQ,Quillfeather\n")
    factories.post(user)
    factories.job(user, "done", title="Quillfeather and Marrowbone", said="Done.")


# --- the table -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Route:
    """Who may open a page, and who may send its form, at an address with a sample of each."""

    address: str
    read: Group = frozenset()
    change: Group = frozenset()
    form: Mapping[str, str] = field(default_factory=dict)
    # Where whoever may not see it is told that there is nothing, and not that it is closed.
    is_hidden: bool = False


def form_page(address: str, who: Group, **form: str) -> Route:
    return Route(address, who, who, form)


ROUTES: Mapping[str, Route] = {
    "static": Route("/static/joinery.css", EVERYBODY),
    # The house.
    "core.healthz": Route("/healthz", EVERYBODY),
    "core.sign_in": form_page("/sign-in", EVERYBODY, email="nobody@example.org", password="wrong"),
    "core.first_account": form_page("/first-account/x", EVERYBODY),
    "core.second_step": form_page("/sign-in/code", EVERYBODY, code="123456"),
    "core.forgot_password": form_page("/forgot-password", EVERYBODY, email="nobody@example.org"),
    "core.invitation": form_page("/invitation/x", EVERYBODY),
    "core.reset_password": form_page("/new-password/x", EVERYBODY),
    "core.sign_out": Route("/sign-out", change=SIGNED_IN),
    "core.home": Route("/", SIGNED_IN),
    "core.load_demo": Route("/demo-data", change=SIGNED_IN),
    "core.search": Route("/search?q=quill+bone", SIGNED_IN),
    "core.find_everything": Route("/find/everything?q=marrow", SIGNED_IN),
    "core.account": form_page("/account", SIGNED_IN),
    "core.change_password": form_page("/account/password", SIGNED_IN),
    "core.own_data": Route("/account/data", SIGNED_IN),
    "core.end_sign_in": Route("/account/sign-ins/999/end", change=SIGNED_IN),
    "core.sign_out_elsewhere": Route("/account/sign-out-elsewhere", change=SIGNED_IN),
    "core.turn_on_second_factor": form_page("/account/second-factor", SIGNED_IN),
    "core.turn_off_second_factor": form_page("/account/second-factor/off", SIGNED_IN),
    "core.new_recovery_codes": form_page("/account/second-factor/codes", SIGNED_IN),
    "core.accounts": Route("/accounts", ADMINISTRATORS),
    "core.new_account": form_page("/accounts/new", ADMINISTRATORS, email="new@example.org", name="New"),
    "core.one_account": form_page("/accounts/1", ADMINISTRATORS, email="new@example.org", name="New"),
    "core.invite_again": Route("/accounts/2/invite", change=ADMINISTRATORS),
    "core.send_reset": Route("/accounts/2/send-reset", change=ADMINISTRATORS),
    "core.unlock_account": Route("/accounts/2/unlock", change=ADMINISTRATORS),
    "core.sign_out_account": Route("/accounts/2/sign-out", change=ADMINISTRATORS),
    "core.take_second_factor": Route("/accounts/2/take-second-factor", change=ADMINISTRATORS),
    "core.close_account": Route("/accounts/2/close", change=ADMINISTRATORS),
    "core.reopen_account": Route("/accounts/2/reopen", change=ADMINISTRATORS),
    "core.account_data": Route("/accounts/1/data", ADMINISTRATORS),
    "core.erase_account": form_page("/accounts/1/erase", ADMINISTRATORS),
    "core.notes": form_page("/notes", SIGNED_IN, body="Something for everybody."),
    "core.notes_about": Route(
        "/notes/about/employee:1001", HR_READERS, HR_READERS, {"body": "A quillfeather note."}, is_hidden=True
    ),
    "core.history": Route("/history", SIGNED_IN),
    "core.change_set": Route("/history/1", HR_READERS, is_hidden=True),
    "core.edit_post": form_page("/notes/1/edit", ADMINISTRATORS, body="Something else."),
    "core.delete_post": form_page("/notes/1/delete", ADMINISTRATORS),
    "core.deed_listing": Route("/deeds/1/all.csv", ADMINISTRATORS, is_hidden=True),
    "core.jobs": Route("/jobs", SIGNED_IN),
    "core.job": Route("/jobs/1", ADMINISTRATORS, is_hidden=True),
    "core.job_progress": Route("/jobs/1/progress", ADMINISTRATORS, is_hidden=True),
    "core.stop_job": Route("/jobs/1/stop", change=ADMINISTRATORS, is_hidden=True),
    "core.imports": form_page("/import", IMPORTERS, kind="departments"),
    "core.import_preview": Route("/import/1", ADMINISTRATORS, ADMINISTRATORS, is_hidden=True),
    "core.import_afresh": Route("/import/1/afresh", change=ADMINISTRATORS, is_hidden=True),
    "core.preview_anew": Route("/import/1/preview", change=ADMINISTRATORS, is_hidden=True),
    "core.import_refused": Route("/import/1/refused.csv", ADMINISTRATORS, is_hidden=True),
    "core.apply_import": Route("/import/1/apply", change=ADMINISTRATORS, is_hidden=True),
    "core.drop_import": Route("/import/1/drop", change=ADMINISTRATORS, is_hidden=True),
    # The first save of all is that of a department.
    "core.undo": form_page("/history/1/undo", HR_UNLIMITED),
    # Staffing.
    "hr.departments": Route("/hr/departments?state=all", HR_READERS),
    "hr.employees": Route("/hr/employees?columns=name,called,arrangement,email", HR_READERS),
    "hr.stays": Route("/hr/stays?span=all&columns=person,arrangement,why", HR_READERS),
    "hr.department": Route("/hr/departments/IT", HR_READERS, HR_EDITORS),
    "hr.employee": Route("/hr/employees/1001?span=all", HR_READERS, HR_EDITORS),
    "hr.me": Route("/hr/me", SIGNED_IN),
    "hr.find_employees": Route("/hr/find/employees?q=quill", HR_READERS),
    "hr.find_departments": Route("/hr/find/departments?q=quill", HR_READERS),
    "hr.edit_department": form_page("/hr/departments/IT/edit", HR_EDITORS, code="IT", name="Quillfeather"),
    "hr.edit_employee": form_page("/hr/employees/1001/edit", HR_EDITORS, number="1001", name="Ann Lee"),
    "hr.new_employee": form_page("/hr/new-employee", HR_EDITORS, number="1010", name="Bea New"),
    "hr.new_department": form_page("/hr/new-department", HR_UNLIMITED, code="NEW", name="New one"),
    "hr.end_stays": form_page("/hr/end?key=1", HR_EDITORS, last_day="2025-01-31"),
    "hr.extend_stays": form_page("/hr/extend?key=1", HR_EDITORS),
    "hr.change_stays": form_page("/hr/change?key=1", HR_EDITORS, fte="0.4"),
    "hr.transfer_stays": form_page("/hr/transfer?key=1", HR_EDITORS, department="SALES"),
    "hr.take_back_stay": form_page("/hr/take-back?key=4", HR_EDITORS),
    "hr.make_primary": form_page("/hr/make-main?key=1", HR_EDITORS),
    "hr.give_role": form_page("/hr/role?key=1", HR_EDITORS, role="head"),
    "hr.add_to_department": form_page("/hr/add-to-department?key=1001", HR_EDITORS, department="IT"),
    "hr.leave": form_page("/hr/leave?key=1001", HR_EDITORS, last_day="2025-01-31"),
    "hr.recode": form_page("/hr/departments/IT/recode", HR_UNLIMITED, code="ICT"),
    "hr.renumber": form_page("/hr/employees/1001/renumber", HR_UNLIMITED, number="2001"),
    "hr.duplicates": Route("/hr/duplicates", HR_UNLIMITED),
    "hr.keep_two_apart": Route("/hr/duplicates", change=HR_UNLIMITED, form={"apart": "1001 1003"}),
    "hr.merge_people": form_page("/hr/merge-people?key=1001&key=1003", HR_UNLIMITED),
    "hr.merge_departments": form_page("/hr/merge-departments?key=IT&key=SALES", HR_UNLIMITED),
    "hr.delete_department": form_page("/hr/departments/IT/delete", HR_UNLIMITED, reason="A trial."),
    "hr.delete_employee": form_page("/hr/employees/1001/delete", HR_UNLIMITED, reason="A trial."),
    "hr.employee_data": Route("/hr/employees/1001/data", HR_UNLIMITED),
    "hr.erase_employee": form_page("/hr/employees/1001/erase", ADMINISTRATORS),
    "hr.editors": form_page("/hr/editors", ADMINISTRATORS, person="#1", department="IT"),
    "hr.remove_editor": Route("/hr/editors/1/remove", change=ADMINISTRATORS),
    "hr.find_accounts": Route("/hr/find/accounts?q=a", ADMINISTRATORS),
    # The library.
    "library.books": Route("/library/books?state=all&columns=title,reference,isbn", LIBRARY_READERS),
    "library.authors": Route("/library/authors?state=all", LIBRARY_READERS),
    "library.shares": Route("/library/shares", LIBRARY_READERS),
    "library.subjects": Route("/library/subjects", LIBRARY_READERS),
    "library.subject": Route("/library/subjects/1", LIBRARY_READERS),
    "library.book": Route("/library/books/1", LIBRARY_READERS, BOOKKEEPERS),
    "library.author": Route("/library/authors/1", LIBRARY_READERS, BOOKKEEPERS),
    "library.find_authors": Route("/library/find/authors?q=marrow", LIBRARY_READERS),
    "library.find_books": Route("/library/find/books?q=marrow", LIBRARY_READERS),
    "library.find_subjects": Route("/library/find/subjects?q=marrow", LIBRARY_READERS),
    "library.change_shares": form_page("/library/change?key=1-1", BOOKKEEPERS, royalty_percentage="3"),
    "library.split_royalty": form_page("/library/split?key=1", BOOKKEEPERS, total="10"),
    "library.move_share": form_page("/library/move?key=1-1", LIBRARY_EDITORS, place="2"),
    "library.credit_author": form_page("/library/credit?key=1", LIBRARY_EDITORS, author="#2"),
    "library.edit_book": form_page("/library/books/1/edit", LIBRARY_EDITORS, title="Another"),
    "library.edit_author": form_page("/library/authors/1/edit", LIBRARY_EDITORS, name="Another"),
    "library.edit_subject": form_page("/library/subjects/1/edit", LIBRARY_EDITORS, name="Another"),
    "library.new_book": form_page("/library/new-book", LIBRARY_EDITORS, title="Another"),
    "library.new_author": form_page("/library/new-author", LIBRARY_EDITORS, name="Another"),
    "library.new_subject": form_page("/library/new-subject", LIBRARY_EDITORS, name="Another"),
    "library.duplicates": Route("/library/duplicates", LIBRARY_EDITORS),
    "library.keep_authors_apart": Route("/library/duplicates", change=LIBRARY_EDITORS, form={"apart": "1 2"}),
    "library.merge_authors": form_page("/library/merge-authors?key=1&key=2", LIBRARY_EDITORS),
    "library.author_data": Route("/library/authors/1/data", LIBRARY_EDITORS),
    "library.erase_author": form_page("/library/authors/1/erase", ADMINISTRATORS),
    "library.delete_book": form_page("/library/books/1/delete", LIBRARY_EDITORS, reason="A trial."),
    "library.delete_author": form_page("/library/authors/1/delete", LIBRARY_EDITORS, reason="A trial."),
    "library.delete_subject": form_page("/library/subjects/1/delete", LIBRARY_EDITORS, reason="A trial."),
}
# Further ways to the same records: files, filters, old addresses, records that are not there.
WAYS: Mapping[str, Group] = {
    **dict.fromkeys(
        (
            "/hr/stays?span=all&download=stays.csv",
            "/hr/stays?span=all&columns=person,arrangement,why&download=stays-as-shown.csv",
            "/hr/stays?span=all&columns=person,arrangement,why&download=stays-as-shown.xlsx",
            "/hr/stays?span=all&arrangement=other&columns=person,arrangement,why",
            "/hr/employees?download=stays.csv",
            "/hr/employees?download=employees-as-shown.csv&columns=name,arrangement",
            "/hr/employees?load=unexplained",
            "/hr/departments?download=stays.csv",
            "/hr/departments/SALES?span=all",
            "/hr/departments/SALES?span=all&download=stays.xlsx",
            "/hr/employees/1003?span=all&download=stays.csv",
            "/hr/employees/901",
            "/hr/departments/OLDIT",
        ),
        HR_READERS,
    ),
    **dict.fromkeys(
        (
            "/library/books?download=books.csv",
            "/library/shares?download=shares.xlsx",
            "/library/authors?download=authors-as-shown.csv",
            "/library/authors/1?download=shares.csv",
        ),
        LIBRARY_READERS,
    ),
}
NOT_THERE = {
    "/hr/employees/4711": HR_READERS,
    "/hr/departments/NONE": HR_READERS,
    "/library/books/4711": LIBRARY_READERS,
    "/library/authors/4711": LIBRARY_READERS,
    "/hr/employees/4711/edit": HR_EDITORS,
    "/hr/end?key=4711": HR_EDITORS,
    "/library/books/4711/delete": LIBRARY_EDITORS,
}


# From here one gets to the page on which one signs in.
LEAD_OUT = {
    "/sign-out",
    "/forgot-password",
    "/first-account/x",
    "/sign-in/code",
    "/invitation/x",
    "/new-password/x",
}


# --- the walk ------------------------------------------------------------------------------------------


@dataclass
class Walk:
    """Somebody who asks for page after page, and what was not as the table says."""

    who: str
    client: Client
    wrong: list[str] = field(default_factory=list)

    def ask(
        self, method: str, address: str, allowed: bool, form: Any = None, is_hidden: bool = False
    ) -> None:
        answer = self.client.open(address, method=method, data=form, buffered=True)
        status, place = answer.status_code, answer.headers.get("Location", "")
        if allowed:
            broken = status >= 500 and address != "/healthz"  # the tests have no migrations
            fits = status != 403 and not broken and ("/sign-in" not in place or address in LEAD_OUT)
        elif self.who == "nobody":
            fits = status == 303 and "/sign-in" in place
        else:
            fits = status == (404 if is_hidden else 403)
        if not fits:
            self.wrong.append(f"{method} {address} answered {answer.status} to {self.who}")
        self.wrong += [f"{method} {address} says “{word}” to {self.who}" for word in self.unseen(answer)]

    def unseen(self, answer: Any) -> Iterator[str]:
        """The words of records that this person does not see and that are in the answer all the same."""
        text = shown_text(answer).casefold()
        closed = {
            OF_HR: HR_READERS,
            OF_LIBRARY: LIBRARY_READERS,
            OF_OTHER_DEPARTMENTS: HR_READERS - {"limited"},
        }
        yield from (word for word, readers in closed.items() if word in text and self.who not in readers)


@pytest.fixture
def walk(app: Flask, who: str) -> Walk:
    furnish()
    adam = cast.administrator()
    of_the_administrator(adam)
    # The account 2 is that of whoever walks, and for the administrator somebody else's.
    user = PEOPLE[who]() if who != "administrator" else cast.without_role() and adam
    client = app.test_client()
    assert isinstance(client, Client)
    return Walk(who, client.sign_in(user) if user else client)


everybody = pytest.mark.parametrize("who", PEOPLE)


def test_the_table_has_every_route(app: Flask) -> None:
    there = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert there - ROUTES.keys() == set(), "say in the table who may open it"
    assert ROUTES.keys() - there == set()


def test_the_table_has_every_method(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        route = ROUTES[rule.endpoint]
        assert bool(route.read) == ("GET" in (rule.methods or ())), f"GET {rule.rule}"
        assert bool(route.change) == ("POST" in (rule.methods or ())), f"POST {rule.rule}"


@everybody
def test_pages_open_to_those_who_may_read_them(walk: Walk, who: str) -> None:
    for route in ROUTES.values():
        if route.read:
            walk.ask("GET", route.address, who in route.read, is_hidden=route.is_hidden)
    for address, readers in {**WAYS, **NOT_THERE}.items():
        walk.ask("GET", address, who in readers)
    assert not walk.wrong, "\n".join(walk.wrong)


@everybody
def test_forms_are_taken_from_those_who_may_change_what_they_are_about(walk: Walk, who: str) -> None:
    # What takes away comes last, and the way out at the very end.
    last = ("keep", "merge", "delete", "drop", "renumber", "recode", "apply", "remove")
    routes = sorted(
        ROUTES.items(),
        key=lambda one: (
            one[0] == "core.sign_out",
            any(w in one[0] for w in last),
        ),
    )
    for endpoint, route in routes:
        if not route.change:
            continue
        before = db.session.scalar(select(func.count()).select_from(ChangeSet))
        walk.ask("POST", route.address, who in route.change, dict(route.form), route.is_hidden)
        after = db.session.scalar(select(func.count()).select_from(ChangeSet))
        if who not in route.change and before != after:
            walk.wrong.append(f"POST {route.address} ({endpoint}) stored something for {who}")
    assert not walk.wrong, "\n".join(walk.wrong)
