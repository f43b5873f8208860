"""Times load_sorting_analyzer in a process that has imported SpikeInterface: "plain" as it is called everywhere, "bare" without extensions."""
import json
import os
import sys
import time

os.environ.setdefault("NUMCODECS_ALLOW_UNSAFE_PICKLE_DECODE", "1")  # it can't load its own zarr stores with fitted models otherwise

import spikeinterface as si

how = {} if sys.argv[3] == "plain" else dict(load_extensions=False)
times = []
for _ in range(int(sys.argv[2])):
    begin = time.perf_counter()
    analyzer = si.load_sorting_analyzer(sys.argv[1], **how)
    list(analyzer.unit_ids)
    times.append(1000 * (time.perf_counter() - begin))
print(json.dumps(dict(median=sorted(times)[len(times) // 2])))
