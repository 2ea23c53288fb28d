"""Pages and the parts of the report are found by name in one place, so that no two may have one name."""

from tests.web.conftest import ROOT


def test_no_page_has_the_name_of_a_part_of_the_report() -> None:
    """It would stand in the result instead of that part."""
    folders = (ROOT / "assessor" / name / "templates" for name in ("web", "report"))
    pages, parts = ({file.name for file in folder.iterdir()} for folder in folders)
    assert pages and parts and not pages & parts
