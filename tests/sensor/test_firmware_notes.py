"""The pages of firmware-notes say what the code does."""

import re
from pathlib import Path

import pytest

from sensor.families import all_families
from sensor.families.generic import DescribedFamily, described_families
from sensor.families.generic.description import parse
from sensor.families.polar.control import Status

ROOT = Path(__file__).parents[2]
NOTES = ROOT / "firmware-notes"
FAMILIES = ROOT / "sensor" / "families"
UUID = re.compile(r"\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
OWN = [f for f in all_families() if not isinstance(f, DescribedFamily)]
CONFIDENCE = re.compile(r"\b[ABCM]\b")


def page(name: str) -> str:
    return (NOTES / f"{name}.md").read_text("utf-8")


@pytest.mark.parametrize("family", OWN, ids=lambda f: f.name)
def test_every_uuid_in_a_familys_code_stands_on_its_page(family: object) -> None:
    name = family.name  # type: ignore[attr-defined]
    sources = [*(FAMILIES / name).glob("*.py")] if (FAMILIES / name).is_dir() else [FAMILIES / f"{name}.py"]
    used = {m[1].lower() for source in sources for m in UUID.finditer(source.read_text("utf-8"))}
    assert used or name == "muse"
    text = page(name).lower()
    assert {u for u in used if u.removeprefix("0000") not in text} == set()


@pytest.mark.parametrize("family", described_families(), ids=lambda f: f.name)
def test_every_described_sensor_stands_on_the_generic_page_or_on_its_own(family: DescribedFamily) -> None:
    text = (page("arduino") if family.name == "arduino" else page("generic")).lower()
    described = family.described
    assert described.service in text
    assert described.notify[:8].removeprefix("e95d").removeprefix("0000") in text
    assert described.source


@pytest.mark.parametrize("name", [f.name for f in OWN])
def test_every_page_names_sources_and_says_of_each_row_how_sure_it_is(name: str) -> None:
    text = page(name)
    assert re.search(r"^Sources?: ", text, re.MULTILINE)
    sure = [line for line in text.splitlines() if line.startswith("| what")]
    assert all(line.endswith("| sure |") for line in sure)
    in_table = False
    for line in text.splitlines():
        in_table = line.endswith("| sure |") or (in_table and line.startswith("|"))
        if in_table and not line.startswith(("| what", "| ---")):
            assert CONFIDENCE.search(line.rsplit("|", 2)[1]), line


def test_every_status_of_polars_control_point_has_its_row() -> None:
    told: set[int] = set()
    for cells in re.findall(r"^\| (\d[\d, -]*) \|", page("polar"), re.MULTILINE):
        for part in cells.replace(" ", "").split(","):
            first, _, last = part.partition("-")
            told |= set(range(int(first), int(last or first) + 1))
    assert told == {int(s) for s in Status}


def test_the_example_of_a_description_is_valid() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", page("generic"), re.DOTALL)
    described = parse(example, "the example")
    assert described.frame.counter is not None
    assert described.frame.stamp is not None
    assert parse(example.replace("12345678-0000-1000-8000-00805f9b34fb", "FFF0"), "short").service == "FFF0"


def test_every_link_between_the_pages_leads_somewhere() -> None:
    for path in NOTES.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
