"""COMPARE what people claim with what machines show, one question at a time: Evidence and Findings.

Everything happens on the question's own scale. A measurement is first turned into an interval of answers;
then the claim lies inside it, below it or above it, and that is the verdict. An answer moves only as far as
the interval forces it to: up to its lower end, and down to its upper end only where absence was tested.
docs/method.md states the rules in full.
"""

from assessor.reconcile.age import aged, known_by, old_answers
from assessor.reconcile.claims import when
from assessor.reconcile.comparison import reconcile
from assessor.reconcile.differences import findings, weighed
from assessor.reconcile.doubles import doubles
from assessor.reconcile.looks import Look, looks
from assessor.reconcile.scale import implied

__all__ = [
    "Look",
    "aged",
    "doubles",
    "findings",
    "implied",
    "known_by",
    "looks",
    "old_answers",
    "reconcile",
    "weighed",
    "when",
]
