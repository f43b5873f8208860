"""Which recordings the offline judge is trained on and held against. One entry per recording; nothing crosses the sets.

set: `train` (weights), `calibrate` (probabilities and thresholds), `final` (looked at once, for the report).
"""

SPLITS = ("random", "uneven", "time", "amplitude", "three_way", "burst", "turns", "duplicate")


def recipe(name, part, kind, seed, **options):
    return dict(name=name, set=part, kind=kind, seed=seed, **options)


def recipes():
    made = []

    def own(name, part, seed, **options):
        made.append(recipe(name, part, "own", seed, **options))

    def drift(name, part, seed, **options):
        made.append(recipe(name, part, "drift", seed, **options))

    # clean over-splits of several kinds, layouts, rates, durations
    own("mixed-a", "train", 101, layout="two-column", channels=32, cells=22, duration=150, rate=30000)
    own("mixed-b", "calibrate", 102, layout="linear", channels=24, cells=18, duration=240, rate=25000)
    own("mixed-c", "final", 103, layout="two-column", channels=32, cells=22, duration=120, rate=30000)
    own("mixed-d", "train", 104, layout="staggered", channels=48, cells=26, duration=90, rate=30000)
    # sorters miss, jitter and misplace spikes
    own("faulty-a", "train", 111, layout="two-column", channels=32, cells=22, duration=200, rate=30000, miss=0.1, misplaced=0.03, jitter=2)
    own("faulty-b", "calibrate", 112, layout="staggered", channels=32, cells=20, duration=120, rate=32000, miss=0.15, misplaced=0.05, jitter=3)
    own("faulty-c", "final", 113, layout="linear", channels=32, cells=22, duration=180, rate=24000, miss=0.12, misplaced=0.04, jitter=2)
    # bursts, and rates that rise and fall together
    own("bursty-a", "train", 121, layout="two-column", channels=32, cells=22, duration=150, rate=30000, firing="bursty")
    own("bursty-b", "calibrate", 122, layout="staggered", channels=32, cells=22, duration=180, rate=30000, firing="bursty", together=0.5)
    own("bursty-c", "final", 123, layout="linear", channels=24, cells=18, duration=200, rate=25000, firing="bursty", together=0.3)
    own("together-a", "train", 131, layout="linear", channels=32, cells=24, duration=180, rate=30000, together=0.8)
    own("together-b", "final", 132, layout="staggered", channels=32, cells=20, duration=150, rate=32000, together=0.6, miss=0.05, jitter=1)
    # few spikes
    own("sparse-a", "train", 141, layout="two-column", channels=32, cells=24, duration=120, rate=30000, rates_hz=(0.4, 4.0))
    own("sparse-b", "final", 142, layout="two-column", channels=32, cells=24, duration=90, rate=30000, rates_hz=(0.5, 5.0))
    # many look-alikes
    own("alike-a", "train", 151, layout="two-column", channels=32, cells=24, duration=150, rate=30000, alike=7)
    own("alike-b", "calibrate", 152, layout="staggered", channels=32, cells=24, duration=120, rate=30000, alike=7, miss=0.05, jitter=1)
    own("alike-c", "final", 153, layout="linear", channels=32, cells=24, duration=150, rate=30000, alike=7)
    own("alike-d", "train", 154, layout="two-column", channels=32, cells=26, duration=120, rate=30000, alike=9, alike_near=(0.0, 0.03), alike_um=(3.0, 8.0))
    own("noisy-a", "train", 161, layout="two-column", channels=24, cells=18, duration=150, rate=25000, noise=13.0, misplaced=0.03)
    own("noisy-b", "final", 162, layout="two-column", channels=24, cells=18, duration=150, rate=30000, noise=12.0, miss=0.1)

    # moving probes, over-split on purpose along the movement
    drift("moving-a", "train", 201, duration=240, cells=16, columns=2, contacts=16, um=15.0, sorter="split")
    drift("moving-b", "calibrate", 202, duration=200, cells=16, columns=1, contacts=32, um=20.0, sorter="split")
    drift("moving-c", "final", 203, duration=240, cells=16, columns=2, contacts=16, um=20.0, sorter="split")
    # moving probes, sorted by a sorter
    for place, sorter in enumerate(("tridesclous2", "spykingcircus2", "simple")):
        drift(f"sorted-{sorter}-a", "train", 301 + place, duration=180, cells=16, columns=2, contacts=16, um=18.0, sorter=sorter)
        drift(f"sorted-{sorter}-b", "calibrate", 311 + place, duration=150, cells=18, columns=2, contacts=16, um=25.0, sorter=sorter)
        drift(f"sorted-{sorter}-c", "final", 321 + place, duration=180, cells=16, columns=2, contacts=16, um=22.0, sorter=sorter)
        drift(f"sorted-{sorter}-d", "train", 331 + place, duration=240, cells=18, columns=1, contacts=32, um=25.0, sorter=sorter, firing="bursty")
        drift(f"sorted-{sorter}-e", "final", 341 + place, duration=200, cells=18, columns=2, contacts=16, um=16.0, sorter=sorter, firing="bursty", together=0.4)
    return made
