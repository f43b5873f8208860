#!/usr/bin/env python3
"""Makes the ground-truth analyzers the offline judge learns from, with SpikeInterface 0.105.

  python generate.py --out FOLDER [--only NAME ...] [--minutes 30]

For each recipe of recipes.py FOLDER/<name>/ gets `analyzer` (binary_folder) and `ground_truth.json`: per unit the cell it
holds most spikes of, purity (share of the unit's spikes that are the cell's) and agreement. Recordings that are there already
are kept. Nothing of this belongs into the repository.
"""
import argparse
import json
import os
import shutil
import time
import warnings
from pathlib import Path

os.environ.setdefault("NUMBA_NUM_THREADS", "1")
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
warnings.simplefilter("ignore")

import numpy as np  # noqa: E402
import spikeinterface.full as si  # noqa: E402
from probeinterface import Probe, generate_multi_columns_probe  # noqa: E402
from spikeinterface.core.generate import InjectTemplatesRecording, generate_templates, generate_unit_locations  # noqa: E402
from spikeinterface.generation import generate_noise  # noqa: E402
from spikeinterface.generation.drifting_generator import generate_drifting_recording  # noqa: E402

from recipes import recipes  # noqa: E402

SHAPE = dict(depolarization_ms=(0.09, 0.14), repolarization_ms=(0.5, 0.8), recovery_ms=(1.0, 1.5), positive_amplitude=(0.1, 0.25),
             smooth_ms=(0.03, 0.07), spatial_decay=(15.0, 40.0), propagation_speed=(250.0, 350.0), ellipse_shrink=(0.5, 1.0),
             ellipse_angle=(0.0, 2 * np.pi))
EXTENSIONS = dict(random_spikes=dict(max_spikes_per_unit=250, seed=0), waveforms=dict(ms_before=1.0, ms_after=1.5),
                  templates=dict(operators=["average", "std"]), noise_levels=dict(random_slices_kwargs=dict(seed=0)), correlograms={},
                  unit_locations={}, spike_locations=dict(method="center_of_mass"), spike_amplitudes={},
                  principal_components=dict(n_components=3, mode="by_channel_local"), template_similarity={})


def probe_of(layout, channels):
    if layout == "linear":
        probe = generate_multi_columns_probe(num_columns=1, num_contact_per_column=channels, xpitch=20, ypitch=20, contact_shapes="circle",
                                             contact_shape_params={"radius": 6})
    elif layout == "staggered":
        rows = np.arange(channels // 2)
        x = np.concatenate([np.where(rows % 2, 16.0, 0.0), np.where(rows % 2, 48.0, 32.0)])
        probe = Probe(ndim=2, si_units="um")
        probe.set_contacts(np.column_stack([x, np.tile(rows * 20.0, 2)]), shapes="circle", shape_params={"radius": 6})
        probe.create_auto_shape()
    else:
        probe = generate_multi_columns_probe(num_columns=2, num_contact_per_column=channels // 2, xpitch=22, ypitch=22, contact_shapes="circle",
                                             contact_shape_params={"radius": 6})
    probe.set_device_channel_indices(np.arange(probe.get_contact_count()))
    return probe


def spike_trains(rng, cells, duration, rates, firing, together):
    """Times in seconds, place in its burst, and cell of every spike. Refractory 2 to 4 ms; `together` is the depth of a common rate."""
    step = 0.05
    bins = int(duration / step) + 2
    common = np.zeros(bins)
    for k in range(1, bins):
        common[k] = common[k - 1] * 0.9 + rng.normal(0, 0.44)
    times, places, owners = [], [], []
    for cell in range(cells):
        refractory = rng.uniform(0.002, 0.004)
        bursts = firing == "bursty" and rng.random() < 0.7
        size = rng.uniform(1.6, 3.5) if bursts else 1.0
        rate = rates[cell] / size
        peak = rate * (1 + 2 * together)
        onsets = np.cumsum(refractory + rng.exponential(1 / peak, int(peak * duration * 1.3) + 50))
        onsets = onsets[onsets < duration - 0.1]
        level = np.clip(1 + together * common[(onsets / step).astype(int)], 0, 1 + 2 * together) / (1 + 2 * together)
        onsets = onsets[rng.random(onsets.size) < level]
        mine, place = [], []
        last = -1.0
        for onset in onsets:
            t = onset
            for k in range(rng.geometric(1 / size) if bursts else 1):
                if t - last < refractory:
                    t = last + refractory + rng.exponential(0.001)
                mine.append(t)
                place.append(k)
                last = t
                t = t + refractory + rng.gamma(4, 0.0008)
        times.append(np.array(mine))
        places.append(np.array(place, dtype=int))
        owners.append(np.full(len(mine), cell))
    times, places, owners = map(np.concatenate, (times, places, owners))
    keep = (times > 0.01) & (times < duration - 0.01)
    order = np.argsort(times[keep], kind="stable")
    return times[keep][order], places[keep][order], owners[keep][order]


def over_split(rng, cell, t, factor, place, kinds, duration, depth=None):
    """The part of its cell every spike goes to, and spikes to find twice (index, part)."""
    part = np.zeros(cell.size, dtype=int)
    twice = []
    for c, kind in kinds.items():
        mine = np.flatnonzero(cell == c)
        coin = rng.random(mine.size)
        if kind in ("random", "duplicate"):
            part[mine] = coin < rng.uniform(0.35, 0.65)
        elif kind == "uneven":
            part[mine] = coin < rng.uniform(0.08, 0.2)
        elif kind == "three_way":
            part[mine] = rng.integers(0, 3, mine.size)
        elif kind == "burst":
            first = place[mine] == 0
            part[mine] = np.where(coin < 0.93, ~first, first)
        elif kind == "turns":  # several hand-overs
            period = duration / rng.integers(3, 6)
            part[mine] = np.where(coin < 0.95, (t[mine] // period) % 2, 1 - (t[mine] // period) % 2)
        else:
            x = t[mine] if kind == "time" else depth[mine] if kind == "depth" else factor[mine]
            high = x > np.quantile(x, rng.uniform(0.35, 0.65))
            part[mine] = np.where(coin < rng.uniform(0.93, 1.0), high, ~high)
        if kind == "duplicate":
            both = mine[rng.random(mine.size) < rng.uniform(0.2, 0.6)]
            twice += [(index, 1 - part[index]) for index in both]
    return part, twice


def own_recording(recipe):
    rng = np.random.default_rng(recipe["seed"])
    duration, fs, cells = float(recipe["duration"]), float(recipe["rate"]), recipe["cells"]
    probe = probe_of(recipe["layout"], recipe["channels"])
    alike = recipe.get("alike", 3)
    location = generate_unit_locations(cells, probe.contact_positions, margin_um=8.0, minimum_z=6.0, maximum_z=35.0, minimum_distance=15.0,
                                       seed=recipe["seed"], distance_strict=False)
    shape = {k: rng.uniform(*v, cells) for k, v in SHAPE.items()}
    shape["alpha"] = np.ones(cells)
    peak = np.exp(rng.uniform(np.log(55), np.log(300), cells))
    for k in range(alike):
        a, b = 2 * k, 2 * k + 1
        near = rng.uniform(*recipe.get("alike_near", (0.01, 0.08)))
        for key in SHAPE:
            shape[key][b] = shape[key][a] * rng.uniform(1 - near, 1 + near)
        angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(*recipe.get("alike_um", (4.0, 15.0)))
        location[b] = location[a] + [far * np.cos(angle), far * np.sin(angle), rng.uniform(-2, 2)]
        location[b, 2] = max(location[b, 2], 5.0)
        peak[a] = rng.uniform(90, 240)
        peak[b] = peak[a] * rng.uniform(0.85, 1.15)
    templates = generate_templates(probe.contact_positions, location, fs, 1.0, 3.0, seed=recipe["seed"], unit_params=shape)
    bursty = recipe.get("firing") == "bursty"
    kinds_left = [k for k in ("random", "uneven", "time", "amplitude", "three_way", "burst" if bursty else "random", "turns", "duplicate", "time",
                              "amplitude", "burst" if bursty else "uneven")]
    rest = 2 * alike + rng.permutation(cells - 2 * alike)
    kinds = {int(c): k for c, k in zip(rest, kinds_left)}
    for k in range(max(1, alike // 3)):
        kinds[2 * k] = str(rng.choice(["random", "time", "amplitude"]))
    for c in kinds:
        peak[c] = max(peak[c], 80.0)
    templates *= (peak / np.abs(templates).max(axis=(1, 2)))[:, None, None]
    low, high = recipe.get("rates_hz", (1.0, 20.0))
    rates = np.exp(rng.uniform(np.log(low), np.log(high), cells))
    t, place, cell = spike_trains(rng, cells, duration, rates, recipe.get("firing", "poisson"), recipe.get("together", 0.0))
    factor = rng.normal(1.0, rng.uniform(0.04, 0.08), t.size)
    for c in range(cells):
        mine = cell == c
        kind = kinds.get(c)
        if kind == "time":
            factor[mine] *= np.interp(t[mine], [0, duration], rng.permutation([1 + rng.uniform(0, 0.25), 1 - rng.uniform(0, 0.25)]))
        elif kind == "amplitude":
            factor[mine] = np.exp(rng.normal(0.0, rng.uniform(0.12, 0.22), mine.sum()))
        elif rng.random() < 0.4:
            factor[mine] *= np.interp(t[mine], np.linspace(0, duration, 5), 1 + rng.uniform(-0.12, 0.12, 5))
    factor = np.clip(factor * rng.uniform(0.82, 0.93) ** place, 0.35, 1.8).astype("float32")
    samples = (t * fs).astype("int64")
    truth = si.NumpySorting.from_samples_and_labels([samples], [cell], fs, unit_ids=np.arange(cells))
    noise = generate_noise(probe, fs, [duration], noise_levels=recipe.get("noise", 7.0), spatial_decay=25.0, seed=recipe["seed"])
    recording = InjectTemplatesRecording(truth, templates.astype("float32"), nbefore=int(fs / 1000), parent_recording=noise, amplitude_factor=factor)
    recording.annotate(is_filtered=True)
    recording.set_probe(probe)
    part, twice = over_split(rng, cell, t, factor, place, kinds, duration)
    sorting = faulty(rng, recipe, samples, cell, part, twice, location, fs, duration)
    return recording, truth, sorting, {str(c): k for c, k in kinds.items()}


def faulty(rng, recipe, samples, cell, part, twice, location, fs, duration):
    """A sorting with ids in random order, after spikes were missed, misplaced, shifted and found twice."""
    label = cell * 10 + part
    known = np.unique(label)
    if twice:
        index, other = np.array([i for i, _ in twice]), np.array([p for _, p in twice])
        samples = np.concatenate([samples, samples[index] + rng.integers(-3, 4, index.size)])
        label = np.concatenate([label, cell[index] * 10 + other])
        cell = np.concatenate([cell, cell[index]])
    keep = rng.random(samples.size) >= recipe.get("miss", 0.0)
    samples, label, cell = samples[keep], label[keep].copy(), cell[keep]
    if recipe.get("misplaced"):
        near = np.argsort(((location[:, None] - location[None]) ** 2).sum(-1), axis=1)[:, 1]
        for place in rng.choice(samples.size, int(recipe["misplaced"] * samples.size), replace=False):
            label[place] = rng.choice(known[known // 10 == near[cell[place]]])
    if recipe.get("jitter"):
        samples = samples + rng.integers(-recipe["jitter"], recipe["jitter"] + 1, samples.size)
    samples = np.clip(samples, 0, int(duration * fs) - 1)
    ids = rng.permutation(np.sort(rng.choice(np.arange(int(known.size * 1.4)), known.size, replace=False)))
    name = dict(zip(known.tolist(), ids.tolist()))
    order = np.argsort(samples, kind="stable")
    return si.NumpySorting.from_samples_and_labels([samples[order]], [np.array([name[x] for x in label[order]])], fs, unit_ids=np.sort(ids))


def drifting_recording(recipe, folder):
    rng = np.random.default_rng(recipe["seed"])
    duration, fs, cells = float(recipe["duration"]), 30000.0, recipe["cells"]
    rates = np.exp(rng.uniform(np.log(2.0), np.log(14.0), cells))
    t, place, cell = spike_trains(rng, cells, duration, rates, recipe.get("firing", "poisson"), recipe.get("together", 0.0))
    samples = (t * fs).astype("int64")
    truth = si.NumpySorting.from_samples_and_labels([samples], [cell], fs, unit_ids=np.arange(cells))
    factor = np.clip(rng.normal(1.0, 0.06, t.size) * 0.88 ** place, 0.35, 1.6).astype("float32")
    half = recipe["um"]
    mode = rng.choice(["zigzag", "random_walk"]) if recipe["sorter"] != "split" else "zigzag"
    motion = dict(drift_mode=str(mode), non_rigid_gradient=None, t_start_drift=duration * 0.1, t_end_drift=None)
    if mode == "zigzag":
        motion["period_s"] = duration * rng.uniform(0.7, 1.8)
    _, recording, _, extra = generate_drifting_recording(
        num_units=cells, duration=duration, sampling_frequency=fs, sorting=truth, seed=recipe["seed"], extra_outputs=True,
        generate_probe_kwargs=dict(num_columns=recipe["columns"], num_contact_per_column=recipe["contacts"], xpitch=22, ypitch=20,
                                   contact_shapes="circle", contact_shape_params={"radius": 6}),
        generate_unit_locations_kwargs=dict(margin_um=10.0, minimum_z=5.0, maximum_z=35.0, minimum_distance=15.0, max_iteration=100, distance_strict=False),
        generate_displacement_vector_kwargs=dict(displacement_sampling_frequency=5.0, drift_start_um=[0, half], drift_stop_um=[0, -half], drift_step_um=1,
                                                 motion_list=[motion]),
        generate_templates_kwargs=dict(ms_before=1.5, ms_after=3.0, mode="ellipsoid", unit_params=dict(
            alpha=(150.0, 500.0), spatial_decay=(12.0, 40.0), ellipse_shrink=(0.4, 1.0), ellipse_angle=(0.0, 2 * np.pi))),
        generate_noise_kwargs=dict(noise_levels=(6.0, 8.0), spatial_decay=25.0), amplitude_factor=factor)
    recording = saved(recording, folder)
    kinds = {}
    if recipe["sorter"] == "split":
        moved = extra["displacement_vectors"]
        moved = (moved[0] if isinstance(moved, list) else moved).reshape(-1, np.shape(moved[0] if isinstance(moved, list) else moved)[1], 1)[:, 1, 0]
        depth = moved[np.minimum((t * extra["displacement_sampling_frequency"]).astype(int), moved.size - 1)]
        names = ["depth", "depth", "depth", "time", "turns", "amplitude", "random", "depth", "three_way"]
        kinds = {int(c): k for c, k in zip(rng.permutation(cells), names)}
        part, twice = over_split(rng, cell, t, factor, place, kinds, duration, depth)
        sorting = faulty(rng, dict(recipe, miss=0.05, jitter=1, misplaced=0.02), samples, cell, part, twice, extra["unit_locations"], fs, duration)
    else:
        params = dict(spykingcircus2=dict(apply_motion_correction=False), tridesclous2={}, simple={})[recipe["sorter"]]
        sorting = si.run_sorter(recipe["sorter"], recording, folder=folder / "sorter", remove_existing_folder=True, verbose=False, **params)
        sorting = si.NumpySorting.from_sorting(sorting)
    return recording, truth, sorting, {str(c): k for c, k in kinds.items()}


def saved(recording, folder):
    shutil.rmtree(folder / "recording", ignore_errors=True)
    return recording.save(folder=folder / "recording", format="binary", dtype="float32", verbose=False, n_jobs=1, chunk_duration="2s", progress_bar=False)


def matches(truth, sorting, within_ms=0.4):
    """Per unit: the cell it shares most spikes with, purity and agreement."""
    fs = truth.sampling_frequency
    reach = int(within_ms * fs / 1000)
    trains = {int(c): truth.get_unit_spike_train(c, segment_index=0) for c in truth.unit_ids}
    found = {}
    for unit in sorting.unit_ids:
        mine = sorting.get_unit_spike_train(unit, segment_index=0)
        best = dict(cell=None, purity=0.0, agreement=0.0, second=0.0)
        shares = []
        for cell, train in trains.items():
            if mine.size == 0 or train.size == 0:
                continue
            at = np.searchsorted(train, mine)
            gap = np.minimum(np.abs(mine - train[np.clip(at, 0, train.size - 1)]), np.abs(mine - train[np.clip(at - 1, 0, train.size - 1)]))
            shared = int((gap <= reach).sum())
            chance = min(0.9, train.size * (2 * reach + 1) / truth.get_total_samples() if truth.has_recording() else 0.0)
            purity = max(0.0, (shared / mine.size - chance) / (1 - chance))
            shares.append(purity)
            if purity > best["purity"]:
                best = dict(best, cell=cell, purity=round(purity, 4), agreement=round(shared / (mine.size + train.size - min(shared, train.size)), 4))
        shares.sort()
        best["second"] = round(shares[-2], 4) if len(shares) > 1 else 0.0
        found[str(unit)] = best
    return found


def make(recipe, root):
    folder = root / recipe["name"]
    if (folder / "ground_truth.json").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    started = time.perf_counter()
    if recipe["kind"] == "own":
        recording, truth, sorting, kinds = own_recording(recipe)
        recording = saved(recording, folder)
    else:
        recording, truth, sorting, kinds = drifting_recording(recipe, folder)
    truth.register_recording(recording)
    sorting = sorting.remove_empty_units()
    analyzer = si.create_sorting_analyzer(sorting, recording, format="memory", sparse=True, seed=0)
    for name, parameters in EXTENSIONS.items():
        analyzer.compute(name, **parameters)
    analyzer.save_as(format="binary_folder", folder=folder / "analyzer")
    truth_of = dict(recipe=recipe, split=kinds, units=matches(truth, sorting))
    for left_over in ("recording", "sorter"):
        shutil.rmtree(folder / left_over, ignore_errors=True)
    (folder / "ground_truth.json").write_text(json.dumps(truth_of, indent=1))
    print(f"{recipe['name']}: {len(sorting.unit_ids)} units, {time.perf_counter() - started:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--minutes", type=float, default=60.0, help="no recording is begun after this time")
    options = parser.parse_args()
    si.set_global_job_kwargs(n_jobs=1, progress_bar=False)
    began = time.monotonic()
    chosen = [r for r in recipes() if not options.only or r["name"] in options.only]
    for recipe in chosen:
        if time.monotonic() - began > 60 * options.minutes:
            print(f"time is up before {recipe['name']}", flush=True)
            break
        try:
            make(recipe, options.out)
        except Exception as error:  # one recording that fails must not cost the others
            print(f"{recipe['name']}: failed, {type(error).__name__}: {error}", flush=True)


if __name__ == "__main__":
    main()
