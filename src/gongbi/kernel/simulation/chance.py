"""Chance that can be drawn again: numbers that depend on a seed and on keys, not on an order.

A generator object gives the next number; here the number of datastream 17 at 08:15 is the same
whoever asks first, so that any moment can be drawn again without what came before it.
"""

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def mix(seed: int, *keys: "Ints | int") -> NDArray[np.uint64]:
    """64 well-mixed bits for each row of keys (splitmix64, Steele et al. 2014, once a key)."""
    state = np.atleast_1d(np.uint64(seed % (1 << 64)))
    with np.errstate(over="ignore"):  # the method counts modulo 2^64
        for key in keys:
            state = _stir(state + _STEP) ^ np.asarray(key, dtype=np.int64).astype(np.uint64)
        mixed: NDArray[np.uint64] = _stir(state + _STEP)
    return mixed


def _stir(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    stirred: NDArray[np.uint64] = state ^ (state >> np.uint64(31))
    return stirred


def uniforms(seed: int, *keys: "Ints | int") -> Floats:
    """Numbers above 0 and below 1, one for each row of keys."""
    drawn: Floats = ((mix(seed, *keys) >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53
    return drawn


def normals(seed: int, *keys: "Ints | int") -> Floats:
    """Standard normal numbers, one for each row of keys (Box and Muller 1958)."""
    radius = np.sqrt(-2.0 * np.log(uniforms(seed, *keys, 1)))
    drawn: Floats = radius * np.cos(2.0 * np.pi * uniforms(seed, *keys, 2))
    return drawn


def name_number(*names: str) -> int:
    """A number that stands for names in every run: the first 63 bits of their BLAKE2b digest."""
    digest = blake2b("\x1f".join(names).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
