"""A real Chromium on a real port: pages signed in, watched for whatever goes wrong without being seen."""

import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response
from werkzeug.serving import make_server

from core.models import User
from tests import cast as people

BROWSER = "Chromium of the Joinery tests"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium of the machine; Playwright would look for a browser of its own."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.fail(
            "The browser tests need Chromium, and it is not installed (on Debian: apt-get install chromium)."
        )
    arguments = ["--disable-dev-shm-usage", "--disable-gpu", "--disable-quic"]
    return browser_type_launch_args | {"executable_path": chromium, "args": arguments}


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address at which the application of this test answers, as it would for people: with CSRF tokens."""
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Watch:
    """Notes what nobody would see: script errors, refused styles, missing files, calls to elsewhere."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.seen: list[str] = []

    def on(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.seen.append(f"script error: {error}"))
        page.on("console", self._console)
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # a page that answers 404 or 422 is reported here too; missing files are seen by their response
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.seen.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:", "blob:", "about:")):
            self.seen.append(f"called elsewhere: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500 or (
            response.status >= 400 and response.request.resource_type != "document"
        ):
            self.seen.append(f"answered {response.status}: {response.url}")


@pytest.fixture
def new_context(
    browser: Browser, app: Flask, site: str, editor: User
) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browsers with cookies of their own: new_context(signed_in=False, java_script_enabled=False)."""
    watch = Watch(site)
    contexts = []

    def open_one(signed_in: bool = True, **options: Any) -> BrowserContext:
        usual = {"user_agent": BROWSER, "locale": "en-GB", "viewport": {"width": 1280, "height": 900}}
        context = browser.new_context(base_url=site, **(usual | options))
        context.set_default_timeout(8000)
        context.on("page", watch.on)
        if signed_in:
            context.add_cookies([_cookie(app, site, editor)])
        contexts.append(context)
        return context

    yield open_one
    for context in contexts:
        context.close()
    assert watch.seen == [], "nothing goes wrong behind the page"


def _cookie(app: Flask, site: str, user: User) -> Any:
    """A session in which this person is signed in."""
    interface = app.session_interface
    assert isinstance(interface, SecureCookieSessionInterface)
    serializer = interface.get_signing_serializer(app)
    assert serializer is not None
    session = people.session_of(app, user, BROWSER)
    value = serializer.dumps(session)
    return {"name": interface.get_cookie_name(app), "value": value, "url": site}


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page on a wide screen, the editor signed in: page.goto("/library/books")."""
    return new_context().new_page()


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Page:
    """The same on a phone."""
    return new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()


@pytest.fixture
def plain_page(new_context: Callable[..., BrowserContext]) -> Page:
    """The same where no script runs."""
    return new_context(java_script_enabled=False).new_page()


@pytest.fixture(scope="session")
def faults() -> Callable[[Page], str]:
    """What axe finds that keeps people from using the page as it stands; "" where there is nothing."""
    axe = Axe()

    def ask(page: Page) -> str:
        found = axe.run(page).response["violations"]
        return "\n".join(f"  {one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"])

    return ask


@pytest.fixture
def axe(faults: Callable[[Page], str]) -> Callable[[Page], None]:
    """Asserts that axe finds nothing: axe(page)."""

    def ask(page: Page) -> None:
        assert faults(page) == ""

    return ask
