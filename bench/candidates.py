"""Answers questions of candidates.ts, one JSON a line: times SpikeInterface's compute_merge_unit_groups.

`freshly`: every call on a newly loaded analyzer whose extensions have been read; `again`: further calls on one analyzer. Times in ms.
"""
import json
import sys
import time

import spikeinterface.full as si
from spikeinterface.curation import compute_merge_unit_groups


def load(folder):
    analyzer = si.load_sorting_analyzer(folder)
    for extension in analyzer.get_saved_extension_names():
        if extension not in ("waveforms", "principal_components"):
            analyzer.load_extension(extension)
    analyzer.sorting.to_spike_vector()
    return analyzer


def timed(analyzer, arguments):
    begin = time.perf_counter()
    groups = compute_merge_unit_groups(analyzer, resolve_graph=False, **arguments)
    return 1000 * (time.perf_counter() - begin), len(groups)


for line in sys.stdin:
    question = json.loads(line)
    folder, arguments, repeats = question["folder"], question["arguments"], question["repeats"]
    answer = dict(pairs=None, freshly=[], again=[])
    try:
        for _ in range(repeats):
            analyzer = load(folder)
            ms, answer["pairs"] = timed(analyzer, arguments)
            answer["freshly"].append(ms)
        for _ in range(repeats):
            answer["again"].append(timed(analyzer, arguments)[0])
    except Exception as error:
        answer["pairs"] = f"{type(error).__name__}: {error}"
    print(json.dumps(answer), flush=True)
