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
# Which programs are one: the first is Chromium without windows, which needs a third less for the same pages.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium of the machine; Playwright would look for a browser of its own."""
    chromium = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if chromium is None:
        pytest.fail(
            "The browser tests need Chromium, and it is not installed "
            "(on Debian: apt-get install chromium-headless-shell)."
        )
    arguments = ["--disable-dev-shm-usage", "--disable-gpu", "--disable-quic"]
    return browser_type_launch_args | {"executable_path": chromium, "args": arguments}


@pytest.fixture(scope="session")
def _server(_app: Flask) -> Iterator[str]:
    """The address of the one server of a test run."""
    server = make_server("127.0.0.1", 0, _app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def site(_server: str, app: Flask) -> str:
    """The address at which the application of this test answers, as it would for people: with CSRF tokens."""
    app.config["WTF_CSRF_ENABLED"] = True
    return _server


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


class Contexts:
    """Browsers with cookies of their own, which are as good as new for each test.

    Chromium takes a second to make one and to show the first page in it. So each is kept for the next test
    that wants one like it, and a page that nobody looks at keeps its process alive.
    """

    def __init__(self, browser: Browser, site: str) -> None:
        self.watch = Watch(site)
        self._browser, self._site = browser, site
        self._kept: dict[str, list[BrowserContext]] = {}
        self._taken: list[tuple[str, BrowserContext]] = []

    def take(self, options: dict[str, Any]) -> BrowserContext:
        """One that is like this, and that nobody has."""
        kind = repr(sorted(options.items()))
        kept = self._kept.setdefault(kind, [])
        context = kept.pop() if kept else self._new(options)
        self._taken.append((kind, context))
        return context

    def _new(self, options: dict[str, Any]) -> BrowserContext:
        context = self._browser.new_context(base_url=self._site, **options)
        context.set_default_timeout(8000)
        # A page that names its icon. Else Chromium looks for one a moment later, is led to the sign-in, and
        # the cookie that it gets there takes the place of the one that the test was given meanwhile.
        context.new_page().goto("/sign-in")
        context.clear_cookies()
        context.on("page", self.watch.on)
        return context

    def give_back(self) -> None:
        """Close the pages of a test, and forget what the browsers remember of the site."""
        for kind, context in self._taken:
            first, *pages = context.pages
            for page in pages:
                page.close()
            context.clear_cookies()
            tools = context.new_cdp_session(first)
            tools.send("Storage.clearDataForOrigin", {"origin": self._site, "storageTypes": "all"})
            tools.detach()
            self._kept[kind].append(context)
        self._taken.clear()


@pytest.fixture(scope="session")
def _contexts(browser: Browser, _server: str) -> Contexts:
    return Contexts(browser, _server)


@pytest.fixture
def new_context(
    _contexts: Contexts, app: Flask, site: str, editor: User
) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browsers with cookies of their own: new_context(signed_in=False, java_script_enabled=False)."""
    seen = _contexts.watch.seen
    seen.clear()

    def open_one(signed_in: bool = True, **options: Any) -> BrowserContext:
        usual = {"user_agent": BROWSER, "locale": "en-GB", "viewport": {"width": 1280, "height": 900}}
        context = _contexts.take(usual | options)
        if signed_in:
            context.add_cookies([_cookie(app, site, editor)])
        return context

    yield open_one
    _contexts.give_back()
    assert seen == [], "nothing goes wrong behind the page"


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
def faults() -> Callable[..., str]:
    """What axe finds that keeps people from using the page as it stands; "" where there is nothing.

    `rules` are the only ones that are asked; faults(page) asks all there are.
    """
    axe = Axe()

    def ask(page: Page, *rules: str) -> str:
        only = {"runOnly": list(rules)} if rules else {}
        found = axe.run(page, options={"resultTypes": ["violations"], **only}).response["violations"]
        return "\n".join(f"  {one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"])

    return ask


@pytest.fixture
def axe(faults: Callable[..., str]) -> Callable[[Page], None]:
    """Asserts that axe finds nothing: axe(page)."""

    def ask(page: Page) -> None:
        assert faults(page) == ""

    return ask
