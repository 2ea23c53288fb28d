"""Providers in by Excel: a workbook to fill in, and what was entered, each fault with its sheet and cell."""

from assessor.forms.providers.reading import load_providers, read_providers, write_providers
from assessor.forms.providers.sheet import write_demand
from assessor.forms.providers.template import write_template

__all__ = ["load_providers", "read_providers", "write_demand", "write_providers", "write_template"]
