"""LibreOffice as a person uses it: open a workbook, type into cells of its protected sheets, save it as .xlsx.

It is driven by a Basic macro in a profile of its own, so what is saved is what LibreOffice itself writes.
"""

import subprocess
from collections.abc import Mapping
from pathlib import Path

MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Sub Edit
 On Error Goto Failed
 Dim hidden(0) As New com.sun.star.beans.PropertyValue
 hidden(0).Name = "Hidden"
 hidden(0).Value = True
 doc = StarDesktop.loadComponentFromURL("{source}", "_blank", 0, hidden())
{lines}
 Dim how(0) As New com.sun.star.beans.PropertyValue
 how(0).Name = "FilterName"
 how(0).Value = "Calc MS Excel 2007 XML"
 doc.storeToURL("{target}", how())
 doc.close(True)
 StarDesktop.terminate()
 Exit Sub
Failed:
 Open "{log}" For Output As #1
 Print #1, Err &amp; " " &amp; Error$ &amp; " " &amp; Erl
 Close #1
 StarDesktop.terminate()
End Sub
</script:module>
"""


def edited(source: Path, cells: Mapping[tuple[str, str], str | float], folder: Path) -> Path:
    """The workbook after someone typed into cells (by sheet and name) and saved it."""
    target = folder / "edited.xlsx"
    lines = "\n".join(f" {_typed(sheet, cell, value)}" for (sheet, cell), value in cells.items())
    module = MODULE.format(source=source.as_uri(), target=target.as_uri(), lines=lines, log=folder / "failed.txt")
    office = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
    for arguments in (["--terminate_after_init"], ["macro:///Standard.Module1.Edit"]):
        subprocess.run([*office, *arguments], check=True, capture_output=True, timeout=60)
        # the first start makes the profile, with an empty module in it
        (folder / "profile/user/basic/Standard/Module1.xba").write_text(module, "utf-8")
    return target


def _typed(sheet: str, cell: str, value: str | float) -> str:
    """`setFormula` reads what is typed as a person's keys are read: numbers and dates too."""
    place = f'doc.Sheets.getByName("{sheet}").getCellRangeByName("{cell}")'
    if isinstance(value, str):
        return f'{place}.setFormula("{value}")'
    return f"{place}.setValue({value})"
