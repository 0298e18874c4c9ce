"""Weights of the scorecard in log-odds, as `bench/duplicates.py --fit` printed them.

For each part the weights are apart from their mean, which lies in the bias.
"""

BIAS = -8.31
WEIGHTS: dict[str, float] = {
    "asset.other": -5.89,  # 1307 pairs
    "asset.same": 5.26,  # 137 pairs
    "asset.unsaid": 0.03,  # 217339 pairs
    "photo.alike": 4.41,  # 18 pairs
    "photo.unlike": -0.10,  # 19529 pairs
    "photo.unsaid": 0.01,  # 199236 pairs
    "space.point.over_640": -3.86,  # 16979 pairs
    "space.point.to_15": 4.20,  # 1281 pairs
    "space.point.to_40": 3.83,  # 5846 pairs
    "space.point.to_80": 3.11,  # 10728 pairs
    "space.point.to_160": 0.47,  # 24171 pairs
    "space.point.to_320": -0.29,  # 58064 pairs
    "space.point.to_640": -0.78,  # 72229 pairs
    "space.same_place": 2.39,  # 21514 pairs
    "space.spread.over_640": -1.54,  # 1767 pairs
    "space.spread.to_15": 5.28,  # 61 pairs
    "space.spread.to_40": 5.12,  # 249 pairs
    "space.spread.to_80": 4.28,  # 330 pairs
    "space.spread.to_160": 2.94,  # 596 pairs
    "space.spread.to_320": 2.80,  # 1789 pairs
    "space.spread.to_640": 2.34,  # 3179 pairs
    "time.over_168": -1.44,  # 3272 pairs
    "time.to_0.5": 2.99,  # 6158 pairs
    "time.to_2": 2.07,  # 14815 pairs
    "time.to_6": 0.96,  # 28554 pairs
    "time.to_24": 0.11,  # 72818 pairs
    "time.to_72": -0.68,  # 68016 pairs
    "time.to_168": -1.32,  # 25150 pairs
    "type.kin": 2.53,  # 9318 pairs
    "type.other": -1.76,  # 115531 pairs
    "type.same": 3.21,  # 14168 pairs
    "type.unsaid": 1.68,  # 79766 pairs
    "words.none": 1.40,  # 8189 pairs
    "words.other_script": 0.16,  # 45356 pairs
    "words.over_0.6": 2.41,  # 940 pairs
    "words.to_0.03": -0.28,  # 123564 pairs
    "words.to_0.08": 0.10,  # 21762 pairs
    "words.to_0.15": 0.26,  # 9061 pairs
    "words.to_0.25": 0.29,  # 5502 pairs
    "words.to_0.4": 1.19,  # 2743 pairs
    "words.to_0.6": 2.15,  # 1666 pairs
}
