"""The bank as an Excel workbook, for interviews: out with what is answered, and back with every difference."""

from assessor.forms.excel.book import write_book
from assessor.forms.excel.reading import read_book

__all__ = ["read_book", "write_book"]
