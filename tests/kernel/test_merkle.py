"""Merkle trees: the published roots of Certificate Transparency, and every proof of every tree."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.merkle import EMPTY, climb, leaf_hash, path_to, root_of

# The test vectors of the reference implementation of RFC 6962.
LEAVES = [bytes.fromhex(one) for one in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


@pytest.mark.parametrize(("count", "root"), list(enumerate(ROOTS, 1)))
def test_recorded_roots(count, root):
    assert root_of([leaf_hash(one) for one in LEAVES[:count]]).hex() == root


def test_three_leaves_by_hand():
    a, b, c = (sha256(b"\0" + one).digest() for one in (b"a", b"b", b"c"))
    left = sha256(b"\1" + a + b).digest()
    assert root_of([a, b, c]) == sha256(b"\1" + left + c).digest()
    assert path_to([a, b, c], 2) == [("left", left)]
    assert root_of([]) == EMPTY
    with pytest.raises(IndexError):
        path_to([a], 1)


def plainly(leaves):
    """RFC 6962, section 2.1, word by word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\1" + plainly(leaves[:split]) + plainly(leaves[split:])).digest()


@given(st.lists(st.binary(min_size=1, max_size=4), min_size=1, max_size=40))
def test_every_leaf_climbs_to_the_root_and_no_other_does(contents):
    leaves = [leaf_hash(one) for one in contents]
    root = root_of(leaves)
    assert root == plainly(leaves)
    for number, leaf in enumerate(leaves):
        path = path_to(leaves, number)
        assert climb(leaf, path) == root
        assert climb(leaf_hash(b"another"), path) != root
