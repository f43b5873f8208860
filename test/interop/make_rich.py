"""Makes analyzers with the extensions and unit properties that the fixtures do not have, from the fixture with a recording.

Reads {"recording", "analyzer", "out"} as JSON from standard input; writes out/rich, out/rich.zarr and out/rich-dense.
"""
import json
import sys

import numpy as np

from quiet import si

EXTENSIONS = dict(
    random_spikes=dict(max_spikes_per_unit=60, seed=0),
    waveforms={},
    templates=dict(operators=["average", "std", "median", ("percentile", 10.0)]),
    noise_levels=dict(random_slices_kwargs=dict(seed=0)),
    correlograms=dict(window_ms=31.0, bin_ms=0.7),
    auto_correlograms=dict(window_ms=40.0, bin_ms=0.5),
    isi_histograms=dict(window_ms=20.3, bin_ms=0.3),
    unit_locations=dict(method="center_of_mass"),
    spike_amplitudes={},
    spike_locations={},
    amplitude_scalings={},
    principal_components=dict(n_components=2, mode="by_channel_global"),
    template_similarity=dict(method="l1", max_lag_ms=0.1, support="intersection"),
    acgs_3d={},
    template_metrics={},
)


def main(recording, analyzer, out):
    recording = si.load(recording)
    sorting = si.load_sorting_analyzer(analyzer).sorting
    n = len(sorting.unit_ids)
    sorting.set_property("quality", np.array(["good", "noise", "good", "good"][:n]))
    sorting.set_property("same_words", np.array(["a longer word"] * n))
    sorting.set_property("depth", np.linspace(0, 1, n))
    sorting.set_property("same_depth", np.full(n, 2.5, dtype="float32"))
    sorting.set_property("count", np.arange(n))
    sorting.set_property("same_count", np.full(n, 7))
    sorting.set_property("same_flag", np.ones(n, dtype=bool))
    sorting.set_property("flag", np.arange(n) % 2 == 0)
    sorting.set_property("pair", np.stack([np.arange(n), np.arange(n)], axis=1).astype(float))
    for name, sparse in (("rich", True), ("rich-dense", False)):
        made = si.create_sorting_analyzer(sorting, recording, format="binary_folder", folder=f"{out}/{name}", sparse=sparse,
                                          **(dict(method="radius", radius_um=45) if sparse else {}))
        for extension, params in EXTENSIONS.items():
            made.compute(extension, **params)
    si.load_sorting_analyzer(f"{out}/rich").save_as(format="zarr", folder=f"{out}/rich.zarr")
    return dict(made=sorted(EXTENSIONS))


if __name__ == "__main__":
    print(json.dumps(main(**json.load(sys.stdin))))
