"""PROPOSE what a data point may mean, from the letters of its name: for a person to confirm, no meaning by
itself.

A small linear model over the words of a name and their runs of 2 to 4 letters, for each head that was good
enough to be shipped, read from text.skops beside this file. Everything works without the file, and without
scikit-learn and skops: `load` then says why there are no proposals. It is refused unless it is, byte for byte,
the file that text.json describes, holds only types that skops trusts, was made with this minor version of
scikit-learn, and says of the names kept in text.json what it said when it was made. The card is ../tags.md.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from assessor.domain import Message
from models.tags.asking import Proposal
from models.tags.names import elements

FORMAT = "assessor-tag-text/1"
HEADS = ("quantity", "function")
LONG = 3
"""Letters in a row that the first guess must rest on to be proposed (own threshold): AI_2 and X17 say nothing."""
MOST = 3
"""Guesses shown of each head. Their order means something; their probabilities on a new site do not."""


class Guess(NamedTuple):
    """One label, and the pieces of the name that speak most for it (a word, or two to four letters of one)."""

    label: str
    because: tuple[str, ...]


class Opinion(NamedTuple):
    """What a name may mean, best guess first; nothing where the model knows no piece of the name."""

    name: str
    quantity: tuple[Guess, ...]
    function: tuple[Guess, ...]


class Refused(NamedTuple):
    """Why there are no proposals."""

    why: Message


def words(name: str) -> str:
    """A name as lower-case words, parted at camel case, digits and signs; digits are dropped.

    >>> words("ActTemp_Zone3")
    'act temp zone'
    """
    parted = re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\W\d_]+", " ", name)
    return " ".join(parted.lower().split())


@dataclass(frozen=True)
class TextModel:
    """A fitted pipeline for each head: features (a union of tf-idf), then a logistic regression.

    A head that was not good enough to be shipped is None, and silent.
    """

    quantity: Any = None
    function: Any = None

    def propose(self, names: Sequence[str]) -> list[Opinion]:
        """The best guesses for each name with the pieces that speak for them, in the order given."""
        heads = [_guesses(pipeline, names) for pipeline in (self.quantity, self.function)]
        return [Opinion(*found) for found in zip(names, *heads, strict=True)]

    def best(self, names: Sequence[str]) -> list[list[str | None]]:
        """The first guess of each head for each name; None where it is silent."""
        return [
            [guesses[0].label if guesses else None for guesses in (found.quantity, found.function)]
            for found in self.propose(names)
        ]


@dataclass(frozen=True)
class TextProposer:
    """What `asking.proposals` asks where rules say nothing: guesses on the last element of a path."""

    model: TextModel

    def propose(self, name: str) -> list[Proposal]:
        """The best guess first; none where the model is silent, or the first one rests on short pieces."""
        [opinion] = self.model.propose([next(iter(reversed(elements(name))), "")])
        if not any(len(piece) >= LONG for guess in opinion.quantity[:1] for piece in guess.because):
            return []
        function = next((guess.label for guess in opinion.function), None)
        return [
            Proposal(quantity=guess.label, function=function, source="model", explain=(_told(guess),))
            for guess in opinion.quantity
        ]


def _told(guess: Guess) -> Message:
    return Message(id="proposal.pieces", params={"pieces": ", ".join(guess.because)})


def _guesses(pipeline: Any, names: Sequence[str]) -> list[tuple[Guess, ...]]:
    if pipeline is None or not names:
        return [()] * len(names)
    features, linear = pipeline[0], pipeline[-1]
    rows = features.transform([words(name) for name in names]).tocsr()
    scores = np.asarray(rows @ linear.coef_.T) + linear.intercept_
    pieces = _pieces(features)
    apart = linear.coef_ - linear.coef_.mean(axis=0)
    found = []
    for i, score in enumerate(scores):
        row = rows[i]
        order = np.argsort(-score, kind="stable")[:MOST] if row.nnz else ()
        found.append(
            tuple(
                Guess(str(linear.classes_[k]), _because(row.indices, row.data * apart[k, row.indices], pieces))
                for k in order
            )
        )
    return found


def _pieces(features: Any) -> list[str]:
    return [name.partition("__")[2] for name in features.get_feature_names_out()]


def _because(indices: Any, weights: Any, pieces: Sequence[str]) -> tuple[str, ...]:
    """The three pieces with most weight, of those that speak for the label."""
    order = np.argsort(-weights, kind="stable")
    said = dict.fromkeys(pieces[indices[j]].strip() for j in order if weights[j] > 0)
    return tuple(said)[:MOST]


@cache
def load() -> TextModel | Refused:
    """The shipped model, read once; or why it is not used."""
    with as_file(files("models.tags")) as folder:
        return read(folder)


def read(folder: Path) -> TextModel | Refused:
    """The model of a folder that holds text.skops and text.json."""
    file, notes = folder / "text.skops", folder / "text.json"
    if not file.is_file() or not notes.is_file():
        return Refused(Message(id="proposal.absent"))
    try:
        skops, installed = import_module("skops.io"), version("scikit-learn")
        import_module("sklearn")
    except ImportError as error:
        return Refused(Message(id="proposal.libraries", params={"name": str(error.name)}))
    try:
        known = json.loads(notes.read_text("utf-8"))
        made, digest, frozen = known["scikit-learn"], known["sha256"], known["predictions"]
    except (ValueError, KeyError, TypeError):
        return Refused(Message(id="proposal.changed"))
    if known.get("format") != FORMAT or _minor(made) != _minor(installed):
        return Refused(Message(id="proposal.version", params={"made": made, "installed": installed}))
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        return Refused(Message(id="proposal.changed"))
    return _loaded(skops, content, frozen)


def _minor(release: str) -> list[str]:
    return str(release).split(".")[:2]


def _loaded(skops: Any, content: bytes, frozen: dict[str, list[str | None]]) -> TextModel | Refused:
    """The model of a file that is what it was: of trusted types only, and saying what it said."""
    try:
        strange = skops.get_untrusted_types(data=content)
        if strange:
            return Refused(Message(id="proposal.untrusted", params={"types": ", ".join(map(str, strange))}))
        heads = skops.loads(content, trusted=[])
        model = TextModel(**heads)
        same = bool(frozen) and model.best(list(frozen)) == list(frozen.values())
    except Exception:  # a file made by someone else may raise anything; whatever it is, it is not our model
        return Refused(Message(id="proposal.changed"))
    return model if same else Refused(Message(id="proposal.differs"))
