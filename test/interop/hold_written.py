"""Holds what Samecell writes besides merges against SpikeInterface: copies, folders for phy, scripts.

Reads a JSON list from standard input, one answer each: {"copy": path, "source": path}, {"phy": path, "analyzer": path}, {"phy_merged": path, "phy_source": path, "merged": [[new, units]]},
{"load": path} or {"same": [path, path], "tolerances": {extension: largest difference}}. An answer is a list of problems.
"""
import json
import sys

import numpy as np

from quiet import si


def load(path):
    """With every extension that this SpikeInterface can load; the others by name with the reason."""
    analyzer = si.load_sorting_analyzer(path, load_extensions=False)
    refused = {}
    for name in analyzer.get_saved_extension_names():
        try:
            analyzer.load_extension(name)
        except Exception as problem:
            refused[name] = repr(problem)
    return analyzer, refused


def differs(one, other, tolerance=0.0):
    if hasattr(one, "columns"):
        if sorted(one.columns) != sorted(other.columns) or [str(i) for i in one.index] != [str(i) for i in other.index]:
            return f"columns {sorted(other.columns)} or rows differ"
        for column in one.columns:
            a, b = one[column].to_numpy(), other[column].to_numpy()
            try:
                a, b = a.astype("float64"), b.astype("float64")
            except (TypeError, ValueError):
                if [str(v) for v in a] != [str(v) for v in b]:
                    return f"column {column} differs"
                continue
            if not np.allclose(a, b, rtol=1e-12, atol=tolerance, equal_nan=True):
                return f"column {column}: {b} instead of {a}"
        return None
    if isinstance(one, (dict, list)):
        return None if one == other else f"{other} instead of {one}"
    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape or one.dtype != other.dtype:
        return f"{other.dtype}{other.shape} instead of {one.dtype}{one.shape}"
    if one.dtype.names:
        return next((d for d in (differs(one[n], other[n], tolerance) for n in one.dtype.names) if d), None)
    if one.dtype.kind in "fc" and tolerance > 0:
        return None if np.allclose(one, other, rtol=0, atol=tolerance, equal_nan=True) else "values differ"
    return None if np.array_equal(one, other, equal_nan=one.dtype.kind in "fc") else "values differ"


def compare(source, copy, tolerances=None, ordered=True):
    tolerances = tolerances or {}
    (a, a_refused), (b, b_refused) = load(source), load(copy)
    problems = []
    if list(a.unit_ids) != list(b.unit_ids) or a.unit_ids.dtype.kind != b.unit_ids.dtype.kind:
        return [f"unit ids {list(b.unit_ids)} instead of {list(a.unit_ids)}"]
    for what in ("return_in_uV", "peak_sign", "peak_mode", "sampling_frequency"):
        if getattr(a, what) != getattr(b, what):
            problems.append(f"{what} differs")
    x, y = a.sorting.to_spike_vector(), b.sorting.to_spike_vector()
    if not ordered:
        x, y = np.sort(x, order=["segment_index", "sample_index", "unit_index"]), np.sort(y, order=["segment_index", "sample_index", "unit_index"])
    if not np.array_equal(x, y):
        problems.append("spikes differ")
    if (a.sparsity is None) != (b.sparsity is None) or (a.sparsity is not None and not np.array_equal(a.sparsity.mask, b.sparsity.mask)):
        problems.append("sparsity differs")
    if list(a.channel_ids) != list(b.channel_ids) or not np.array_equal(a.get_channel_locations(), b.get_channel_locations()):
        problems.append("channels differ")
    if str(a.get_probegroup().to_dict(array_as_list=True)) != str(b.get_probegroup().to_dict(array_as_list=True)):
        problems.append("probes differ")
    for key in a.sorting.get_property_keys():
        one, other = a.sorting.get_property(key), b.sorting.get_property(key)
        if one.dtype.kind == "O":
            continue
        if other is None or differs(one, other):
            problems.append(f"property {key}: {other} instead of {one}")
    if a.sorting._annotations != b.sorting._annotations:
        problems.append(f"annotations {b.sorting._annotations} instead of {a.sorting._annotations}")
    names = {*a.get_loaded_extension_names(), *a_refused}
    if names != {*b.get_loaded_extension_names(), *b_refused}:
        problems.append(f"extensions {sorted(b.get_loaded_extension_names())} instead of {sorted(names)}")
    for name in a.get_loaded_extension_names():
        one, other = a.get_extension(name), b.get_extension(name)
        if other is None:
            continue
        if one.params != other.params:
            problems.append(f"{name}: parameters differ")
        for key in one.data:
            if key.startswith("pca_model"):
                continue
            found = "is missing" if key not in other.data else differs(one.data[key], other.data[key], tolerances.get(name, 0.0))
            if found:
                problems.append(f"{name}/{key}: {found}")
    return problems


def phy(folder, analyzer):
    ours, _ = load(analyzer)
    read = si.read_phy(folder)
    problems = []
    spiking = [u for u in ours.unit_ids if len(ours.sorting.get_unit_spike_train(u)) > 0]
    if [str(u) for u in read.unit_ids] != [str(u) for u in spiking]:
        return [f"units {list(read.unit_ids)} instead of {spiking}"]
    for unit, same in zip(spiking, read.unit_ids):
        if not np.array_equal(ours.sorting.get_unit_spike_train(unit), read.get_unit_spike_train(same)):
            problems.append(f"spike train of {unit} differs")
    if "samecell" not in read.get_property_keys():
        problems.append("no verdicts")
    return problems


def phy_merged(folder, source, merged):
    before, after = si.read_phy(source), si.read_phy(folder)
    gone = {unit for _, units in merged for unit in units}
    expected = {unit: [unit] for unit in before.unit_ids if unit not in gone} | {new: units for new, units in merged}
    if set(after.unit_ids) != set(expected):
        return [f"units {list(after.unit_ids)} instead of {list(expected)}"]
    problems = []
    for unit, units in expected.items():
        train = np.sort(np.concatenate([before.get_unit_spike_train(one) for one in units]))
        if not np.array_equal(np.sort(after.get_unit_spike_train(unit)), train):
            problems.append(f"spike train of {unit} differs")
    for key in ("quality", "KSLabel", "snr", "channel_group"):
        one, other = before.get_property(key), after.get_property(key)
        if one is None:
            continue
        for unit in set(expected) - {new for new, _ in merged}:
            a, b = one[list(before.unit_ids).index(unit)], other[list(after.unit_ids).index(unit)]
            if not (a == b or (a != a and b != b)):
                problems.append(f"{key} of {unit}: {b} instead of {a}")
    if "samecell" not in after.get_property_keys():
        problems.append("no verdicts")
    return problems


def answer(request):
    if "load" in request:
        analyzer, refused = load(request["load"])
        empty = [n for n in analyzer.get_loaded_extension_names() if not analyzer.get_extension(n).data]
        return [f"{n}: {why}" for n, why in refused.items()] + [f"{n} is empty" for n in empty]
    if "phy_merged" in request:
        return phy_merged(request["phy_merged"], request["phy_source"], request["merged"])
    if "phy" in request:
        return phy(request["phy"], request["analyzer"])
    if "same" in request:
        return compare(*request["same"], tolerances=request.get("tolerances"))
    return compare(request["source"], request["copy"], ordered=request.get("ordered", True))


if __name__ == "__main__":
    print(json.dumps([answer(request) for request in json.load(sys.stdin)]))
