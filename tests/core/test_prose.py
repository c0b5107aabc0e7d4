"""What people wrote, on a page: escaped, with its line breaks, and links that lead nowhere dangerous."""

import re

import pytest

from core.prose import prose

LINK = re.compile(r'<a href="([^"]*)" rel="noopener noreferrer nofollow">([^<]*)</a>')


def links(text: str) -> list[str]:
    """Where the links of a text lead; each says exactly that."""
    found = LINK.findall(str(prose(text)))
    assert all(where == said for where, said in found)
    return [where for where, _said in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See https://example.org/a.", ["https://example.org/a"]),
        (
            "See https://example.org/a, or http://example.org?",
            ["https://example.org/a", "http://example.org"],
        ),
        ("(https://example.org/a)", ["https://example.org/a"]),
        ("https://example.org/wiki/Joint_(wood)", ["https://example.org/wiki/Joint_(wood)"]),
        ("(see https://example.org/wiki/Joint_(wood)).", ["https://example.org/wiki/Joint_(wood)"]),
        ("[https://example.org/a]", ["https://example.org/a"]),
        ("https://example.org/?a[]=1&b={2}", ["https://example.org/?a[]=1&amp;b={2}"]),
        ("https://example.org/…", ["https://example.org/"]),
        ("“https://example.org/a”", ["https://example.org/a"]),
        ("HTTPS://EXAMPLE.ORG", ["HTTPS://EXAMPLE.ORG"]),
        ("mailto:ann@example.org, please", ["mailto:ann@example.org"]),
        ("mailto:ann@example.org?subject=Tea", ["mailto:ann@example.org?subject=Tea"]),
        ("https://example.org/größe/日本", ["https://example.org/größe/日本"]),
        ("https://[::1]/a", ["https://[::1]/a"]),
    ],
)
def test_an_address_can_be_followed_and_the_sentence_around_it_stays_outside(
    text: str, expected: list[str]
) -> None:
    assert links(text) == expected
    assert re.sub(r"<[^>]*>", "", str(prose(text))).replace("&amp;", "&") == text, "nothing is lost"


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://example.org",
        "//example.org",
        "www.example.org",
        "example.org",
        "http://",
        "https:///path",
        "https://.",
        "http://[::1",
        "mailto:",
        "mailto:nobody",
        "mailto:a@b@c",
        "xhttp://example.org",
        "https:// example.org",
    ],
)
def test_nothing_else_becomes_a_link(text: str) -> None:
    assert "<a" not in str(prose(text))


@pytest.mark.parametrize(
    "text",
    [
        '<script>alert("1")</script>',
        "<img src=x onerror=alert(1)>",
        'https://example.org/"onmouseover="alert(1)',
        "https://example.org/'onmouseover='alert(1)",
        "https://example.org/<script>alert(1)</script>",
        "https://example.org/&quot;onmouseover=&quot;",
        "</p></li><h1>Mine</h1>",
        '<a href="https://example.org">here</a>',
        "{{ 7 * 7 }} {% raw %}",
    ],
)
def test_what_is_written_never_becomes_part_of_the_page(text: str) -> None:
    without_links = LINK.sub(r"\2", str(prose(text)))
    assert "<" not in without_links
    assert '"' not in without_links.replace("&#34;", "")
    assert all("&#34;" not in where and "'" not in where for where in links(text))


def test_text_that_is_not_seen_or_turned_round_stays_out_of_a_link() -> None:
    assert links("https://example.org/\u202egro.elpmaxe") == ["https://example.org/"]
    assert links("https://exa\u200bmple.org") == ["https://exa"]


def test_lines_stay_lines() -> None:
    assert str(prose("one\ntwo\n\nfour & <five>")) == "one<br>two<br><br>four &amp; &lt;five&gt;"


def test_a_long_text_of_brackets_takes_no_time() -> None:
    assert links("https://example.org/" + ")" * 3_900) == ["https://example.org/"]
