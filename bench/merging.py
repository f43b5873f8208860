"""Times SpikeInterface's merge_units and save_as, warm, on the extensions named: everything is loaded before the clock starts."""
import json
import shutil
import sys
import tempfile
import time

import spikeinterface.full as si

folder, groups, extensions, repeats = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3]), int(sys.argv[4])
si.set_global_job_kwargs(n_jobs=1, progress_bar=False)
out = {}
for form in ("binary_folder", "zarr"):
    times, processor, targets = [], [], []
    for _ in range(repeats + 1):
        analyzer = si.load_sorting_analyzer(folder, load_extensions=False)
        for extension in extensions:
            analyzer.load_extension(extension)
        target = tempfile.mkdtemp()
        begin, busy = time.perf_counter(), time.process_time()
        merged = analyzer.merge_units(groups, sparsity_overlap=0.0)
        merged.save_as(format=form, folder=f"{target}/merged" + (".zarr" if form == "zarr" else ""))
        times.append(1000 * (time.perf_counter() - begin))
        processor.append(1000 * (time.process_time() - busy))
        targets.append(target)
    for target in targets:  # not before: making files just after deleting some is slower
        shutil.rmtree(target)
    middle = len(times[1:]) // 2
    out[form] = dict(cold=times[0], warm=sorted(times[1:])[middle], processor=sorted(processor[1:])[middle])
print(json.dumps(out))
