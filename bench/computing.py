"""Makes an analyzer with a readable recording, and times SpikeInterface computing extensions on it, warm.

make FOLDER CHANNELS UNITS SECONDS    time FOLDER EXTENSIONS(JSON list of [name, params]) REPEATS WORKERS
"""
import json
import os
import resource
import shutil
import sys
import time
from pathlib import Path

# A worker is one thread: with more, the linear algebra of PCA fights over a busy machine.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import spikeinterface.full as si

si.set_global_job_kwargs(n_jobs=1, progress_bar=False)


def make(folder, channels, units, seconds):
    shutil.rmtree(folder, ignore_errors=True)
    recording, sorting = si.generate_ground_truth_recording(
        durations=[float(seconds)], num_channels=int(channels), num_units=int(units), sampling_frequency=30000.0, seed=3,
        noise_kwargs=dict(noise_levels=5.0, strategy="tile_pregenerated"))
    counts = si.astype(si.scale(recording, gain=1 / 0.195, dtype="float32"), "int16", round=True)
    counts.set_channel_gains(0.195)
    counts.set_channel_offsets(0.0)
    saved = counts.save(folder=Path(folder) / "recording")
    analyzer = si.create_sorting_analyzer(sorting, saved, sparse=True, radius_um=80, format="binary_folder", folder=Path(folder) / "analyzer")
    analyzer.compute("random_spikes", seed=0)
    return dict(analyzer=str(analyzer.folder), spikes=len(sorting.to_spike_vector()))


def processor_ms():
    """Of this process and of the workers it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return 1000 * sum(one.ru_utime + one.ru_stime for one in used)


def timed(folder, extensions, repeats, workers):
    si.set_global_job_kwargs(n_jobs=int(workers))
    out = {}
    analyzer = si.load_sorting_analyzer(folder).copy()
    for name, params in json.loads(extensions):
        runs = []
        for _ in range(int(repeats) + 1):
            begin, used = time.perf_counter(), processor_ms()
            analyzer.compute(name, **params)
            runs.append(dict(wall=1000 * (time.perf_counter() - begin), processor=processor_ms() - used))
        out[name] = runs
    return out


print(json.dumps(dict(make=make, time=timed)[sys.argv[1]](*sys.argv[2:])))
