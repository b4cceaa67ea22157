"""The lock files agree with pyproject.toml, and tell nothing of the machine that wrote them."""

import re

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.project.sources import ROOT, pyproject

PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)(?: ; (?P<marker>.+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
Pins = dict[str, list[tuple[Version, str, int]]]


def pins(name: str) -> Pins:
    """Package → its pins: version, marker, number of hashes."""
    found: Pins = {}
    last = ""
    for line in (ROOT / "requirements" / name).read_text().splitlines():
        if pin := PINNED.match(line):
            last = canonicalize_name(pin["name"])
            found.setdefault(last, []).append((Version(pin["version"]), pin["marker"] or "", 0))
        else:
            assert HASH.match(line), line
            version, marker, hashes = found[last][-1]
            found[last][-1] = (version, marker, hashes + 1)
    return found


def wanted(*groups: str, extras: tuple[str, ...] = ()) -> list[Requirement]:
    """What pyproject.toml asks for."""
    settings = pyproject()
    lines = list(settings["project"]["dependencies"])
    for extra in extras:
        lines += settings["project"]["optional-dependencies"][extra]
    for group in groups:
        lines += [line for line in settings["dependency-groups"][group] if isinstance(line, str)]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_a_lock_holds_pins_and_hashes_only(name: str) -> None:
    assert all(hashes for versions in pins(name).values() for _version, _marker, hashes in versions)


@pytest.mark.parametrize(
    ("name", "requirements"),
    [
        ("run.txt", wanted("build", extras=("postgres",))),
        ("dev.txt", wanted("build", "dev", extras=("postgres", "spark", "warehouse"))),
    ],
)
def test_a_lock_satisfies_pyproject(name: str, requirements: list[Requirement]) -> None:
    held = pins(name)
    for requirement in requirements:
        versions = held.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement.name} is missing: run `make lock`"
        assert all(requirement.specifier.contains(version) for version, _marker, _hashes in versions), requirement


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_a_lock_is_clear_for_every_python(name: str, python: str) -> None:
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    for package, versions in pins(name).items():
        meant = [version for version, marker, _ in versions if not marker or Marker(marker).evaluate(environment)]
        assert len(meant) <= 1, package
        assert len(versions) == 1 or meant, package


def test_what_the_tests_run_on_is_what_is_run() -> None:
    run, dev = pins("run.txt"), pins("dev.txt")
    assert {name: dev.get(name) for name in run} == run
