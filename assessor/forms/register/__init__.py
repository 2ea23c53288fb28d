"""The factory's own ledgers (设备台账, 固定资产台账) → assets of a scope, and how two ledgers differ.

Nothing is guessed in silence: what a column was taken for, what was not found and what had to be assumed is said,
each as a question to the plant.
"""

from assessor.forms.register.assets import Draft, draft
from assessor.forms.register.compare import Comparison, compare
from assessor.forms.register.ledger import Ledger, Machine, read_ledger

__all__ = ["Comparison", "Draft", "Ledger", "Machine", "compare", "draft", "read_ledger"]
