"""Holds what Samecell measured again for merged units against SpikeInterface's own merge_units, value by value.

Reads a JSON list from standard input: [{"source", "written", "groups", "arguments", "extensions"}, ...]
Prints one JSON list: [{extension: {"name" or "name.column": {"worst"} or {"problem"}}}, ...], where worst is
the largest difference, as a share of the value or, of tiny ones, of a millionth of the largest; of what is a share itself,
the difference.
"""
import json
import sys

import numpy as np

from quiet import si


def difference(theirs, ours):
    theirs, ours = np.asarray(theirs), np.asarray(ours)
    if theirs.shape != ours.shape:
        return dict(problem=f"shape {ours.shape} instead of {theirs.shape}")
    if theirs.dtype.names:
        parts = [difference(theirs[name], ours[name]) for name in theirs.dtype.names]
        return next((part for part in parts if "problem" in part), None) or max(parts, key=lambda part: part["worst"])
    a, b = theirs.astype("float64"), ours.astype("float64")
    if not np.array_equal(np.isnan(a), np.isnan(b)):
        return dict(problem=f"not-a-number in other places: {b.tolist() if b.size < 50 else ''} instead of {a.tolist() if a.size < 50 else ''}")
    if theirs.dtype.kind in "iub":
        return dict(worst=float(np.count_nonzero(a != b)))
    size = np.maximum(np.abs(a), 1e-6 * np.nanmax(np.abs(a), initial=0.0))
    return dict(worst=float(np.nanmax(np.abs(a - b) / np.where(size == 0, 1, size), initial=0.0)))


def bands(theirs, ours):
    """Of acgs_3d: the share of bands that differ. BLAS decides in its last bit where a spike on an edge belongs."""
    if theirs.shape != ours.shape:
        return dict(problem=f"shape {ours.shape} instead of {theirs.shape}")
    return dict(worst=float(np.mean(np.abs(theirs - ours).max(axis=2) > 1e-9)))


def neighbours(theirs, ours):
    """Of shares of neighbours: the difference itself. Of two that are equally near in single precision either may be taken."""
    found = difference(theirs, ours)
    return found if "problem" in found else dict(worst=float(np.nanmax(np.abs(theirs.to_numpy("float64") - ours.to_numpy("float64")), initial=0.0)))


def hold(source, written, groups, arguments, extensions):
    ours = si.load_sorting_analyzer(written)
    theirs = si.load_sorting_analyzer(source).merge_units(groups, **arguments)
    found = {}
    for name in extensions:
        a, b = theirs.get_extension(name), ours.get_extension(name)
        if b is None:
            found[name] = dict(all=dict(problem="it is not there"))
            continue
        found[name] = {}
        if set(a.data) != set(b.data):
            found[name]["all"] = dict(problem=f"holds {sorted(b.data)} instead of {sorted(a.data)}")
        for key in sorted(set(a.data) & set(b.data)):
            if not hasattr(a.data[key], "columns"):
                found[name][key] = (bands if key == "acgs_3d" else difference)(a.data[key], b.data[key])
                continue
            if [str(i) for i in a.data[key].index] != [str(i) for i in b.data[key].index]:
                found[name][key] = dict(problem="rows in another order")
            for column in a.data[key].columns:
                if column in b.data[key].columns:
                    compare = neighbours if column in ("nn_hit_rate", "nn_miss_rate") else difference
                    found[name][f"{key}.{column}"] = compare(a.data[key][column], b.data[key][column])
                else:
                    found[name][f"{key}.{column}"] = dict(problem="left out")
    return found


if __name__ == "__main__":
    print(json.dumps([hold(**request) for request in json.load(sys.stdin)]))
