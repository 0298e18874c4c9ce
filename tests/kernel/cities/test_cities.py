"""Drawing by hand and by property: bends, nets, shares, pipes, streets, homes, houses."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.cities.bending import draw_bend
from gongbi.kernel.cities.blocks import MAIN, MINOR, find_groups, weave
from gongbi.kernel.cities.buildings import raise_buildings
from gongbi.kernel.cities.ground import draw_ground
from gongbi.kernel.cities.homes import settle, share_whole
from gongbi.kernel.cities.measures import measure
from gongbi.kernel.cities.pipes import lay_pipes, next_upstream
from gongbi.kernel.cities.sharing import grow, share_out
from gongbi.kernel.cities.streets import lay_streets, main_angle
from gongbi.kernel.cities.trading import trade
from gongbi.kernel.cities.uses import choose_uses


def lines(*paths):
    return np.array([shapely.LineString(path) for path in paths], dtype=object)


def grid_of_cells(side):
    """Cells of a chessboard with links to the right and upwards."""
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    number = np.arange(side * side).reshape(side, side)
    links = np.vstack(
        [
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
        ]
    )
    return np.column_stack([x.ravel(), y.ravel()]).astype(float) * 100, links


def test_a_cross_in_a_square_makes_four_blocks():
    net = weave(
        lines(
            [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)],
            [(50, 0), (50, 100)],
            [(0, 50), (100, 50)],
        ),
        np.array([MAIN, MINOR, MINOR]),
    )
    assert len(net.faces) == 4
    assert sorted(shapely.area(net.faces)) == [2500.0] * 4
    inner = (net.beside >= 0).all(axis=1)
    assert inner.sum() == 4
    assert set(net.kind[inner]) == {MINOR}
    assert set(net.kind[~inner]) == {MAIN}


def test_a_street_that_nearly_meets_another_is_joined_to_it():
    net = weave(
        lines([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)], [(50, 0.1), (50, 99.8)]),
        np.array([MAIN, MINOR]),
    )
    assert len(net.faces) == 2


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), radius=st.floats(500, 30_000))
def test_a_bend_keeps_areas_and_never_folds(seed, radius):
    rng = np.random.default_rng(seed)
    bend = draw_bend(radius, rng)
    spots = rng.uniform(-radius, radius, (20, 2))
    step = radius * 1e-3
    here = bend.points(spots)
    right = bend.points(spots + np.array([step, 0])) - here
    up = bend.points(spots + np.array([0, step])) - here
    area = (right[:, 0] * up[:, 1] - right[:, 1] * up[:, 0]) / step**2
    assert np.sign(area).min() == np.sign(area).max()
    assert np.abs(area) == pytest.approx(1, abs=0.2)


def test_growing_by_hand():
    """Five cells in a row, seeds at both ends; the later seed gets less."""
    links = np.array([[0, 1], [1, 2], [2, 3], [3, 4]])
    cost = np.ones(4)
    late = np.array([0.0, 1.5])
    assert grow(5, links, cost, np.array([0, 4]), late).tolist() == [0, 0, 0, 1, 1]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32), side=st.integers(4, 12), target=st.floats(20, 400))
def test_parts_are_connected_and_stay_within_their_parent(seed, side, target):
    rng = np.random.default_rng(seed)
    points, links = grid_of_cells(side)
    weight = rng.uniform(1, 20, len(points))
    parent = (points[:, 0] > points[:, 0].mean()).astype(np.int64)
    label = share_out(points, weight, links, np.full(len(links), 100.0), parent, target)
    assert set(label) == set(range(label.max() + 1))
    for part in range(label.max() + 1):
        cells = np.flatnonzero(label == part)
        assert len(set(parent[cells])) == 1
        inside = links[np.isin(links, cells).all(axis=1)]
        assert len(set(find_groups(len(points), inside)[cells])) == 1


def test_even_weights_are_shared_evenly():
    points, links = grid_of_cells(12)
    label = share_out(
        points, np.ones(144), links, np.full(len(links), 100.0), np.zeros(144, dtype=np.int64), 24
    )
    assert np.bincount(label).min() >= 18
    assert np.bincount(label).max() <= 30


def test_trading_moves_the_cell_between_two_uneven_parts():
    links = np.array([[0, 1], [1, 2], [2, 3]])
    label = np.array([0, 0, 0, 1])
    traded = trade(label, np.ones(4), links, np.ones(3), np.array([2.0, 2.0]))
    assert traded.tolist() == [0, 0, 1, 1]


def test_water_comes_by_the_cheaper_way():
    """A square: two main roads are cheaper than one minor diagonal."""
    edges = lines([(0, 0), (100, 0)], [(100, 0), (100, 100)], [(0, 0), (100, 100)])
    pipes = lay_pipes(edges, np.array([MAIN, MAIN, MINOR]), np.array([0.0, 0.0]))
    at = {tuple(node): row for row, node in enumerate(pipes.nodes.tolist())}
    assert pipes.before[at[100.0, 100.0]] == at[100.0, 0.0]
    assert pipes.before[at[0.0, 0.0]] == -1
    assert pipes.way[at[100.0, 100.0]] == pytest.approx(120)
    marked = np.zeros(3, dtype=bool)
    marked[at[0.0, 0.0]] = True
    assert next_upstream(pipes, marked)[at[100.0, 100.0]] == at[0.0, 0.0]


@given(angle=st.floats(-0.7, 0.7))
@settings(max_examples=25, deadline=None)
def test_the_main_angle_is_that_of_a_turned_box(angle):
    cos, sin = np.cos(angle), np.sin(angle)
    box = shapely.transform(
        shapely.box(0, 0, 300, 100), lambda xy: xy @ np.array([[cos, sin], [-sin, cos]])
    )
    assert main_angle(box) == pytest.approx(angle, abs=1e-6)


def test_streets_of_a_box_run_along_it():
    streets = lay_streets(shapely.box(0, 0, 600, 300), (150, 200), np.random.default_rng(1))
    assert len(streets) == 3
    for street in streets:
        width, height = np.ptp(shapely.get_coordinates(street), axis=0)
        assert min(width, height) < 1e-6


def test_whole_shares_by_hand():
    assert share_whole(np.array([1.0, 1.0, 1.0]), 10).tolist() == [4, 3, 3]
    assert share_whole(np.array([2.0, 1.0, 0.0]), 3).tolist() == [2, 1, 0]


@given(total=st.integers(0, 10**6), seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_whole_shares_sum_exactly(total, seed):
    weight = np.random.default_rng(seed).uniform(0.01, 5, 40)
    shares = share_whole(weight, total)
    assert shares.sum() == total
    assert np.abs(shares - weight / weight.sum() * total).max() < 1


@pytest.fixture(scope="module")
def ground():
    return draw_ground(12_000, np.random.default_rng(2))


def test_cells_tile_the_city_and_hold_their_dry_land(ground):
    whole = shapely.union_all(ground.cells)
    assert shapely.area(ground.cells).sum() == pytest.approx(whole.area, rel=1e-9)
    assert shapely.covers(shapely.buffer(ground.cells, 0.01), ground.dry).all()
    assert whole.geom_type == "Polygon"


def test_houses_stand_apart_on_their_own_block_and_hold_everyone(ground):
    rng = np.random.default_rng(3)
    buildings = raise_buildings(ground, choose_uses(ground, rng), rng)
    shapes = buildings.shapes
    assert shapely.contains_properly(ground.dry[buildings.block], shapes).all()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert not (one < other).any()
    homes = settle(buildings, 12_000, rng)
    assert homes.people.sum() == 12_000
    assert (homes.households[buildings.floors == 0] == 0).all()
    assert 60 < homes.m2_a_household < 200


def test_the_recorded_town_of_seed_two(ground):
    """Recorded once; a change here means that drawn cities change."""
    assert ground.size == measure(12_000, np.random.default_rng(2))
    assert len(ground.plan.lakes) >= 1
    assert len(ground.cells) == RECORDED_CELLS


RECORDED_CELLS = 95
