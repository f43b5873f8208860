"""Makes analyzers with every measurement that SpikeInterface measures again on merging: their units are halves of neurons.

Reads {"folder"} from standard input; writes folder/measured (sparse, with its recording), folder/measured.zarr (the same) and
folder/measured-dense (dense, two segments, without a recording, looking for troughs).
"""
import json
import shutil
import sys
from pathlib import Path

import numpy as np

from quiet import si

QUALITY = dict(
    sliding_rp_violation=dict(max_ref_period_ms=8),
    presence_ratio=dict(bin_duration_s=7),
    firing_range=dict(bin_size_s=3),
    amplitude_cv=dict(average_num_spikes_per_bin=20),
    drift=dict(interval_s=10, min_spikes_per_interval=20),
    nearest_neighbor=dict(max_spikes=900, n_neighbors=4),
)
TEMPLATE = dict(
    velocity_fits=dict(min_channels=3, min_r2=0.0),
    exp_decay=dict(min_r2=0.0),
)


def halved(sorting, seed):
    """Each unit's spikes dealt out to two units at random, a tenth to a third."""
    rng = np.random.default_rng(seed)
    spikes = sorting.to_spike_vector().copy()
    part = rng.choice(3, size=len(spikes), p=[0.5, 0.4, 0.1])
    n = len(sorting.unit_ids)
    spikes["unit_index"] += part * n
    return si.NumpySorting(spikes, sorting.sampling_frequency, np.array([f"u{i}" for i in range(3 * n)]))


def main(folder):
    folder = Path(folder)

    recording, sorting = si.generate_ground_truth_recording(
        durations=[90.0], num_channels=16, num_units=8, sampling_frequency=30000.0, seed=11,
        generate_sorting_kwargs=dict(firing_rates=(8.0, 25.0), refractory_period_ms=1.5),
        noise_kwargs=dict(noise_levels=6.0, strategy="on_the_fly"))
    recording = recording.save(folder=folder / "recording", dtype="float32")
    made = si.create_sorting_analyzer(halved(sorting, 1), recording, format="binary_folder", folder=folder / "measured",
                                      sparse=True, method="radius", radius_um=70, seed=4)
    made.compute("random_spikes", max_spikes_per_unit=150, seed=3)
    made.compute("noise_levels", random_slices_kwargs=dict(seed=0))
    for name in ("waveforms", "templates", "spike_amplitudes", "amplitude_scalings", "spike_locations", "acgs_3d"):
        made.compute(name)
    made.compute("principal_components", n_components=3, mode="by_channel_local")
    made.compute("template_metrics", include_multi_channel_metrics=True, metric_params=TEMPLATE)
    made.compute("quality_metrics", metric_params=QUALITY)
    made.compute("valid_unit_periods", period_duration_s_absolute=5.0, minimum_valid_period_duration=8.0, fp_threshold=0.5,
                 fn_threshold=0.5, num_histogram_bins=10, amplitudes_bins_min_ratio=2)
    made.save_as(format="zarr", folder=folder / "measured.zarr")

    recording, sorting = si.generate_ground_truth_recording(
        durations=[40.0, 30.0], num_channels=12, num_units=6, sampling_frequency=25000.0, seed=12,
        generate_sorting_kwargs=dict(firing_rates=(6.0, 20.0), refractory_period_ms=1.5),
        noise_kwargs=dict(noise_levels=6.0, strategy="on_the_fly"))
    recording = recording.save(folder=folder / "gone", dtype="float32")
    made = si.create_sorting_analyzer(halved(sorting, 2), recording, format="binary_folder", folder=folder / "measured-dense",
                                      sparse=False, peak_sign="neg", seed=4)
    made.compute("random_spikes", max_spikes_per_unit=120, seed=3)
    made.compute("noise_levels", random_slices_kwargs=dict(seed=0))
    for name in ("waveforms", "templates", "spike_amplitudes", "spike_locations"):
        made.compute(name)
    made.compute("principal_components", n_components=2, mode="by_channel_global")
    made.compute("acgs_3d", window_ms=40.0, bin_ms=0.8, num_firing_rate_quantiles=5, smoothing_factor=100)
    made.compute("template_metrics", upsampling_factor=4)
    made.compute("quality_metrics", metric_params=QUALITY)
    periods = [[s, a, a + 25000 * 12, u] for u in range(18) for s in (0, 1) for a in (25000 * u // 2, 25000 * (u % 7 + 11))]
    made.compute("valid_unit_periods", method="user_defined", user_defined_periods=np.array(periods),
                 minimum_valid_period_duration=10)
    shutil.rmtree(folder / "gone")
    return dict(made=["measured", "measured.zarr", "measured-dense"])


if __name__ == "__main__":
    print(json.dumps(main(**json.load(sys.stdin))))
