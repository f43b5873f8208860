"""Holds extensions computed by Samecell against SpikeInterface's own on the same spikes and traces.

Reads a JSON list from standard input: [{"source", "written", "extensions": {name: params}}, ...]. The source must be of the
form that SpikeInterface loads; its random_spikes, where it has none, are drawn with seed 0.
Prints one JSON list: [{"problems": [...], "extensions": {name: {data name: {"worst", "scale", "kind"}}}}, ...].
"""
import json
import sys

import numpy as np

from quiet import si


def difference(theirs, ours):
    """Largest absolute difference and the largest value, or a sentence where the two can't be equal."""
    theirs, ours = np.asarray(theirs), np.asarray(ours)
    if theirs.shape != ours.shape:
        return dict(problem=f"shape {ours.shape} instead of {theirs.shape}")
    if theirs.dtype != ours.dtype:
        return dict(problem=f"type {ours.dtype} instead of {theirs.dtype}")
    if theirs.dtype.names:
        parts = [difference(theirs[name], ours[name]) for name in theirs.dtype.names]
        return max(parts, key=lambda part: part["worst"])
    if theirs.dtype.kind != "f":
        return dict(worst=float(np.count_nonzero(theirs != ours)), scale=1.0, kind="exact")
    if not np.array_equal(np.isnan(theirs), np.isnan(ours)):
        return dict(problem="not-a-number in other places")
    a, b = theirs.astype("float64"), ours.astype("float64")
    return dict(worst=float(np.nanmax(np.abs(a - b), initial=0.0)), scale=float(np.nanmax(np.abs(a), initial=0.0)), kind="float")


def up_to_sign(theirs, ours):
    """Projections with the sign of each component and channel turned to SpikeInterface's."""
    if theirs.shape != ours.shape:
        return ours
    signs = np.sign((theirs.astype("float64") * ours).sum(axis=0, keepdims=True))
    return (ours * np.where(signs == 0, 1, signs)).astype(ours.dtype)


def tables(theirs, ours):
    if list(theirs.columns) != list(ours.columns):
        return dict(problem=f"columns {list(ours.columns)} instead of {list(theirs.columns)}")
    if [str(i) for i in theirs.index] != [str(i) for i in ours.index]:
        return dict(problem="rows in another order")
    return difference(theirs.to_numpy("float64"), ours.to_numpy("float64"))


def hold(source, written, extensions):
    problems = []
    ours = si.load_sorting_analyzer(written)
    theirs = si.load_sorting_analyzer(source, load_extensions=False)
    stored = theirs.get_saved_extension_names()
    for name in stored:
        theirs.load_extension(name)
    theirs = theirs.copy()
    if not theirs.has_extension("random_spikes"):
        theirs.compute("random_spikes", seed=0)
    if not ours.has_recording() and theirs.has_recording():
        problems.append("the recording is lost")
    missing = [name for name in stored if not ours.has_extension(name)]
    if missing:
        problems.append(f"extensions {missing} are not in the copy")
    found = {}
    for name, params in extensions.items():
        if name != "random_spikes":
            theirs.compute(name, **params)
        a, b = theirs.get_extension(name), ours.get_extension(name)
        if b is None:
            problems.append(f"extension {name} is missing")
            continue
        found[name] = {}
        for key, value in a.data.items():
            if key.startswith("pca_model") or key == "runtime_s":
                continue
            if key not in b.data:
                problems.append(f"{name} has no {key}")
                continue
            if name == "quality_metrics":
                result = tables(value, b.data[key])
            elif key == "pca_projection":
                result = difference(value, up_to_sign(np.asarray(value), np.asarray(b.data[key])))
            else:
                result = difference(value, b.data[key])
            if "problem" in result:
                problems.append(f"{name}.{key}: {result['problem']}")
            else:
                found[name][key] = result
        for key, value in a.params.items():
            mine = b.params.get(key, "missing")
            if name == "quality_metrics" and key == "metric_params":
                value = {metric: value[metric] for metric in mine}
            if name == "quality_metrics" and key in ("metric_names", "metrics_to_compute"):
                value, mine = sorted(value), sorted(mine)
            # 50 is 50.0: only what it means counts.
            if json.loads(json.dumps(value, default=str)) != json.loads(json.dumps(mine, default=str)):
                problems.append(f"{name}: parameter {key} is {mine} instead of {value}")
    return dict(problems=problems, extensions=found)


print(json.dumps([hold(**task) for task in json.load(sys.stdin)]))
