"""The pictures of the README and the docs: made-up data, imported, served, and looked at with Chromium.

    make screenshots        (or: python bench/screenshots.py [FOLDER])

Everything is made in a folder that is thrown away, by the commands that people use. The data has a seed, and
the clock stands still on a day of it, so that a picture changes only where a page does.
"""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

from app import create_app  # noqa: E402
from bench import two_people  # noqa: E402
from bench.png import smaller  # noqa: E402
from bench.two_people import PASSWORD, PEOPLE, sign_in  # noqa: E402
from core.db import clock, db  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
# The made-up data ends with 2025.
NOW = datetime(2025, 11, 18, 9, 30, tzinfo=UTC)
SETTINGS = {"SECRET_KEY": "of pictures", "TIMEZONE": "UTC", "JOBS": "inline"}
# Pages of 1280 pixels, drawn finer: a README is read on screens of all kinds.
SCALE = 1.5
FIRST_DAY_AWAY = ("--end-date", "first-day-away")
IMPORTS: tuple[tuple[str, ...], ...] = (
    ("departments", "departments.csv"),
    ("employees", "employees.csv"),
    ("department-links", "dept_emp.csv", *FIRST_DAY_AWAY),
    ("department-heads", "dept_manager.csv", *FIRST_DAY_AWAY),
    ("books", "books.csv"),
    ("authors", "authors.csv"),
    ("book-links", "book_authors.csv"),
)
# What a colleague might send: nobody's numbers, days that can be read in two ways, hours for an FTE, a sum.
ARRIVED = """\
Name;Department;Start;End;FTE
Wood, Ivy;Research;03/11/2025;;50 %
Lundby, Astrid;Marketing;10/11/2025;06/03/2026;20/40 h
Goldbach, Uwe;Development;01/12/2025;;0,8
Total;;;;1,8
"""


def main() -> None:
    """Make all pictures, into FOLDER or where the README expects them."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/joinery.db"
        fill(folder, url)
        with served(url) as site:
            take_all(site, target)


def fill(folder: Path, url: str) -> None:
    """Made-up data, and a database with it, by the commands of the application."""
    subprocess.run([sys.executable, str(ROOT / "bench" / "make_data.py"), str(folder)], check=True)
    flask = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py")]
    environment = os.environ | SETTINGS | {"DATABASE_URL": url}

    def run(*words: str, typed: str | None = None) -> None:
        subprocess.run([*flask, *words], check=True, text=True, input=typed, env=environment, cwd=ROOT)

    run("db", "upgrade")
    for kind, file, *options in IMPORTS:
        run("import", kind, str(folder / file), "--yes", "--show", "0", *options)
    for email, name in PEOPLE:
        run("create-user", email, "--name", name, "--password-stdin", typed=PASSWORD)


@contextmanager
def served(url: str) -> Iterator[str]:
    """The application at an address of its own, on the day of the pictures."""
    logging.disable(logging.INFO)
    clock.now = lambda: NOW  # type: ignore[method-assign]
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, **SETTINGS})
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


# --- what is on the pictures ---------------------------------------------------------------------------

DEPARTMENT = "/hr/departments/d005"


def first_page(page: Page) -> None:
    """What needs attention."""
    page.goto("/")


def department(page: Page) -> None:
    """A department, an FTE changed and a person taken away, with the reason."""
    page.goto(DEPARTMENT)
    rows = page.locator(".link:not(.is-spare)")
    rows.nth(2).locator("[name$=fte]").fill("0.5")
    rows.nth(6).locator("[data-remove]").check(force=True)
    page.get_by_label("Why are they removed?").fill("Was entered in the wrong department")


def department_then(page: Page) -> None:
    """The same department on a day long ago."""
    page.goto(f"{DEPARTMENT}?on=1998-03-31")


def transfer(page: Page) -> None:
    """What the transfer of three people would change."""
    page.goto("/hr/stays?department=d005&arrangement=part-time")
    choose(page, 0, 2, 3)
    page.get_by_role("button", name="Transfer…").click()
    page.get_by_label("To department").fill("Marketing")
    page.get_by_label("First day there").fill("1 Jan 2026")
    page.get_by_role("button", name="Show what would change").click()
    page.locator("[data-preview]").wait_for()


def people(page: Page) -> None:
    """Who works part-time in more than one department; three of them chosen."""
    page.goto("/hr/employees?arrangement=part-time&departments=2%2B")
    choose(page, 1, 2, 4)


def questions(page: Page) -> None:
    """A file that arrived, and what it leaves open."""
    page.goto("/import")
    page.get_by_label("What is in the file").select_option("department-links")
    file = {"name": "new-contracts.csv", "mimeType": "text/csv", "buffer": ARRIVED.encode()}
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Show what it would do").click()


def book(page: Page) -> None:
    """The authors of a book in their order, and the sum of their royalties."""
    page.goto("/library/books?exactly=3")
    page.locator(".grid tbody a").first.click()
    page.locator(".link").first.wait_for()


def merge(page: Page) -> None:
    """Two spellings of one author."""
    page.goto("/library/duplicates")
    page.get_by_role("link", name="Merge Rose Waredale").first.click()
    page.get_by_role("button", name="Show what would change").click()
    page.locator("[data-preview]").wait_for()


def search(page: Page) -> None:
    """Ctrl-K on any page."""
    page.goto("/library/books")
    page.keyboard.press("Control+k")
    page.keyboard.type("lund")
    page.get_by_role("listbox", name="Suggestions").get_by_role("option").first.wait_for()


def phone(page: Page) -> None:
    """The same department on a phone."""
    page.goto(DEPARTMENT)


def choose(page: Page, *rows: int) -> None:
    """Check these rows of a list."""
    for row in rows:
        page.locator("[data-choose]").nth(row).check()


class Picture(NamedTuple):
    """A picture by its name: how one comes to the page, and on what screen."""

    name: str
    go: Callable[[Page], None]
    dark: bool = False
    size: tuple[int, int] = (1280, 800)


ALL = (
    Picture("first-page", first_page, size=(1280, 620)),
    Picture("department", department),
    Picture("department-dark-as-of", department_then, dark=True),
    Picture("transfer", transfer, size=(1280, 900)),
    Picture("people", people),
    Picture("import", questions, size=(1280, 730)),
    Picture("book", book, size=(1280, 660)),
    Picture("merge", merge, size=(1280, 1130)),
    Picture("search", search, size=(1280, 640)),
    Picture("phone", phone, size=(390, 844)),
    Picture("two-people-different-fields", two_people.different_fields, size=(1280, 620)),
    Picture("two-people-same-field", two_people.same_field, size=(1280, 720)),
    Picture("two-people-removed", two_people.removed_meanwhile, size=(1280, 720)),
    Picture("two-people-signed-out", two_people.signed_out, size=(1280, 480)),
    Picture("two-people-brought-back", two_people.brought_back, size=(1280, 720)),
)


def take_all(site: str, target: Path) -> None:
    """Each picture with a browser that is signed in and has seen nothing else."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("The pictures need Chromium, and it is not installed (on Debian: apt-get install chromium).")
    with sync_playwright() as playwright:
        arguments = ["--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        context = browser.new_context(base_url=site)
        sign_in(context)
        state = context.storage_state()
        context.close()
        for picture in ALL:
            width, height = picture.size
            context = browser.new_context(
                base_url=site,
                storage_state=state,
                locale="en-GB",
                viewport={"width": width, "height": height},
                device_scale_factor=SCALE,
                color_scheme="dark" if picture.dark else "light",
                reduced_motion="reduce",
            )
            take(context.new_page(), picture, target / f"{picture.name}.png")
            context.close()
        browser.close()


def take(page: Page, picture: Picture, path: Path) -> None:
    """Go there, let it come to rest, and keep what is seen."""
    page.set_default_timeout(20_000)
    picture.go(page)
    page.mouse.move(0, 0)
    page.evaluate("scrollTo(0, 0)")
    page.evaluate("document.fonts.ready")
    content = page.screenshot(animations="disabled", caret="hide")
    path.write_bytes(smaller(content))
    sys.stdout.write(f"{path.name}: {path.stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    main()
