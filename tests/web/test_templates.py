"""Pages and the parts of the report are found by name in one place, so that no two may have one name."""

from tests.web.conftest import ROOT


def test_no_page_has_the_name_of_a_part_of_the_report() -> None:
    """It would stand in the result instead of that part."""
    pages, parts = (
        {file.name for file in (ROOT / "assessor" / folder / "templates").iterdir()}
        for folder in ("web", "report")
    )
    assert pages and parts and not pages & parts
