"""Writes an analyzer of 500 units, 384 channels and about 5 million spikes (binary_folder, no recording), in SpikeInterface's own layout.

400 cells with refractory Poisson trains; 100 of them are split into two units, at random, by time or by amplitude in turn.
Templates, noise, amplitudes and locations are simulated; the same seed gives the same bytes. SpikeInterface loads it.
"""
import argparse
import json
from pathlib import Path

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=Path)
parser.add_argument("--units", type=int, default=500)
parser.add_argument("--channels", type=int, default=384)
parser.add_argument("--spikes", type=int, default=5_000_000)
parser.add_argument("--duration", type=float, default=1000.0)
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()

version, rate, before, after = "0.105.3", 30000.0, 30, 60
rng = np.random.default_rng(args.seed)
folder, samples = args.folder, int(args.duration * rate)
split_count = args.units // 5
cell_count = args.units - split_count
folder.mkdir(parents=True)


def text(path, value):
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(json.dumps(value, indent=4))


def array(path, values):
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    np.save(folder / path, values)


def extension(name, class_path, params, **arrays):
    text(f"extensions/{name}/params.json", params)
    text(f"extensions/{name}/info.json", {"class": f"spikeinterface.{class_path}", "module": "spikeinterface", "version": version})
    text(f"extensions/{name}/run_info.json", {"run_completed": True, "runtime_s": 0.0})
    for key, values in arrays.items():
        array(f"extensions/{name}/{key}.npy", values)


channel_ids = [str(channel) for channel in range(args.channels)]
positions = np.stack([(np.arange(args.channels) % 2) * 32.0, (np.arange(args.channels) // 2) * 20.0], axis=1)

# Cells: place, height and shape; each channel sees the spike fall off with distance.
depth = rng.uniform(0, positions[:, 1].max(), cell_count)
place = np.stack([rng.uniform(-10, 42, cell_count), depth, rng.uniform(5, 30, cell_count)], axis=1)
height = rng.uniform(60, 260, cell_count)
width = rng.uniform(0.10, 0.28, cell_count)
times_ms = (np.arange(before + after) - before) / rate * 1000
apart = np.sqrt(((positions[None] - place[:, None, :2]) ** 2).sum(2) + place[:, None, 2] ** 2)
fall = (place[:, 2:3] / apart) ** 1.5
shape = -np.exp(-((times_ms[None] / width[:, None]) ** 2)) + 0.35 * np.exp(-(((times_ms[None] - 4 * width[:, None]) / (2 * width[:, None])) ** 2))

# Which units belong to which cell; every fifth unit is the second half of a split.
cell_of, halves = list(range(cell_count)), {}
for split in range(split_count):
    halves[split * (cell_count // split_count)] = len(cell_of)
    cell_of.append(split * (cell_count // split_count))
cell_of = np.array(cell_of)

weights = rng.lognormal(0, 0.6, cell_count)
counts = np.maximum(200, (args.spikes * weights / weights.sum()).astype(int))
sample_parts, unit_parts, amplitude_parts = [], [], []
for cell in range(cell_count):
    mean_gap = samples / counts[cell]
    gaps = 90 + rng.exponential(max(1.0, mean_gap - 90), int(counts[cell] * 1.05))
    train = np.cumsum(gaps).astype(np.int64)
    train = train[train < samples - after]
    amplitude = -height[cell] * fall[cell].max() * (1 + 0.08 * rng.standard_normal(train.size))
    unit = np.full(train.size, cell)
    if cell in halves:
        kind = list(halves).index(cell) % 3
        second = (
            rng.random(train.size) < 0.5
            if kind == 0
            else train > samples // 2
            if kind == 1
            else amplitude > np.median(amplitude)
        )
        unit[second] = halves[cell]
    sample_parts.append(train)
    unit_parts.append(unit)
    amplitude_parts.append(amplitude.astype("f4"))
sample_index = np.concatenate(sample_parts)
order = np.argsort(sample_index, kind="stable")
spikes = np.zeros(sample_index.size, dtype=[("sample_index", "i8"), ("unit_index", "i8"), ("segment_index", "i8")])
spikes["sample_index"] = sample_index[order]
spikes["unit_index"] = np.concatenate(unit_parts)[order]
amplitudes = np.concatenate(amplitude_parts)[order]

templates = np.zeros((args.units, before + after, args.channels), dtype="f4")
mask = np.zeros((args.units, args.channels), dtype=bool)
for unit, cell in enumerate(cell_of):
    near = np.abs(positions[:, 1] - place[cell, 1]) <= 75
    mask[unit] = near
    level = height[cell] * (1 + 0.02 * rng.standard_normal()) * fall[cell] * near
    templates[unit] = shape[cell][:, None] * level[None] + 0.3 * rng.standard_normal((before + after, args.channels)) * near
main = np.abs(templates).max(1).argmax(1)
locations = np.zeros(spikes.size, dtype=[("x", "f4"), ("y", "f4")])
for axis, name in enumerate("xy"):
    locations[name] = place[cell_of[spikes["unit_index"]], axis] + rng.normal(0, 4, spikes.size)
selected = []
starts = np.argsort(spikes["unit_index"], kind="stable")
bounds = np.searchsorted(spikes["unit_index"][starts], np.arange(args.units + 1))
for unit in range(args.units):
    rows = starts[bounds[unit] : bounds[unit + 1]]
    selected.append(rng.choice(rows, min(500, rows.size), replace=False))

text("spikeinterface_info.json", {"version": version, "dev_mode": False, "object": "SortingAnalyzer"})
text("settings.json", {"return_in_uV": True, "peak_sign": "both", "peak_mode": "extremum"})
array("sparsity_mask.npy", mask)
text(
    "recording_info/recording_attributes.json",
    {
        "channel_ids": channel_ids,
        "sampling_frequency": rate,
        "num_channels": args.channels,
        "num_samples": [samples],
        "is_filtered": True,
        "dtype": "float32",
        "properties": {"group": [0] * args.channels, "gain_to_uV": [1.0] * args.channels, "offset_to_uV": [0.0] * args.channels},
    },
)
probe = {
    "ndim": 2,
    "si_units": "um",
    "annotations": {},
    "contact_annotations": {},
    "contact_positions": positions.tolist(),
    "contact_plane_axes": [[[1.0, 0.0], [0.0, 1.0]]] * args.channels,
    "contact_shapes": ["circle"] * args.channels,
    "contact_shape_params": [{"radius": 6.0}] * args.channels,
    "contact_ids": channel_ids,
    "device_channel_indices": list(range(args.channels)),
}
text("recording_info/probegroup.json", {"specification": "probeinterface", "version": "0.4.2", "probes": [probe]})
unit_ids = [str(unit) for unit in range(args.units)]
text("sorting/numpysorting_info.json", {"sampling_frequency": rate, "unit_ids": unit_ids, "num_segments": 1})
text("sorting/annotations.json", {"name": "large"})
text(
    "sorting/si_folder.json",
    {
        "class": "spikeinterface.core.sortingfolder.NumpyFolderSorting",
        "module": "spikeinterface",
        "version": version,
        "kwargs": {"folder_path": ".", "mmap_mode": None},
        "annotations": {"name": "large"},
        "properties": {},
        "relative_paths": True,
    },
)
array("sorting/spikes.npy", spikes)
array("sorting/properties/main_channel_id.npy", np.array(channel_ids)[main])
core, after_core = "core.analyzer_extension_core", "postprocessing"
extension(
    "random_spikes",
    f"{core}.ComputeRandomSpikes",
    {"method": "uniform", "max_spikes_per_unit": 500, "margin_size": None, "seed": args.seed},
    random_spikes_indices=np.sort(np.concatenate(selected)),
)
extension(
    "templates", f"{core}.ComputeTemplates", {"operators": ["average"], "ms_before": 1.0, "ms_after": 2.0}, average=templates
)
extension("noise_levels", f"{core}.ComputeNoiseLevels", {"random_slices_kwargs": {"seed": 0}}, noise_levels=np.full(args.channels, 8, dtype="f4"))
extension("spike_amplitudes", f"{after_core}.spike_amplitudes.ComputeSpikeAmplitudes", {}, amplitudes=amplitudes)
extension(
    "spike_locations",
    f"{after_core}.spike_locations.ComputeSpikeLocations",
    {"ms_before": 0.5, "ms_after": 0.5, "spike_retriever_kwargs": {}, "method": "center_of_mass", "method_kwargs": {}, "seed": None},
    spike_locations=locations,
)
extension(
    "unit_locations",
    f"{after_core}.unit_locations.ComputeUnitLocations",
    {"method": "monopolar_triangulation"},
    unit_locations=np.concatenate([place[cell_of, :2] + rng.normal(0, 1, (args.units, 2)), place[cell_of, 2:]], axis=1),
)
print(json.dumps({"units": args.units, "channels": args.channels, "spikes": int(spikes.size), "splits": split_count}))
