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
FORMS = dict(  # spike shapes other than SHAPE, as other tissue and other electrodes give
    narrow=dict(SHAPE, depolarization_ms=(0.05, 0.08), repolarization_ms=(0.2, 0.4), recovery_ms=(0.5, 0.9), positive_amplitude=(0.2, 0.45)),
    wide=dict(SHAPE, depolarization_ms=(0.15, 0.25), repolarization_ms=(0.8, 1.2), recovery_ms=(1.5, 2.2), positive_amplitude=(0.05, 0.15),
              spatial_decay=(30.0, 70.0)),
    compact=dict(SHAPE, spatial_decay=(8.0, 18.0), ellipse_shrink=(0.3, 0.7)))
EXTENSIONS = dict(random_spikes=dict(max_spikes_per_unit=250, seed=0), waveforms=dict(ms_before=1.0, ms_after=1.5),
                  templates=dict(operators=["average", "std"]), noise_levels=dict(random_slices_kwargs=dict(seed=0)), correlograms={},
                  unit_locations={}, spike_locations=dict(method="center_of_mass"), spike_amplitudes={},
                  principal_components=dict(n_components=3, mode="by_channel_local"), template_similarity={})


def probe_of(layout, channels):
    if layout == "tetrode":
        probe = Probe(ndim=2, si_units="um")
        corner = np.array([[0.0, 0.0], [25.0, 0.0], [0.0, 25.0], [25.0, 25.0]])
        probe.set_contacts(np.concatenate([corner + [0.0, 250.0 * k] for k in range(channels // 4)]), shapes="circle", shape_params={"radius": 6})
        probe.create_auto_shape()
    elif layout == "two-shank":
        y = np.arange(channels // 4) * 25.0
        probe = Probe(ndim=2, si_units="um")
        probe.set_contacts(np.concatenate([np.column_stack([np.full(y.size, x), y]) for x in (0.0, 25.0, 250.0, 275.0)]), shapes="circle",
                           shape_params={"radius": 6})
        probe.create_auto_shape()
    elif layout == "coarse":
        probe = generate_multi_columns_probe(num_columns=1, num_contact_per_column=channels, xpitch=40, ypitch=40, contact_shapes="circle",
                                             contact_shape_params={"radius": 6})
    elif layout == "linear":
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


def spike_trains(rng, cells, duration, rates, firing, together, refractory_s=(0.002, 0.004), volleys=0.0):
    """Times in seconds, place in its burst, and cell of every spike. `together` is the depth of a common rate, `volleys` the chance
    of every cell to join in each of two volleys a second, a few milliseconds wide."""
    events = np.sort(rng.uniform(0, duration, int(2 * duration))) if volleys else np.array([])
    step = 0.05
    bins = int(duration / step) + 2
    common = np.zeros(bins)
    for k in range(1, bins):
        common[k] = common[k - 1] * 0.9 + rng.normal(0, 0.44)
    times, places, owners = [], [], []
    for cell in range(cells):
        refractory = rng.uniform(*refractory_s)
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
        if volleys:
            joined = events[rng.random(events.size) < volleys * rng.uniform(0.3, 1.0)]
            extra = joined + rng.normal(0.002 * rng.random(), 0.003, joined.size)
            mine, place = np.concatenate([mine, extra]), np.concatenate([place, np.zeros(extra.size, dtype=int)]).astype(int)
            order = np.argsort(mine)
            mine, place = mine[order], place[order]
            apart = np.concatenate([[True], np.diff(mine) > refractory])
            mine, place = mine[apart], place[apart]
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
        elif kind == "fade":  # a clean hand-over while the amplitude falls or rises a lot: disjoint amplitudes
            high = t[mine] > np.quantile(t[mine], rng.uniform(0.4, 0.6))
            part[mine] = np.where(coin < 0.98, high, ~high)
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
    ranges = FORMS.get(recipe.get("form"), SHAPE)
    shape = {k: rng.uniform(*v, cells) for k, v in ranges.items()}
    shape["alpha"] = np.ones(cells)
    peak = np.exp(rng.uniform(np.log(55), np.log(300), cells))
    for k in range(alike):
        a, b = 2 * k, 2 * k + 1
        near = rng.uniform(*recipe.get("alike_near", (0.01, 0.08)))
        for key in ranges:
            shape[key][b] = shape[key][a] * rng.uniform(1 - near, 1 + near)
        angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(*recipe.get("alike_um", (4.0, 15.0)))
        location[b] = location[a] + [far * np.cos(angle), far * np.sin(angle), rng.uniform(-2, 2)]
        location[b, 2] = max(location[b, 2], 5.0)
        peak[a] = rng.uniform(90, 240)
        peak[b] = peak[a] * rng.uniform(0.85, 1.15)
    if recipe.get("form") == "sum":
        templates = summed_templates(rng, probe.contact_positions, location, fs, alike, recipe.get("alike_near", (0.01, 0.08)))
    else:
        templates = generate_templates(probe.contact_positions, location, fs, 1.0, 4.5 if recipe.get("form") == "wide" else 3.0, seed=recipe["seed"], unit_params=shape)
    bursty = recipe.get("firing") == "bursty"
    kinds_left = recipe.get("splits", ["random", "uneven", "time", "amplitude", "three_way", "burst" if bursty else "random", "turns", "duplicate",
                                       "time", "amplitude", "burst" if bursty else "uneven"])
    rest = 2 * alike + rng.permutation(cells - 2 * alike)
    kinds = {int(c): k for c, k in zip(rest, kinds_left)}
    for k in range(min(alike, max(1, alike // 3))):
        kinds[2 * k] = str(rng.choice(["random", "time", "amplitude"]))
    for c in kinds:
        peak[c] = max(peak[c], 80.0)
    templates *= (peak / np.abs(templates).max(axis=(1, 2)))[:, None, None]
    low, high = recipe.get("rates_hz", (1.0, 20.0))
    rates = np.exp(rng.uniform(np.log(low), np.log(high), cells))
    t, place, cell = spike_trains(rng, cells, duration, rates, recipe.get("firing", "poisson"), recipe.get("together", 0.0),
                                  recipe.get("refractory_s", (0.002, 0.004)), recipe.get("volleys", 0.0))
    factor = rng.normal(1.0, rng.uniform(0.04, 0.08), t.size)
    for c in range(cells):
        mine = cell == c
        kind = kinds.get(c)
        if kind == "fade":
            factor[mine] *= np.interp(t[mine], [0, duration], rng.permutation([1.3, 1.3 * rng.uniform(0.35, 0.6)]))
        elif kind == "time":
            factor[mine] *= np.interp(t[mine], [0, duration], rng.permutation([1 + rng.uniform(0, 0.25), 1 - rng.uniform(0, 0.25)]))
        elif kind == "amplitude":
            factor[mine] = np.exp(rng.normal(0.0, rng.uniform(0.12, 0.22), mine.sum()))
        elif rng.random() < 0.4:
            factor[mine] *= np.interp(t[mine], np.linspace(0, duration, 5), 1 + rng.uniform(-0.12, 0.12, 5))
    factor = np.clip(factor * rng.uniform(0.82, 0.93) ** place, 0.35, 1.8).astype("float32")
    samples = (t * fs).astype("int64")
    truth = si.NumpySorting.from_samples_and_labels([samples], [cell], fs, unit_ids=np.arange(cells))
    noise = generate_noise(probe, fs, [duration], noise_levels=recipe.get("noise", 7.0), spatial_decay=recipe.get("noise_decay", 25.0), seed=recipe["seed"])
    if recipe.get("far_cells"):
        noise = with_far_cells(recipe, probe, noise, duration)
    recording = InjectTemplatesRecording(truth, templates.astype("float32"), nbefore=int(fs / 1000), parent_recording=noise, amplitude_factor=factor)
    recording.annotate(is_filtered=True)
    recording.set_probe(probe)
    if recipe.get("slow_noise"):  # what neighbouring samples share, as filtered recordings have it
        recording = si.bandpass_filter(recording, freq_min=300.0, freq_max=5000.0)
    part, twice = over_split(rng, cell, t, factor, place, kinds, duration)
    sorting = faulty(rng, recipe, samples, cell, part, twice, location, fs, duration)
    return recording, truth, sorting, {str(c): k for c, k in kinds.items()}


def summed_templates(rng, contacts, location, fs, alike, near):
    """Spikes as sums of Gaussians that fall off with a power of the distance, travel along the probe and turn over far from the
    soma: nothing of SpikeInterface's generator."""
    cells = len(location)
    ranges = dict(width=(0.06, 0.2), late=(0.25, 0.6), late_width=(0.15, 0.4), late_size=(0.1, 0.5), early_size=(0.0, 0.25), reach=(12.0, 45.0),
                  power=(1.5, 3.0), speed=(300.0, 1200.0), turn=(60.0, 160.0))
    drawn = {k: rng.uniform(*v, cells) for k, v in ranges.items()}
    for k in range(alike):
        change = rng.uniform(*near)
        for key in drawn:
            drawn[key][2 * k + 1] = drawn[key][2 * k] * rng.uniform(1 - change, 1 + change)
    ms = np.arange(int(4.0 * fs / 1000)) * 1000 / fs - 1.0
    made = np.zeros((cells, ms.size, len(contacts)))
    for c in range(cells):
        one = {k: v[c] for k, v in drawn.items()}
        dx, dy = contacts[:, 0] - location[c, 0], contacts[:, 1] - location[c, 1]
        far = np.sqrt(dx**2 + dy**2 + location[c, 2] ** 2)
        size = 1 / (1 + (far / one["reach"]) ** one["power"]) * np.cos(np.clip(dy / one["turn"], -1, 1) * np.pi * 0.6)
        at = ms[:, None] - np.abs(dy)[None] / one["speed"]
        made[c] = size * (-np.exp(-0.5 * (at / one["width"]) ** 2) + one["late_size"] * np.exp(-0.5 * ((at - one["late"]) / one["late_width"]) ** 2)
                          + one["early_size"] * np.exp(-0.5 * ((at + 2.2 * one["width"]) / one["width"]) ** 2))
    return made


def with_far_cells(recipe, probe, noise, duration):
    """Noise with many small cells that no sorter tells apart."""
    rng = np.random.default_rng(recipe["seed"] + 5)
    cells, fs = int(recipe["far_cells"]), float(recipe["rate"])
    place = generate_unit_locations(cells, probe.contact_positions, margin_um=30.0, minimum_z=40.0, maximum_z=90.0, minimum_distance=1.0,
                                    seed=recipe["seed"] + 5, distance_strict=False)
    small = generate_templates(probe.contact_positions, place, fs, 1.0, 3.0, seed=recipe["seed"] + 5)
    small *= (rng.uniform(10, 30, cells) / np.abs(small).max(axis=(1, 2)))[:, None, None]
    count = rng.poisson(3.0 * duration, cells)
    label = np.repeat(np.arange(cells), count)
    sample = rng.integers(0, int(duration * fs), label.size)
    order = np.argsort(sample, kind="stable")
    sorting = si.NumpySorting.from_samples_and_labels([sample[order]], [label[order]], fs, unit_ids=np.arange(cells))
    return InjectTemplatesRecording(sorting, small.astype("float32"), nbefore=int(fs / 1000), parent_recording=noise)


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
    if recipe.get("joined"):  # units that hold two cells
        for _ in range(int(recipe["joined"])):
            a = int(rng.choice(known))
            near = np.argsort(((location - location[a // 10]) ** 2).sum(-1))[1:4]
            others = known[np.isin(known // 10, near)]
            if others.size:
                label[label == int(rng.choice(others))] = a
    if recipe.get("noise_units"):  # units without a cell
        extra = [rng.integers(0, int(duration * fs), int(rng.uniform(100, 900))) for _ in range(int(recipe["noise_units"]))]
        label = np.concatenate([label] + [np.full(x.size, 100_000 + k) for k, x in enumerate(extra)])
        samples = np.concatenate([samples] + extra)
    known = np.unique(label)
    ids = rng.permutation(np.sort(rng.choice(np.arange(int(known.size * 1.4)), known.size, replace=False)))
    name = dict(zip(known.tolist(), ids.tolist()))
    order = np.argsort(samples, kind="stable")
    return si.NumpySorting.from_samples_and_labels([samples[order]], [np.array([name[x] for x in label[order]])], fs, unit_ids=np.sort(ids))


def drifting_recording(recipe, folder):
    rng = np.random.default_rng(recipe["seed"])
    duration, fs, cells = float(recipe["duration"]), float(recipe.get("rate", 30000)), recipe["cells"]
    rates = np.exp(rng.uniform(*np.log(recipe.get("rates_hz", (2.0, 14.0))), cells))
    t, place, cell = spike_trains(rng, cells, duration, rates, recipe.get("firing", "poisson"), recipe.get("together", 0.0))
    samples = (t * fs).astype("int64")
    truth = si.NumpySorting.from_samples_and_labels([samples], [cell], fs, unit_ids=np.arange(cells))
    factor = np.clip(rng.normal(1.0, 0.06, t.size) * 0.88 ** place, 0.35, 1.6).astype("float32")
    half = recipe["um"]
    mode = rng.choice(["zigzag", "random_walk"]) if recipe["sorter"] != "split" else "zigzag"
    motion = dict(drift_mode=str(mode), non_rigid_gradient=None, t_start_drift=duration * 0.1, t_end_drift=None)
    if mode == "zigzag":
        motion["period_s"] = duration * rng.uniform(0.7, 1.8)
    motions = [dict(one) for one in recipe.get("motion", [motion])]
    _, recording, _, extra = generate_drifting_recording(
        num_units=cells, duration=duration, sampling_frequency=fs, sorting=truth, seed=recipe["seed"], extra_outputs=True,
        generate_probe_kwargs=dict(num_columns=recipe["columns"], num_contact_per_column=recipe["contacts"], xpitch=recipe.get("xpitch", 22),
                                   ypitch=recipe.get("ypitch", 20),
                                   contact_shapes="circle", contact_shape_params={"radius": 6}),
        generate_unit_locations_kwargs=dict(margin_um=10.0, minimum_z=5.0, maximum_z=35.0, minimum_distance=15.0, max_iteration=100, distance_strict=False),
        generate_displacement_vector_kwargs=dict(displacement_sampling_frequency=5.0, drift_start_um=[0, half], drift_stop_um=[0, -half], drift_step_um=1,
                                                 motion_list=motions),
        generate_templates_kwargs=dict(ms_before=1.5, ms_after=3.0, mode="ellipsoid", unit_params=dict(
            alpha=(150.0, 500.0), spatial_decay=(12.0, 40.0), ellipse_shrink=(0.4, 1.0), ellipse_angle=(0.0, 2 * np.pi))),
        generate_noise_kwargs=dict(noise_levels=recipe.get("noise_levels", (6.0, 8.0)), spatial_decay=25.0), amplitude_factor=factor)
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
        params = dict(params, **recipe.get("sorter_params", {}))
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
        best = dict(cell=None, purity=0.0, agreement=0.0)
        for cell, train in trains.items():
            if mine.size == 0 or train.size == 0:
                continue
            at = np.searchsorted(train, mine)
            gap = np.minimum(np.abs(mine - train[np.clip(at, 0, train.size - 1)]), np.abs(mine - train[np.clip(at - 1, 0, train.size - 1)]))
            shared = int((gap <= reach).sum())
            chance = min(0.9, train.size * (2 * reach + 1) / truth.get_total_samples() if truth.has_recording() else 0.0)
            purity = max(0.0, (shared / mine.size - chance) / (1 - chance))
            if purity > best["purity"]:
                best = dict(cell=cell, purity=round(purity, 4), agreement=round(shared / (mine.size + train.size - min(shared, train.size)), 4))
        found[str(unit)] = best
    return found


def in_two(recording, sorting):
    """The same in two segments."""
    cut = int(recording.get_num_samples() * 0.55)
    halves = [recording.frame_slice(0, cut), recording.frame_slice(cut, recording.get_num_samples())]
    spikes = sorting.to_spike_vector()
    early = spikes["sample_index"] < cut
    samples = [spikes["sample_index"][early], spikes["sample_index"][~early] - cut]
    labels = [sorting.unit_ids[spikes["unit_index"][chosen]] for chosen in (early, ~early)]
    return si.append_recordings(halves), si.NumpySorting.from_samples_and_labels(samples, labels, sorting.sampling_frequency, unit_ids=sorting.unit_ids)


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
    found = matches(truth, sorting)
    wanted = recipe.get("analyzer", {})
    if wanted.get("counts"):  # whole numbers, as amplifiers give them, not turned into µV
        recording = si.astype(si.scale(recording, gain=1 / 0.195, dtype="float32"), "int16", round=True)
        recording.set_channel_gains(0.195)
        recording.set_channel_offsets(0.0)
    if wanted.get("segments"):
        recording, sorting = in_two(recording, sorting)
    sparsity = dict(sparse=False) if wanted.get("dense") else dict(sparse=True, method="radius", radius_um=wanted.get("radius_um", 100.0))
    analyzer = si.create_sorting_analyzer(sorting, recording, format="memory", seed=0, return_in_uV=not wanted.get("counts"), **sparsity)
    extensions = {name: dict(parameters) for name, parameters in EXTENSIONS.items() if name not in wanted.get("without", ())}
    extensions["random_spikes"]["max_spikes_per_unit"] = wanted.get("spikes", 250)
    extensions["waveforms"] = dict(zip(("ms_before", "ms_after"), wanted.get("ms", (1.0, 1.5))))
    if "spike_locations" in extensions and "locations" in wanted:
        extensions["spike_locations"]["method"] = wanted["locations"]
    for name, parameters in extensions.items():
        analyzer.compute(name, **parameters)
    analyzer.save_as(format="binary_folder", folder=folder / "analyzer")
    truth_of = dict(recipe=recipe, split=kinds, units=found)
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
    known = {r["name"]: r for r in recipes()}
    chosen = [known[name] for name in options.only or known]
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
