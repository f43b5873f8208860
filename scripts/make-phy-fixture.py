"""Makes test/fixtures/phy: folders in the form phy and Kilosort write, and what SpikeInterface's read_phy sees in them.

Run with a Python that has SpikeInterface 0.105.3: python scripts/make-phy-fixture.py
"""
import json
import shutil
import warnings
from pathlib import Path

import numpy as np
import spikeinterface.full as si
from spikeinterface.core import NumpySorting, generate_ground_truth_recording
from spikeinterface.exporters import export_to_phy
from spikeinterface.extractors import read_phy

warnings.filterwarnings("ignore")
root = Path(__file__).resolve().parent.parent
out = root / "test" / "fixtures" / "phy"


def exported():
    """A small sparse analyzer with an integer id gap, exported by SpikeInterface with everything."""
    recording, sorting = generate_ground_truth_recording(
        durations=[12.0], num_channels=16, num_units=6, sampling_frequency=25000.0, noise_kwargs=dict(noise_levels=5.0, strategy="on_the_fly"), seed=7
    )
    sorting = sorting.rename_units([3, 5, 8, 13, 21, 34])
    analyzer = si.create_sorting_analyzer(sorting, recording, sparse=True, radius_um=60.0)
    analyzer.compute("random_spikes", max_spikes_per_unit=40, seed=3)
    analyzer.compute(["waveforms", "templates", "noise_levels", "spike_amplitudes", "template_similarity", "unit_locations"])
    analyzer.compute("principal_components", n_components=3, mode="by_channel_local")
    analyzer.compute("quality_metrics", metric_names=["num_spikes", "snr", "isi_violation"])
    return recording, sorting, analyzer


def save(name, analyzer, pcs=True):
    folder = out / name
    export_to_phy(analyzer, folder, compute_pc_features=pcs, add_waveforms=pcs, copy_binary=False, use_relative_path=True, verbose=False)
    return folder


def expect(name, extra=None):
    """What read_phy sees: unit ids in its order, their trains and properties."""
    sorting = read_phy(out / name)
    units = [
        dict(
            id=int(unit),
            train=sorting.get_unit_spike_train(unit, segment_index=0).tolist(),
            **{key: str(sorting.get_unit_property(unit, key)) for key in ("quality", "KSLabel", "original_cluster_id") if key in sorting.get_property_keys()},
        )
        for unit in sorting.unit_ids
    ]
    (out / f"{name}.expected.json").write_text(json.dumps(dict(sampling_frequency=float(sorting.sampling_frequency), units=units, **(extra or {}))))


def with_empty_unit(recording, sorting):
    """The second of four units never fires: SpikeInterface numbers clusters and their tables differently then."""
    trains = {unit: sorting.get_unit_spike_train(unit, segment_index=0)[:60] for unit in sorting.unit_ids[:3]}
    first, *rest = list(trains)
    spikes = {100: trains[first], 200: np.array([], dtype="int64"), 300: trains[rest[0]], 400: trains[rest[1]]}
    analyzer = si.create_sorting_analyzer(NumpySorting.from_unit_dict([spikes], 25000.0), recording, sparse=False)
    analyzer.compute(["random_spikes", "templates", "spike_amplitudes", "template_similarity"])
    return analyzer, {unit: train.tolist() for unit, train in spikes.items()}


def kilosort():
    """As Kilosort writes and phy edits: whitened dense templates, int32 clusters in a column, merged and split clusters."""
    folder = out / "kilosort"
    folder.mkdir(parents=True)
    random = np.random.default_rng(5)
    channels, samples, templates, spikes = 12, 41, 5, 900
    positions = np.stack([np.where(np.arange(channels) % 2, 32.0, 0.0), 20.0 * (np.arange(channels) // 2)], axis=1)
    times = np.sort(random.choice(25000 * 20, spikes, replace=False)).astype("uint64")
    template_of = random.integers(0, templates, spikes).astype("uint32")
    clusters = template_of.astype("int32")
    clusters[np.isin(clusters, [0, 1])] = 7  # merged in phy
    split = np.flatnonzero(template_of == 3)
    clusters[split[::2]] = 8  # split in phy
    clusters[split[1::2]] = 9
    waves = np.zeros((templates, samples, channels), dtype="float32")
    shape = -np.exp(-0.5 * ((np.arange(samples) - 13) / 2.5) ** 2) + 0.4 * np.exp(-0.5 * ((np.arange(samples) - 20) / 4.0) ** 2)
    for template in range(templates):
        centre = 2 * template
        for channel in range(max(0, centre - 2), min(channels, centre + 4)):
            waves[template, :, channel] = shape * np.exp(-abs(channel - centre) / 2.0)
    whitening = np.eye(channels) / 25.0 - 0.004 * (np.eye(channels, k=1) + np.eye(channels, k=-1))
    pc_channels = np.argsort(np.abs(np.arange(channels)[None, :] - 2 * np.arange(templates)[:, None]), axis=1, kind="stable")[:, :6]
    np.save(folder / "spike_times.npy", times[:, None])
    np.save(folder / "spike_clusters.npy", clusters[:, None])
    np.save(folder / "spike_templates.npy", template_of[:, None])
    np.save(folder / "amplitudes.npy", random.normal(18.0, 3.0, (spikes, 1)))
    np.save(folder / "templates.npy", np.asfortranarray(waves))
    np.save(folder / "templates_ind.npy", np.tile(np.arange(channels, dtype="float64"), (templates, 1)))
    np.save(folder / "whitening_mat.npy", whitening)
    np.save(folder / "whitening_mat_inv.npy", np.linalg.inv(whitening))
    np.save(folder / "similar_templates.npy", np.corrcoef(waves.reshape(templates, -1)).astype("float32"))
    np.save(folder / "pc_features.npy", np.asfortranarray(random.normal(0, 4, (spikes, 3, 6)).astype("float32")))
    np.save(folder / "pc_feature_ind.npy", pc_channels.astype("uint32"))
    np.save(folder / "channel_positions.npy", positions)
    np.save(folder / "channel_map.npy", np.arange(channels, dtype="int32")[:, None])
    np.save(folder / "spike_positions.npy", random.normal(40, 5, (spikes, 2)).astype("float32"))
    (folder / "params.py").write_text(
        "dat_path = ['raw/part one.bin', 'raw/part2.bin']\nn_channels_dat = 13\ndtype = 'int16'\noffset = 0\nsample_rate = 25000.\nhp_filtered = False\n"
    )
    (folder / "cluster_group.tsv").write_text("cluster_id\tgroup\n2\tgood\n4\tnoise\n7\tmua\n8\tgood\n9\tgood\n")
    (folder / "cluster_KSLabel.tsv").write_text("cluster_id\tKSLabel\n" + "".join(f"{cluster}\t{'good' if cluster % 2 else 'mua'}\n" for cluster in range(10)))
    (folder / "cluster_ContamPct.tsv").write_text("cluster_id\tContamPct\n2\t1.5\n4\t100.0\n7\t12.25\n8\t3.0\n9\t0.5\n")
    inverse = np.linalg.inv(whitening)
    unwhitened = waves.astype("float64") @ inverse
    present = np.unique(clusters)
    means = []
    for cluster in present:
        counts = np.bincount(template_of[clusters == cluster], minlength=templates)
        means.append(np.tensordot(counts / counts.sum(), unwhitened, axes=1))
    np.save(out / "kilosort.templates.npy", np.stack(means).astype("float32"))
    best = [np.argmax(np.bincount(template_of[clusters == cluster], minlength=templates)) for cluster in present]
    return dict(channels=[sorted(int(channel) for channel in pc_channels[template]) for template in best])


shutil.rmtree(out, ignore_errors=True)
out.mkdir(parents=True)
recording, sorting, analyzer = exported()
save("exported", analyzer)
np.save(out / "exported.templates.npy", analyzer.get_extension("templates").get_data().astype("float32"))
np.save(out / "exported.amplitudes.npy", analyzer.get_extension("spike_amplitudes").get_data().astype("float32"))
np.save(out / "exported.sparsity.npy", analyzer.sparsity.mask)
np.save(out / "exported.waveforms.npy", analyzer.get_extension("waveforms").get_data())
np.save(out / "exported.random-spikes.npy", analyzer.get_extension("random_spikes").get_data())
expect("exported", dict(num_samples=int(recording.get_num_samples()), similarity=analyzer.get_extension("template_similarity").get_data().tolist()))
empty, trains = with_empty_unit(recording, sorting)
save("empty-unit", empty, pcs=False)
(out / "empty-unit.expected.json").write_text(json.dumps(dict(trains=trains)))
np.save(out / "empty-unit.templates.npy", empty.get_extension("templates").get_data().astype("float32"))
channels = kilosort()
expect("kilosort", channels)
print(sum(file.stat().st_size for file in out.rglob("*") if file.is_file()) / 1e6, "MB")
for folder in sorted(out.iterdir()):
    if folder.is_dir():
        print(folder.name, sorted(file.name for file in folder.iterdir()))
        print((folder / "params.py").read_text())
