"""Times SpikeInterface's numba correlograms (50 ms, 1 ms), compiled before, CPU time on one thread."""
import json
import sys
import time

import numba
import spikeinterface.full as si
from spikeinterface.postprocessing.correlograms import compute_correlograms

numba.set_num_threads(1)
analyzer = si.load_sorting_analyzer(sys.argv[1], load_extensions=False)
sorting = analyzer.sorting
small = sorting.select_units(sorting.unit_ids[:3])
compute_correlograms(small, window_ms=50, bin_ms=1, method="numba", fast_mode="never")
begin = time.process_time()
ccgs, _ = compute_correlograms(sorting, window_ms=50, bin_ms=1, method="numba", fast_mode="never")
print(json.dumps({"warm": time.process_time() - begin, "total": float(ccgs.sum())}))
