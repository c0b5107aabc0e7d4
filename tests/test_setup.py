"""What a newcomer relies on: the commands, the lock files, the vendored files, and a README that is true."""

import hashlib
import os
import re
import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements", "requirements-dev")
REGISTRY_OR_MACHINE = re.compile(
    r"https?://|file:|/root/|/home/|/work/|/opt/|--(?:extra-)?index-url|--find-links"
)


def text(path: str) -> str:
    return (ROOT / path).read_text()


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))


def test_make_alone_lists_every_command() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    listed = set(re.findall(r"^  make ([a-z-]+)", shown.stdout, re.MULTILINE))
    assert listed == targets()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_version_and_hashes(lock: str) -> None:
    packages = re.split(r"\n(?=[a-z0-9])", text(f"{lock}.txt"))
    assert len(packages) > 20
    wrong = [p.split("\n")[0] for p in packages if "==" not in p.split("\n")[0] or "--hash=sha256:" not in p]
    assert wrong == [], "a package without a hash may be another one tomorrow"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_was_asked_for(lock: str) -> None:
    asked = re.findall(r"^([a-z-]+)(\[\w+\])?==([\w.]+)", text(f"{lock}.in"), re.MULTILINE | re.IGNORECASE)
    locked = text(f"{lock}.txt").casefold()
    assert [name for name, _, version in asked if f"\n{name}==".casefold() not in f"\n{locked}"] == []
    assert [name for name, _, version in asked if f"=={version} " not in locked] == []


def test_what_runs_is_tested_in_the_same_versions() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9-]+(?:\[\w+\])?==[\w.]+)", text(f"{lock}.txt"), re.MULTILINE))

    assert pins("requirements") <= pins("requirements-dev")


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_of_set_up_names_a_registry_or_a_machine() -> None:
    names = {"Makefile", "package.json", "package-lock.json", ".npmrc", "vendor.sh", "run", "postgres.sh"}
    files = [p for p in tracked() if p.name in names or p.name.startswith("requirements")]
    assert len(files) >= 7
    wrong = [
        f"{path.relative_to(ROOT)}:{number} {line.strip()[:80]}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if REGISTRY_OR_MACHINE.search(line) and "127.0.0.1" not in line and "$(HOST)" not in line
    ]
    assert wrong == [], "where packages come from is the machine's own setting"


def test_vendored_files_are_the_ones_that_were_fetched() -> None:
    vendor = ROOT / "static" / "vendor"
    sums = dict(reversed(line.split(maxsplit=1)) for line in (vendor / "SHA256SUMS").read_text().splitlines())
    assert {
        name
        for name, wanted in sums.items()
        if hashlib.sha256((vendor / name).read_bytes()).hexdigest() != wanted
    } == set()
    folders = {name.split("/")[0] for name in sums}
    here = {p.relative_to(vendor).as_posix() for f in folders for p in (vendor / f).rglob("*") if p.is_file()}
    assert here == set(sums), "nothing is added by hand"
    assert [f for f in folders if not any((vendor / f).glob("LICENSE*"))] == [], "each comes with its licence"


def test_the_readme_names_only_commands_that_exist() -> None:
    readme = text("README.md")
    named = set(re.findall(r"(?:^    |`)make ([a-z-]+)", readme, re.MULTILINE))
    assert named <= targets()
    assert {"run", "test", "browser", "lint"} <= named


def test_the_readme_explains_every_setting() -> None:
    used = set()
    for path in [ROOT / "app.py", *(ROOT / "core").rglob("*.py")]:
        used |= set(re.findall(r"environ(?:\.get\(|\[)\s*\"([A-Z_]+)\"", path.read_text()))
    assert used, "the settings are read from the environment"
    assert {name for name in used if f"`{name}`" not in text("README.md")} == set()


def test_what_is_run_by_itself_may_be() -> None:
    assert [name for name in (".ci/run", "tests/postgres.sh") if not os.access(ROOT / name, os.X_OK)] == []


def test_the_changelog_begins_with_what_is_unreleased() -> None:
    assert re.findall(r"^## (.+)$", text("CHANGELOG.md"), re.MULTILINE)[0] == "Unreleased"


def test_nothing_is_installed_that_nothing_needs() -> None:
    by_their_friends = {
        "gunicorn",
        "psycopg",
        "argon2-cffi",
    }  # a server, and what SQLAlchemy and Flask-Security load
    modules: dict[str, set[str]] = {}
    for module, packages in packages_distributions().items():
        for package in packages:
            modules.setdefault(package.casefold(), set()).add(module)
    code = "\n".join(
        path.read_text()
        for folder in ("core", "hr", "library", "migrations")
        for path in (ROOT / folder).rglob("*.py")
    )
    code += text("app.py")
    asked = set(re.findall(r"^([a-z0-9-]+)", text("requirements.in"), re.MULTILINE)) - by_their_friends
    wrong = [
        package
        for package in sorted(asked)
        if not any(
            re.search(rf"^\s*(?:from|import) {module}\b", code, re.MULTILINE) for module in modules[package]
        )
    ]
    assert wrong == [], "a library comes in with the first page that needs it"


def test_the_readme_leads_nowhere_that_is_not_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", text("README.md"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def pictures() -> dict[str, str]:
    """The pictures of the README and of the docs with what they say to whoever cannot see them."""
    found = {}
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        folder, words = page.parent.relative_to(ROOT), page.read_text()
        told = [(path, alt) for alt, path in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", words)]
        for tag in re.findall(r"<img [^>]+>", words):
            facts = dict(re.findall(r'(\w+)="([^"]*)"', tag))
            told.append((facts["src"], facts.get("alt", "")))
        found.update({(folder / path).as_posix(): alt for path, alt in told})
    return found


def test_the_pictures_are_there_and_described() -> None:
    shown = pictures()
    assert len(shown) >= 8
    assert [path for path in shown if not (ROOT / path).read_bytes().startswith(b"\x89PNG")] == []
    assert [path for path, alt in shown.items() if len(alt.split()) < 8] == [], "say what is on the picture"
    assert len(set(shown.values())) == len(shown)


def test_each_picture_is_made_by_the_command_shown_and_small() -> None:
    made = set(re.findall(r'Picture\("([a-z-]+)"', text("bench/screenshots.py")))
    files = {path.stem: path.stat().st_size for path in (ROOT / "docs" / "pictures").iterdir()}
    assert made == set(files) == {Path(path).stem for path in pictures()}
    assert [name for name, size in files.items() if size > 200 * 1024] == []
