"""The pictures of docs/two-people.md: two people change one link; each picture has a book of its own."""

from playwright.sync_api import BrowserContext, Locator, Page

PASSWORD = "a password for pictures"  # nosec: of people who do not exist
# Who looks at the pages, and the colleague who has the same page open.
PEOPLE = (("ann@example.org", "Ann Weber"), ("tom@example.org", "Tom Behrens"))
(EMAIL, _), (COLLEAGUE, _) = PEOPLE


def sign_in(context: BrowserContext, email: str = EMAIL) -> None:
    """As anybody does."""
    page = context.new_page()
    page.goto("/sign-in")
    fill_in_sign_in(page, email)


def fill_in_sign_in(page: Page, email: str) -> None:
    """On the page that asks for it."""
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("nav#nav").wait_for()


def both_open(page: Page, nth: int) -> Page:
    """Open a book with three authors, and let a colleague open it too."""
    page.goto("/library/books?exactly=3")
    page.locator(".grid tbody tr").nth(nth).locator("a").first.click()
    page.locator(".link").first.wait_for()
    browser = page.context.browser
    if browser is None:
        raise RuntimeError("The page has no browser.")
    site, path = page.url.split("/library/")
    context = browser.new_context(base_url=site, locale="en-GB")
    sign_in(context, COLLEAGUE)
    theirs = context.new_page()
    theirs.goto(f"/library/{path}")
    return theirs


def fact(page: Page, name: str, row: int = 1) -> Locator:
    """The input of a fact in one of the rows, counted from 0."""
    return page.locator(".link:not(.is-spare)").nth(row).locator(f"[name$={name}]")


def save(page: Page) -> None:
    """Press Save, and wait for the answer."""
    page.locator("[data-save]").click()
    page.locator(".message, .errors").first.wait_for()


def different_fields(page: Page) -> None:
    """The colleague has changed the royalty, and I the name in the credits: both are kept."""
    theirs = both_open(page, 1)
    fact(theirs, "royalty_percentage").fill("7.5")
    save(theirs)
    fact(page, "credited_as").fill("the brother of the author")
    save(page)


def same_field(page: Page) -> None:
    """Both have changed the royalty: both values stand at the row."""
    theirs = both_open(page, 2)
    fact(theirs, "royalty_percentage").fill("7.5")
    save(theirs)
    fact(page, "royalty_percentage").fill("9")
    save(page)


def removed_meanwhile(page: Page) -> None:
    """The colleague has removed what I have changed: put it back, or drop it."""
    theirs = both_open(page, 3)
    theirs.locator("[data-remove]").nth(1).check(force=True)
    save(theirs)
    fact(page, "royalty_percentage").fill("9")
    save(page)


def signed_out(page: Page) -> None:
    """The session has ended before I pressed Save."""
    page.goto("/library/books?exactly=3")
    page.locator(".grid tbody tr").nth(4).locator("a").first.click()
    fact(page, "royalty_percentage").fill("9")
    fact(page, "credited_as", 0).fill("the editors")
    page.context.clear_cookies()
    page.locator("[data-save]").click()
    page.locator("[name=password]").wait_for()


def brought_back(page: Page) -> None:
    """After signing in everything is there again, and nothing is stored yet."""
    signed_out(page)
    fill_in_sign_in(page, EMAIL)
    page.locator(".link").first.wait_for()
