"""Plants of known truth, each made from one row of a table.

`table` holds the rows: what differs from a plain plant. `machines` says what each machine truly is, `build` makes
a simulated plant of it, `wire` what connectors would have handed over, `truth` the true value of every indicator,
`answers` the true answers and what people say instead, `outcome` runs the product and holds it against all that.

A new plant is a row. A new indicator joins by one function in `truth`, whose docstring shows how.
"""

from tests.plants.table import BY_ID, ROWS, Row

__all__ = ["BY_ID", "ROWS", "Row"]
