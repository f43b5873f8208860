"""Makes small analyzers whose recordings can be read, in forms the fixtures don't have.

Reads {"folder"} from standard input; prints {"name": {"analyzer", "recording"}, ...} as JSON.
 dense-counts: two segments, dense, in the recording's own counts, recording saved as zarr
 sparse-float: one segment, sparse, floating point recording without gains, BinaryRecordingExtractor on raw files
"""
import json
import sys
from pathlib import Path

import numpy as np

from quiet import si


def main():
    folder = Path(json.load(sys.stdin)["folder"])
    made = {}

    recording, sorting = si.generate_ground_truth_recording(
        durations=[6.0, 4.0], num_channels=6, num_units=5, sampling_frequency=25000.0, seed=21,
        noise_kwargs=dict(noise_levels=5.0, strategy="on_the_fly"))
    counts = si.astype(si.scale(recording, gain=1 / 0.195, dtype="float32"), "int16", round=True)
    counts.set_channel_gains(0.195)
    counts.set_channel_offsets(3.0)
    saved = counts.save(folder=folder / "counts.zarr", format="zarr")
    analyzer = si.create_sorting_analyzer(
        sorting, saved, sparse=False, return_in_uV=False, format="binary_folder", folder=folder / "dense-counts")
    made["dense-counts"] = dict(analyzer=str(analyzer.folder), recording=str(folder / "counts.zarr"))

    recording, sorting = si.generate_ground_truth_recording(
        durations=[8.0], num_channels=16, num_units=12, sampling_frequency=30000.0, seed=5,
        noise_kwargs=dict(noise_levels=5.0, strategy="on_the_fly"))
    raw = folder / "raw" / "traces.dat"
    raw.parent.mkdir()
    recording.get_traces().astype("<f4").tofile(raw)
    read = si.BinaryRecordingExtractor(
        [str(raw)], sampling_frequency=30000.0, num_channels=16, dtype="<f4", channel_ids=recording.channel_ids,
        gain_to_uV=1.0, offset_to_uV=0.0, is_filtered=True)
    read.set_probegroup(recording.get_probegroup())
    # Spikes so near both ends that their waveforms are cut off there.
    spikes = sorting.to_spike_vector().copy()
    spikes["sample_index"][0] = 4
    spikes["sample_index"][-1] = recording.get_num_samples() - 7
    edges = si.NumpySorting(spikes, 30000.0, sorting.unit_ids)
    analyzer = si.create_sorting_analyzer(
        edges, read, sparse=True, radius_um=60, format="binary_folder", folder=folder / "sparse-float")
    made["sparse-float"] = dict(analyzer=str(analyzer.folder), recording=str(raw.parent))
    print(json.dumps(made))


main()
