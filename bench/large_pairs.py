"""Answers questions of large.ts, one JSON a line: which pairs SpikeInterface keeps, or which of some pairs its quality_score keeps.

`{folder, steps, seconds}` gives `{pairs, ms}`, or `{error}` where the call takes more processor time or fails; `{folder, improved: [[i, j], …]}`
gives `{improved: [bool, …], ms}`, each pair asked of an analyzer of its two units alone, since with all units one pair takes a
second or more there.
"""
import json
import signal
import sys
import time

import numpy as np
import spikeinterface.full as si
from spikeinterface.curation import compute_merge_unit_groups
from spikeinterface.curation.auto_merge import check_improve_contaminations_score
from spikeinterface.metrics.quality.misc_metrics import compute_refrac_period_violations


def overdue(*_):
    raise TimeoutError("it did not end in time")


signal.signal(signal.SIGPROF, overdue)


def pairs_of(analyzer, steps):
    pairs = compute_merge_unit_groups(analyzer, preset=None, steps=steps, resolve_graph=False)
    place = {unit: index for index, unit in enumerate(analyzer.unit_ids)}
    return sorted(sorted(place[unit] for unit in pair) for pair in pairs)


def improved(analyzer, pairs):
    periods = dict(refractory_period_ms=1.0, censored_period_ms=0.3)
    answers = []
    for pair in pairs:
        two = analyzer.select_units(analyzer.unit_ids[pair])
        contaminations, _ = compute_refrac_period_violations(two, **periods)
        mask = np.array([[False, True], [False, False]])
        kept, _ = check_improve_contaminations_score(two, mask, list(contaminations.values()), 1.5, **periods)
        answers.append(bool(kept[0, 1]))
    return answers


for line in sys.stdin:
    question = json.loads(line)
    try:
        analyzer = si.load_sorting_analyzer(question["folder"])
        begin = time.process_time()
        if "improved" in question:
            answer = dict(improved=improved(analyzer, question["improved"]))
        else:
            signal.setitimer(signal.ITIMER_PROF, question["seconds"])
            answer = dict(pairs=pairs_of(analyzer, question["steps"]))
        answer["ms"] = 1000 * (time.process_time() - begin)
    except Exception as error:
        answer = dict(error=f"{type(error).__name__}: {error}")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    print(json.dumps(answer), flush=True)
