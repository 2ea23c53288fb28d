"""Formats of cells: quiet, and what is to be filled in stands out."""

from dataclasses import dataclass
from typing import Any

INK, WEAK, LINE = "#1F2A33", "#6B7780", "#C9D1D6"
DARK, BAND, FILL, ALERT = "#24424F", "#DCE7EA", "#FFF9E3", "#F6C9C2"


@dataclass(frozen=True)
class Looks:
    title: Any
    plain: Any
    intro: Any
    step: Any
    centre: Any
    head: Any
    topic: Any
    text: Any
    option: Any
    weak: Any
    link: Any
    entry: Any
    free: Any
    typed: Any
    """Free text that stays one, so that no number loses a digit."""
    percent: Any
    figure: Any
    day: Any
    closed: Any
    alert: Any

    @classmethod
    def of(cls, book: Any) -> "Looks":
        """Make them in a workbook; only what is filled in is unlocked."""
        base = {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": INK, "valign": "top"}
        grid = base | {"text_wrap": True, "border": 1, "border_color": LINE}
        entry = grid | {"locked": False, "bg_color": FILL, "valign": "vcenter", "align": "center"}
        made = {
            "title": base | {"font_size": 18, "bold": True, "font_color": DARK},
            "intro": base | {"text_wrap": True},
            "plain": base,
            "step": base | {"align": "right", "bold": True, "font_color": WEAK},
            "centre": grid | {"align": "center"},
            "head": grid | {"bold": True, "bg_color": DARK, "font_color": "#FFFFFF", "valign": "vcenter"},
            "topic": base
            | {"bold": True, "font_size": 12, "bg_color": BAND, "font_color": DARK, "valign": "vcenter"},
            "text": grid,
            "option": grid | {"indent": 1},
            "weak": grid | {"font_color": WEAK, "font_size": 9},
            "link": grid | {"font_color": "#1F6F8B", "underline": 1},
            "entry": entry,
            "free": entry | {"align": "left", "valign": "top"},
            "typed": entry | {"align": "left", "valign": "top", "num_format": "@"},
            "percent": entry | {"num_format": "0.##%"},
            "figure": entry | {"num_format": "#,##0.######"},
            "day": entry | {"num_format": "yyyy-mm-dd"},
            "closed": grid | {"bg_color": "#F1F3F4"},
            "alert": {"bg_color": ALERT},
        }
        return cls(**{name: book.add_format(form) for name, form in made.items()})
