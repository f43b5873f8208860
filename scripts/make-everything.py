"""Writes the small analyzer that holds every extension, in both forms, and what SpikeInterface reads from it.

Run with the SpikeInterface that the other fixtures were made with (0.105.3):
    python scripts/make-everything.py test/fixtures
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import probeinterface
import spikeinterface.full as si


def main(fixtures):
    analyzers = fixtures / "analyzers" / "everything"
    shutil.rmtree(analyzers, ignore_errors=True)
    analyzers.parent.mkdir(parents=True, exist_ok=True)
    recording, sorting = si.generate_ground_truth_recording(
        durations=[3.0, 2.0],
        num_channels=6,
        num_units=4,
        sampling_frequency=24414.0625,
        generate_sorting_kwargs=dict(firing_rates=25.0, refractory_period_ms=2.0),
        seed=3,
    )
    # Two shanks, wired in another order than their contacts are listed.
    group = probeinterface.ProbeGroup()
    for shank in range(2):
        probe = probeinterface.generate_linear_probe(num_elec=3, ypitch=25.0)
        probe.move([shank * 150.0, 0.0])
        probe.set_device_channel_indices([[4, 0, 2], [5, 3, 1]][shank])
        group.add_probe(probe)
    recording.set_probegroup(group)
    recording = recording.rename_channels([f"AP{i}" for i in range(recording.get_num_channels())])
    sorting = sorting.rename_units(np.array([40, 7, 12, 3]))
    sorting.delete_property("main_channel_id")
    sorting.set_property("quality", np.array(["good", "mua", "", "good"]))
    sorting.set_property("KSLabel_rank", np.array([1, 2, 3, 4], dtype="int16"))
    sorting.set_property("contamination", np.array([0.5, np.nan, 0.25, 1.0], dtype="float32"))
    sorting.set_property("is_merged", np.array([True, False, False, True]))
    sorting.set_property("merged_from", np.array([[40, 41], None, None, [3, 4]], dtype="object"))

    analyzer = si.create_sorting_analyzer(sorting, recording, sparse=True, method="radius", radius_um=60.0, seed=0)
    analyzer.compute("random_spikes", max_spikes_per_unit=20, seed=0)
    analyzer.compute("waveforms", ms_before=0.5, ms_after=0.7)
    analyzer.compute("templates", operators=["average", "std", "median", ("percentile", 5)])
    analyzer.compute("noise_levels", random_slices_kwargs=dict(seed=0))
    analyzer.compute("principal_components", n_components=2, mode="by_channel_global")
    for name, params in {
        "correlograms": dict(window_ms=20.0, bin_ms=2.0),
        "auto_correlograms": dict(window_ms=20.0, bin_ms=2.0),
        "isi_histograms": dict(window_ms=20.0, bin_ms=2.0),
        "acgs_3d": dict(window_ms=20.0, bin_ms=2.0, num_firing_rate_quantiles=3),
        "template_similarity": dict(method="l1", max_lag_ms=0.1),
        "unit_locations": dict(method="center_of_mass"),
        "spike_amplitudes": {},
        "spike_locations": {},
        "amplitude_scalings": {},
        "quality_metrics": dict(metric_names=["num_spikes", "firing_rate", "snr"]),
        "template_metrics": dict(include_multi_channel_metrics=False),
        "spiketrain_metrics": {},
        "valid_unit_periods": dict(method="false_positives_and_negatives", period_mode="absolute", period_duration_s_absolute=1.0, minimum_valid_period_duration=1.0, minimum_n_spikes=5, fp_threshold=2.0, fn_threshold=2.0),
    }.items():
        analyzer.compute(name, **params)
    analyzer.save_as(format="binary_folder", folder=analyzers / "binary")
    analyzer.save_as(format="zarr", folder=analyzers / "analyzer.zarr")
    loaded = si.load_sorting_analyzer(analyzers / "binary", load_extensions=False)
    (fixtures / "expected" / "everything.json").write_text(json.dumps(read_back(loaded), indent=1) + "\n")


def read_back(analyzer):
    waveforms = analyzer.get_extension("waveforms")
    components = analyzer.get_extension("principal_components")
    sorting = analyzer.sorting
    return dict(
        made_by=f"spikeinterface {si.__version__}",
        unit_ids=analyzer.unit_ids.tolist(),
        channel_ids=analyzer.channel_ids.tolist(),
        channel_positions_um=analyzer.get_channel_locations().tolist(),
        sparsity_mask=analyzer.sparsity.mask.tolist(),
        main_channel_index=[int(channel) for channel in analyzer.get_main_channels()],
        num_samples=[int(analyzer.get_num_samples(segment)) for segment in range(2)],
        properties={key: plain(sorting.get_property(key)) for key in ("quality", "KSLabel_rank", "contamination", "is_merged")},
        nbefore=dict(waveforms=int(waveforms.nbefore), templates=int(analyzer.get_extension("templates").nbefore)),
        waveforms={str(unit): summary(waveforms.get_waveforms_one_unit(unit, force_dense=False)) for unit in analyzer.unit_ids},
        principal_components={str(unit): summary(components.get_projections_one_unit(unit, sparse=True)[0]) for unit in analyzer.unit_ids},
        extensions={name: extension_data(analyzer, name) for name in sorted(analyzer.get_saved_extension_names())},
    )


def extension_data(analyzer, name):
    if name == "spiketrain_metrics":  # SpikeInterface 0.105.3 can't load it again: read its table
        import pandas

        table = pandas.read_csv(analyzer.folder / "extensions" / name / "metrics.csv", index_col=0)
        return dict(params={}, data=dict(metrics={column: summary(table[column].to_numpy()) for column in table}))
    extension = analyzer.get_extension(name)
    data = {}
    for key, value in extension.data.items():
        if isinstance(value, np.ndarray):
            data[key] = summary(value)
        elif hasattr(value, "columns"):
            data[key] = {column: summary(value[column].to_numpy()) for column in value}
    return dict(params=json.loads(json.dumps(extension.params, default=str)), data=data)


def summary(value):
    """All of a small array; of a larger one what tells it from any other: shape, sums and ends."""
    array = np.asarray(value)
    if array.dtype.names is not None:
        return {field: summary(array[field]) for field in array.dtype.names}
    if array.dtype.kind in "US":
        return array.tolist()
    numbers = array.astype("float64")
    flat = [text(number) for number in numbers.ravel()[:12]]
    if array.size <= 64:
        return dict(shape=list(array.shape), values=[text(number) for number in numbers.ravel()])
    weights = np.arange(1, array.size + 1) % 97
    return dict(
        shape=list(array.shape),
        first=flat,
        sum=text(np.nansum(numbers)),
        weighted_sum=text(np.nansum(numbers.ravel() * weights)),
    )


def plain(values):
    return [value if isinstance(value, (str, bool)) else text(value) for value in np.asarray(values).tolist()]


def text(number):
    if np.isnan(number):
        return "NaN"
    if np.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return float(number)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
