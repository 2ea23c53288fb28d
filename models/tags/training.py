"""Rebuild the text model from nothing: `python -m models.tags.training`, that is `make models`.

Reads the corpus from packages of registries, measures leaving one source out, and writes text.skops with its
record text.json: the heads whose hybrid of rules and text is right often enough; where none is, it takes both
files away. The same rows give the same predictions, since nothing is drawn; the bytes of the file differ each
time.
"""

import argparse
import hashlib
import io
import json
import sys
import zipfile
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import skops.io
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline

from models.tags.corpus import Row, rows
from models.tags.evaluation import by_rules, good_enough, held_out, shown
from models.tags.text import FORMAT, HEADS, TextModel, words

HERE = Path(__file__).resolve().parent
NODESETS = HERE.parent.parent / "tests/interop/node_modules/node-opcua-nodesets/nodesets"
FEWEST = 8
"""A label with fewer names than this is not learnt (own threshold)."""
MOST_BYTES = 1_500_000
SOURCES = ("pysunspec2", "brickschema")
FROZEN = (
    "ActTemp_Zone3", "Spindle1.SpeedAct", "SpindleSpeedSetpoint", "TotWhImp", "PhVphA", "Motor current L1",
    "DischargePressure", "Hydraulic oil temperature", "ChilledWaterFlow", "OvertemperatureAlarm", "SerialNumber",
    "MachineState", "OperationMode", "PartCounter", "CycleTime", "AxisPosition", "TorqueActual", "TankLevel",
    "CabinetHumidity", "DoorStatus", "Supply_Air_Flow_SP", "TotalEnergyImported", "FirmwareVersion", "NetWeight",
    "LastServiceDate", "\u6cb9\u6e29",
)  # fmt: skip
"""Names, made up as engineers type them, whose predictions are kept beside the file; the last it cannot read."""


def fit(rows: Sequence[Row], heads: Sequence[str] = HEADS) -> TextModel:
    """These heads from labelled names."""
    pairs = {head: [(row.name, label) for row in rows if (label := getattr(row, head))] for head in heads}
    return TextModel(**{head: _head(pairs[head]) for head in heads})


def learnt(labels: Sequence[str]) -> list[str]:
    """The labels with enough names."""
    return sorted(label for label, count in Counter(labels).items() if count >= FEWEST)


def _head(pairs: Sequence[tuple[str, str]]) -> Pipeline:
    kept = learnt([label for _, label in pairs])
    names, labels = zip(*((words(name), label) for name, label in pairs if label in kept), strict=True)
    pipeline = Pipeline([
        ("features", FeatureUnion([
            ("letters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=3, max_features=8000,
                                        lowercase=False, dtype=np.float32)),
            ("words", TfidfVectorizer(token_pattern=r"\S+", min_df=2, lowercase=False, dtype=np.float32)),
        ])),
        ("linear", LogisticRegression(C=10, class_weight="balanced", max_iter=1000)),
    ])  # fmt: skip
    pipeline.fit(names, labels)
    return _small(pipeline)


def _small(pipeline: Any) -> Any:
    """The same in fewer bytes: numpy's integers would each become a member of the file."""
    for _, vectorizer in pipeline[0].transformer_list:
        vectorizer.vocabulary_ = {piece: int(place) for piece, place in vectorizer.vocabulary_.items()}
    pipeline[-1].coef_ = pipeline[-1].coef_.astype(np.float32)
    return pipeline


def save(model: TextModel, folder: Path, about: dict[str, Any]) -> int:
    """Write text.skops and text.json; how many bytes the first has. `about` goes into the second as it is."""
    raw = io.BytesIO()
    heads = {head: pipeline for head in HEADS if (pipeline := getattr(model, head)) is not None}
    skops.io.dump(heads, raw, compression=zipfile.ZIP_DEFLATED, compresslevel=9)
    content = raw.getvalue()
    strange = skops.io.get_untrusted_types(data=content)
    if strange or len(content) > MOST_BYTES:
        raise ValueError(f"not to be shipped: {len(content)} bytes, untrusted types {strange}")
    (folder / "text.skops").write_bytes(content)
    notes = {
        "format": FORMAT,
        "scikit-learn": version("scikit-learn"),
        "skops": version("skops"),
        "sha256": hashlib.sha256(content).hexdigest(),
        "heads": list(heads),
        **about,
        "predictions": dict(zip(FROZEN, model.best(FROZEN), strict=True)),
    }
    (folder / "text.json").write_text(json.dumps(notes, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return len(content)


def corpus(nodesets: Path) -> tuple[list[Row], dict[str, str]]:
    """All rows, and the version of each package they were read from."""
    package = json.loads((nodesets.parent / "package.json").read_text("utf-8"))
    return rows(nodesets), {name: version(name) for name in SOURCES} | {"node-opcua-nodesets": package["version"]}


def main(nodesets: Path, folder: Path) -> None:
    """Measure, then write the model or take it away."""
    found, versions = corpus(nodesets)
    reads = held_out(found, fit, by_rules)
    sys.stdout.write(shown(reads) + "\n\n")
    heads = good_enough(reads)
    if not heads:
        for name in ("text.skops", "text.json"):
            (folder / name).unlink(missing_ok=True)
        sys.stdout.write("The hybrid is right often enough for neither head: rules alone.\n")
        return
    size = save(fit(found, heads), folder, {"corpus": versions, "names": len(found)})
    sys.stdout.write(f"text.skops: {' and '.join(heads)}, {size:,} bytes from {len(found):,} names\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodesets", type=Path, default=NODESETS)
    parser.add_argument("--to", type=Path, default=HERE)
    wanted = parser.parse_args()
    main(wanted.nodesets, wanted.to)
