"""Which recordings the offline judge is trained on and held against. One entry per recording; nothing crosses the sets.

set: `train` and `calibrate` (weights), `later` (made after the first forest, which does not know them), `final` and `unlike` (looked at for the report only; `unlike` holds kinds, shapes, noise and
movements that none of the others has).
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
    # recordings and analyzers of other kinds; `unlike` ones share no seed and no parameters with those above
    bare = ("principal_components", "spike_locations", "spike_amplitudes", "template_similarity", "correlograms", "unit_locations", "noise_levels")
    hand_overs = ("fade", "fade", "fade", "fade", "time", "turns", "fade", "time", "random")
    few_cells = ("random", "time", "amplitude", "uneven")

    def zigzag(**options):
        return dict(dict(drift_mode="zigzag", non_rigid_gradient=None, t_start_drift=15.0, t_end_drift=None, period_s=120.0), **options)

    def bumps(**options):
        return dict(dict(drift_mode="bump", bump_interval_s=(15.0, 40.0), non_rigid_gradient=None, t_start_drift=10.0, t_end_drift=None), **options)

    def wander(**options):
        return dict(dict(drift_mode="random_walk", non_rigid_gradient=None, t_start_drift=5.0, t_end_drift=None), **options)

    own("tetrodes-t", "later", 401, layout="tetrode", channels=8, cells=12, duration=120, rate=30000, alike=1, splits=few_cells + ("turns", "three_way"))
    own("shanks-t", "later", 402, layout="two-shank", channels=24, cells=18, duration=90, rate=25000, form="wide", analyzer=dict(counts=True, spikes=400))
    own("slow-t", "later", 403, layout="two-column", channels=8, cells=9, duration=500, rate=20000, alike=1, rates_hz=(0.2, 2.5), splits=few_cells)
    own("bare-t", "later", 404, layout="two-column", channels=24, cells=18, duration=90, rate=30000, analyzer=dict(without=bare))
    own("dense-t", "later", 405, layout="coarse", channels=12, cells=14, duration=100, rate=30000, alike=2, splits=few_cells + ("turns", "three_way"),
        analyzer=dict(dense=True, spikes=100, segments=True, ms=(0.6, 1.2)))
    own("near-t", "later", 406, layout="staggered", channels=32, cells=20, duration=90, rate=30000, form="compact", analyzer=dict(radius_um=50.0))
    own("volleys-t", "later", 407, layout="two-column", channels=24, cells=18, duration=90, rate=30000, volleys=0.25)
    own("quick-t", "later", 408, layout="linear", channels=24, cells=18, duration=90, rate=30000, refractory_s=(0.0005, 0.0016), miss=0.05, jitter=1)
    own("joined-t", "later", 409, layout="two-column", channels=24, cells=18, duration=100, rate=30000, joined=4, noise_units=3, miss=0.08, misplaced=0.03, jitter=2)
    own("fade-t", "later", 410, layout="two-column", channels=32, cells=20, duration=100, rate=30000, splits=hand_overs)
    drift("moving-t", "later", 411, duration=120, cells=16, columns=1, contacts=32, um=22.0, sorter="split", motion=[zigzag(non_rigid_gradient=0.4)])
    drift("moved-tridesclous2-t", "later", 412, duration=120, cells=16, columns=2, contacts=16, um=15.0, sorter="tridesclous2",
          motion=[zigzag(amplitude_factor=0.7, non_rigid_gradient=0.3), bumps(amplitude_factor=0.3)])
    drift("moved-spykingcircus2-t", "later", 413, duration=120, cells=16, columns=2, contacts=16, um=15.0, sorter="spykingcircus2",
          sorter_params=dict(apply_motion_correction=True), motion=[wander()])
    drift("moved-simple-t", "later", 414, duration=120, cells=14, columns=2, contacts=12, um=12.0, sorter="simple", motion=[bumps()])
    drift("still-spykingcircus2-t", "later", 415, duration=90, cells=18, columns=2, contacts=16, um=3.0, sorter="spykingcircus2", firing="bursty")
    drift("still-simple-t", "later", 416, duration=90, cells=14, columns=2, contacts=12, um=2.0, sorter="simple")

    far = dict(form="sum", far_cells=60, slow_noise=True)
    own("summed", "unlike", 501, layout="two-column", channels=32, cells=20, duration=90, rate=30000, **far)
    own("summed-faulty", "unlike", 502, layout="staggered", channels=24, cells=18, duration=110, rate=32000, miss=0.12, misplaced=0.04, jitter=3,
        firing="bursty", together=0.5, **far)
    own("tetrode", "unlike", 503, layout="tetrode", channels=4, cells=7, duration=150, rate=40000, alike=1, form="narrow", splits=few_cells)
    own("tetrodes-summed", "unlike", 504, layout="tetrode", channels=12, cells=16, duration=100, rate=30000, alike=2, splits=few_cells + ("fade", "turns"),
        analyzer=dict(spikes=1000), **far)
    own("shanks", "unlike", 505, layout="two-shank", channels=32, cells=22, duration=80, rate=24000, noise_decay=60.0, misplaced=0.03,
        analyzer=dict(counts=True, ms=(0.5, 1.0), spikes=150))
    own("slow", "unlike", 506, layout="linear", channels=8, cells=10, duration=900, rate=20000, alike=1, rates_hz=(0.15, 1.2), splits=few_cells)
    own("short", "unlike", 507, layout="linear", channels=24, cells=18, duration=60, rate=40000, form="narrow")
    own("bare", "unlike", 508, layout="linear", channels=24, cells=18, duration=80, rate=30000, form="narrow", miss=0.05, jitter=1,
        analyzer=dict(without=bare, spikes=100))
    own("bare-dense", "unlike", 509, layout="two-column", channels=16, cells=14, duration=80, rate=30000, alike=2, splits=few_cells + ("fade", "three_way"),
        analyzer=dict(without=bare, dense=True, segments=True))
    own("dense", "unlike", 510, layout="coarse", channels=16, cells=16, duration=90, rate=20000, alike=2, form="wide", splits=few_cells + ("fade", "turns"),
        analyzer=dict(dense=True, spikes=1000, segments=True, ms=(1.5, 2.5), locations="monopolar_triangulation"))
    own("near", "unlike", 511, layout="two-column", channels=32, cells=22, duration=90, rate=30000, form="compact", analyzer=dict(radius_um=35.0))
    own("volleys", "unlike", 512, layout="staggered", channels=32, cells=20, duration=90, rate=30000, volleys=0.45, firing="bursty")
    own("quick", "unlike", 513, layout="two-column", channels=24, cells=18, duration=90, rate=30000, refractory_s=(0.0, 0.0008), rates_hz=(4.0, 30.0))
    own("joined", "unlike", 514, layout="linear", channels=32, cells=22, duration=100, rate=25000, joined=6, noise_units=5, miss=0.12, misplaced=0.05, jitter=2,
        noise=10.0)
    own("fade", "unlike", 515, layout="staggered", channels=32, cells=20, duration=80, rate=30000, splits=hand_overs, jitter=1, misplaced=0.02)
    drift("moving", "unlike", 521, duration=120, cells=16, columns=2, contacts=16, um=25.0, sorter="split", rate=24000,
          motion=[wander(amplitude_factor=0.6), bumps(amplitude_factor=0.4)])
    drift("moved-tridesclous2", "unlike", 522, duration=130, cells=18, columns=1, contacts=28, um=16.0, sorter="tridesclous2",
          motion=[zigzag(amplitude_factor=0.6, non_rigid_gradient=0.5, period_s=90.0), bumps(amplitude_factor=0.4, non_rigid_gradient=0.2)])
    drift("moved-tridesclous2-corrected", "unlike", 523, duration=130, cells=18, columns=2, contacts=20, um=20.0, sorter="tridesclous2", xpitch=32,
          sorter_params=dict(apply_motion_correction=True), motion=[zigzag(non_rigid_gradient=0.6, period_s=160.0)])
    drift("moved-spykingcircus2-corrected", "unlike", 524, duration=130, cells=16, columns=2, contacts=16, um=18.0, sorter="spykingcircus2", rate=25000,
          sorter_params=dict(apply_motion_correction=True), motion=[zigzag(period_s=70.0)], rates_hz=(3.0, 20.0))
    drift("moved-spykingcircus2", "unlike", 525, duration=130, cells=18, columns=2, contacts=16, um=14.0, sorter="spykingcircus2", motion=[wander(non_rigid_gradient=0.5)],
          analyzer=dict(dense=True, spikes=500))
    drift("moved-simple", "unlike", 526, duration=130, cells=14, columns=2, contacts=14, um=15.0, sorter="simple", firing="bursty",
          motion=[zigzag(amplitude_factor=0.5, period_s=100.0), bumps(amplitude_factor=0.5)], noise_levels=(8.0, 11.0))
    drift("still-tridesclous2", "unlike", 527, duration=90, cells=22, columns=2, contacts=16, um=2.0, sorter="tridesclous2", firing="bursty", together=0.5,
          noise_levels=(9.0, 12.0))
    drift("still-spykingcircus2", "unlike", 528, duration=90, cells=20, columns=1, contacts=32, um=3.0, sorter="spykingcircus2", together=0.6)
    drift("still-simple", "unlike", 529, duration=100, cells=12, columns=2, contacts=12, um=2.0, sorter="simple", analyzer=dict(radius_um=60.0))
    return made
