"""What every answer says beside its content, and how it travels."""

import gzip
from collections.abc import Callable

import pytest
from flask import Flask

from tests import factories
from tests.conftest import Client


@pytest.mark.parametrize("address", ["/", "/nowhere", "/static/joinery.css", "/healthz"])
def test_every_answer_carries_the_policy(client: Client, address: str) -> None:
    with client.get(address) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in answer.headers


def test_over_tls_it_stays_over_tls(app: Flask, client: Client) -> None:
    app.config["SESSION_COOKIE_SECURE"] = True
    assert client.get("/healthz").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_pages_are_not_kept(client: Client) -> None:
    assert client.get("/").headers["Cache-Control"] == "no-store"


def test_files_are_kept_until_they_change(client: Client) -> None:
    page = client.get("/").text
    address = page.split('rel="stylesheet" href="/static/joinery.css', 1)[1].split('"', 1)[0]
    assert address.startswith("?v="), "the address of a file of ours tells its age"
    with client.get(f"/static/joinery.css{address}") as named:
        assert named.headers["Cache-Control"] == "max-age=31536000, public, immutable"
        assert "Cookie" not in named.headers["Vary"], "else a new cookie would load it again"
    with client.get("/static/joinery.css") as plain:
        assert plain.headers["Cache-Control"] == "no-cache, public"
    with client.get("/static/vendor/sortablejs/Sortable.min.js") as vendored:
        assert vendored.headers["Cache-Control"] == "max-age=2592000, public"


def test_pages_travel_compressed(client: Client) -> None:
    plain = client.get("/")
    packed = client.get("/", headers={"Accept-Encoding": "gzip, deflate, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert "Hello, Edith Moss" in gzip.decompress(packed.data).decode()
    assert "Content-Encoding" not in plain.headers
    assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_what_fits_into_a_few_packets_travels_as_it_is(client: Client) -> None:
    factories.employee("Ann Lee")
    short = client.get("/hr/find/employees?q=lee", headers={"Accept-Encoding": "gzip"})
    assert "Ann Lee" in short.get_data(as_text=True)
    assert "Content-Encoding" not in short.headers
    assert "Accept-Encoding" in short.headers["Vary"], "a longer answer from here is another one for gzip"


def test_the_length_of_a_page_tells_nothing_exact(client: Client) -> None:
    """A secret could be guessed from lengths that repeat."""
    lengths = {len(client.get("/", headers={"Accept-Encoding": "gzip"}).data) for _ in range(8)}
    assert len(lengths) > 1


def test_a_file_that_is_known_is_not_sent_again(client: Client) -> None:
    with client.get("/static/joinery.css", headers={"Accept-Encoding": "gzip"}) as first:
        tag = first.headers["ETag"]
    known = {"Accept-Encoding": "gzip", "If-None-Match": tag}
    with client.get("/static/joinery.css", headers=known) as second:
        assert (second.status_code, second.data) == (304, b"")


@pytest.mark.parametrize(("proxies", "host"), [(0, "localhost"), (1, "joinery.example")])
def test_a_proxy_is_believed_only_where_there_is_one(
    make_app: Callable[..., Flask], app: Flask, proxies: int, host: str
) -> None:
    behind = make_app(SQLALCHEMY_DATABASE_URI=app.config["SQLALCHEMY_DATABASE_URI"], TRUSTED_PROXIES=proxies)
    seen = []
    behind.after_request(lambda answer: seen.append((behind.name, answer)) or answer)
    said = {"X-Forwarded-Host": "joinery.example", "X-Forwarded-Proto": "https", "Referer": ""}
    page = behind.test_client().get("/sign-in", headers=said)
    assert page.request.host == "localhost"
    referred = said | {"Referer": f"http{'s' if proxies else ''}://{host}/account"}
    answer = behind.test_client().post("/notes", headers=referred)
    assert answer.location == "/sign-in?next=/account", f"the application thinks that it is {host}"
