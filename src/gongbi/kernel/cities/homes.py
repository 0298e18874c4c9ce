"""Who lives where: households by floor area, so that all add up to the people of the city."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gongbi.kernel.cities.buildings import HOME, SHOP, Buildings
from gongbi.kernel.cities.measures import Floats, Ints

PEOPLE_A_HOUSEHOLD = 2.6


@dataclass(frozen=True)
class Homes:
    """households and people (n,) of each building; people sum to the city's number exactly."""

    households: Ints
    people: Ints
    m2_a_household: float

    def take(self, rows: Ints) -> Homes:
        return Homes(self.households[rows], self.people[rows], self.m2_a_household)


def settle(buildings: Buildings, people: int, rng: np.random.Generator) -> Homes:
    """Fill homes evenly by floor area, some more and some less; a few live above shops."""
    share = np.zeros(len(buildings.use))
    share[buildings.use == HOME] = 1.0
    share[(buildings.use == SHOP) & (buildings.floors >= 2)] = 0.25
    room = buildings.floor_m2 * share * rng.uniform(0.85, 1.1, len(share))
    households = share_whole(room, round(people / PEOPLE_A_HOUSEHOLD))
    living = share_whole(households.astype(float), people)
    return Homes(households, living, float(room.sum() / max(households.sum(), 1)))


def share_whole(weight: Floats, total: int) -> Ints:
    """Whole shares of `total` in proportion to `weight`; the largest remainders round up."""
    exact = weight / weight.sum() * total
    whole = np.floor(exact).astype(np.int64)
    missing = total - int(whole.sum())
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[:missing]] += 1
    shares: Ints = whole
    return shares
