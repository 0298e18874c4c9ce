"""The file of a reader: arrays of numbers, a list of terms, and what it was learnt from.

It is read without running anything that stands in it (no pickles), and every shape is checked: a
file that is cut short or was made by hand is refused with a sentence.
"""

import io
import json
import zipfile
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gongbi.kernel.reading.calibrating import Calibration
from gongbi.kernel.reading.reader import Reader
from gongbi.kernel.reading.vectors import Known

FORM = 2
FORMS = (1, 2)
"""Form 1 had no readers of sub-types."""
MOST_BYTES = 256 * 2**20
ARRAYS = ("terms", "rarity", "weights", "constant", "shift", "said")


class CannotRead(Exception):
    """A reader's file cannot be used; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds: the reader, and what is told of it."""

    reader: Reader
    told: dict[str, Any]


def to_bytes(reader: Reader, told: dict[str, Any]) -> bytes:
    """A reader with those of its sub-types, and what is told of it, as one file."""
    kinds = sorted(reader.subs)
    said = _said_of(reader) | {"form": FORM, "told": told, "subs": kinds}
    arrays = _arrays_of(reader, said)
    for place, kind in enumerate(kinds):
        sub = reader.subs[kind]
        found = _arrays_of(sub, _said_of(sub))
        arrays |= {f"{place}/{name}": array for name, array in found.items()}
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def _said_of(reader: Reader) -> dict[str, Any]:
    return {
        "types": list(reader.types),
        "longest": reader.known.longest,
        "scale": reader.calibration.scale,
        "threshold": reader.threshold,
        "trust": reader.trust,
        "lean": dict(reader.lean),
    }


def _arrays_of(reader: Reader, said: dict[str, Any]) -> dict[str, Any]:
    return {
        "terms": _text("\n".join(reader.known.terms)),
        "rarity": reader.known.rarity.astype(np.float32),
        "weights": reader.weights.astype(np.float32),
        "constant": reader.constant.astype(np.float64),
        "shift": reader.calibration.shift.astype(np.float64),
        "said": _text(json.dumps(said, ensure_ascii=False)),
    }


def _text(text: str) -> Any:
    return np.frombuffer(text.encode(), np.uint8)


def from_bytes(content: bytes) -> Content:
    """The reader in a file; CannotRead where it is none."""
    try:
        return _checked(_arrays(content))
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, EOFError, OSError) as error:
        raise CannotRead(
            f"The file is no reader that can be used ({error}). Take it from a copy, or train "
            "anew."
        ) from error


def _arrays(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(one.file_size for one in archive.infolist()) > MOST_BYTES:
            raise ValueError(f"it unpacks to more than {MOST_BYTES >> 20} MiB")
    with np.load(io.BytesIO(content), allow_pickle=False) as found:
        return {name: found[name] for name in found.files if name.split("/")[-1] in ARRAYS}


def _checked(arrays: dict[str, Any]) -> Content:
    said = json.loads(arrays["said"].tobytes())
    if said["form"] not in FORMS:
        raise ValueError(f"it has form {said['form']}, this version reads forms 1 to {FORM}")
    subs = {}
    for place, kind in enumerate(said.get("subs", ())):
        own = {name: arrays[f"{place}/{name}"] for name in ARRAYS}
        subs[str(kind)] = _reader(own, json.loads(own["said"].tobytes()))
    return Content(replace(_reader(arrays, said), subs=subs), dict(said["told"]))


def _reader(arrays: dict[str, Any], said: dict[str, Any]) -> Reader:
    terms = tuple(arrays["terms"].tobytes().decode().split("\n"))
    types = tuple(str(one) for one in said["types"])
    shapes = {
        "rarity": (len(terms),),
        "weights": (len(terms), len(types)),
        "constant": (len(types),),
        "shift": (len(types),),
    }
    for name, shape in shapes.items():
        if arrays[name].shape != shape or not np.isfinite(arrays[name]).all():
            raise ValueError(f"{name} is not {shape} finite numbers")
    scale, threshold, trust = (float(said[name]) for name in ("scale", "threshold", "trust"))
    if not (0 < scale < np.inf and 0 <= threshold <= 2 and 0 <= trust <= 1):
        raise ValueError("scale, threshold or trust lies outside its bounds")
    lean = {str(name): float(by) for name, by in said["lean"].items()}
    if not all(0 < by < np.inf for by in lean.values()):
        raise ValueError("lean is not above 0")
    return Reader(
        Known(terms, arrays["rarity"].astype(np.float32), int(said["longest"])),
        types,
        arrays["weights"].astype(np.float32),
        arrays["constant"].astype(np.float64),
        Calibration(scale, arrays["shift"].astype(np.float64)),
        threshold,
        trust,
        lean,
    )
