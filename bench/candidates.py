"""Times SpikeInterface's compute_merge_unit_groups: one cold call per search, then the median of warm ones, each on a fresh load."""
import json
import sys
import time

import spikeinterface.full as si
from spikeinterface.curation import compute_merge_unit_groups

folder, searches, repeats = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
out = {}
for search in searches:
    times, pairs = [], None
    for _ in range(repeats + 1):
        analyzer = si.load_sorting_analyzer(folder)
        for extension in analyzer.get_saved_extension_names():
            analyzer.load_extension(extension)
        begin = time.perf_counter()
        try:
            groups = compute_merge_unit_groups(analyzer, resolve_graph=False, **search["arguments"])
        except Exception as error:
            pairs = f"{type(error).__name__}: {error}"
            break
        times.append(1000 * (time.perf_counter() - begin))
        pairs = len(groups)
    out[search["name"]] = dict(pairs=pairs, cold=times[0] if times else None, warm=sorted(times[1:])[len(times[1:]) // 2] if len(times) > 1 else None)
print(json.dumps(out))
