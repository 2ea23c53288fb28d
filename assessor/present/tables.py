"""What tables of a terminal have in common."""

from rich.table import Table

from assessor.messages import Language, render


def titled(language: Language, *heads: str, title: str | None = None) -> Table:
    """An empty table, its heads and title by the ids of their words."""
    table = Table(title=render(title, language) if title else None, title_justify="left", title_style="bold")
    for head in heads:
        table.add_column(render(head, language))
    return table
