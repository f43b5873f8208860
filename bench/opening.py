"""Times load_sorting_analyzer alone, lazily, in a process that has imported SpikeInterface."""
import json
import sys
import time

import spikeinterface as si

times = []
for _ in range(int(sys.argv[2])):
    begin = time.perf_counter()
    analyzer = si.load_sorting_analyzer(sys.argv[1], load_extensions=False)
    list(analyzer.unit_ids)
    times.append(1000 * (time.perf_counter() - begin))
print(json.dumps(dict(median=sorted(times)[len(times) // 2])))
