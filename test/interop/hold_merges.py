"""Holds analyzers and curation files written by Samecell against SpikeInterface's own merge_units and apply_curation.

Reads a JSON list from standard input: [{"source", "written", "groups", "arguments", "curation": path or null}, ...]
Prints the answers as one JSON list: [{"problems": [...], "extensions": {name: largest difference}, "unit_ids", "new_ids",
"curation_problems": [...]}, ...]. One process for all: compiling SpikeInterface's loops takes longer than running them.
"""
import json
import sys

import numpy as np

from quiet import si
from spikeinterface.core.sorting_tools import apply_merges_to_sorting
from spikeinterface.curation import apply_curation
from spikeinterface.curation.curation_model import Curation


def plain(value):
    return value.item() if isinstance(value, np.generic) else value


def difference(theirs, ours):
    """Largest absolute difference, or a sentence where the two can't be equal."""
    if hasattr(theirs, "columns"):
        if sorted(theirs.columns) != sorted(ours.columns) or [str(u) for u in theirs.index] != [str(u) for u in ours.index]:
            return f"columns {sorted(ours.columns)} instead of {sorted(theirs.columns)}, or other rows"
        # A zarr group has no order of columns, and whole numbers come back as pandas' own.
        theirs, ours = (np.column_stack([table[c].astype("float64") for c in sorted(table.columns)]) for table in (theirs, ours))
    theirs, ours = np.asarray(theirs), np.asarray(ours)
    if theirs.shape != ours.shape:
        return f"shape {ours.shape} instead of {theirs.shape}"
    if theirs.dtype != ours.dtype:
        return f"type {ours.dtype} instead of {theirs.dtype}"
    if theirs.size == 0:
        return 0.0
    if theirs.dtype.names:
        return max(difference(theirs[name], ours[name]) for name in theirs.dtype.names)
    if theirs.dtype.kind in "fc":
        if not np.array_equal(np.isnan(theirs), np.isnan(ours)):
            return "not-a-number in other places"
        return float(np.nanmax(np.abs(theirs.astype("float64") - ours.astype("float64")), initial=0.0))
    return float(np.count_nonzero(theirs != ours))


def compare(source, written, groups, arguments):
    problems = []
    ours = si.load_sorting_analyzer(written)
    written_extensions = ours.get_saved_extension_names()
    before = si.load_sorting_analyzer(source, load_extensions=False)
    for name in written_extensions:
        before.load_extension(name)
    theirs, new_ids = before.merge_units(groups, return_new_unit_ids=True, **arguments)

    if [plain(u) for u in theirs.unit_ids] != [plain(u) for u in ours.unit_ids]:
        problems.append(f"unit ids {list(ours.unit_ids)} instead of {list(theirs.unit_ids)}")
        return dict(problems=problems)
    if theirs.unit_ids.dtype.kind != ours.unit_ids.dtype.kind:
        problems.append("unit ids of another type")
    for segment in range(theirs.get_num_segments()):
        for unit in theirs.unit_ids:
            a = theirs.sorting.get_unit_spike_train(unit, segment_index=segment)
            b = ours.sorting.get_unit_spike_train(unit, segment_index=segment)
            if not np.array_equal(a, b):
                problems.append(f"spike train of {unit} in segment {segment} differs")
    d = difference(theirs.sorting.to_spike_vector(), ours.sorting.to_spike_vector())
    if d != 0:
        problems.append(f"spike vector differs: {d}")
    if (theirs.sparsity is None) != (ours.sparsity is None):
        problems.append("one is sparse, the other is not")
    elif theirs.sparsity is not None and not np.array_equal(theirs.sparsity.mask, ours.sparsity.mask):
        problems.append("sparsity differs")
    for what in ("return_in_uV", "peak_sign", "peak_mode", "sampling_frequency"):
        if getattr(theirs, what) != getattr(ours, what):
            problems.append(f"{what}: {getattr(ours, what)} instead of {getattr(theirs, what)}")
    if not np.array_equal(theirs.channel_ids, ours.channel_ids):
        problems.append("channel ids differ")
    if not np.array_equal(theirs.get_channel_locations(), ours.get_channel_locations()):
        problems.append("channel locations differ")
    if theirs.get_total_samples() != ours.get_total_samples():
        problems.append("number of samples differs")
    if before.has_recording() and not ours.has_recording():
        problems.append("the recording is lost")

    # Without a recording SpikeInterface looks for the main channels anew, in the merged analyzer alone.
    merged_sorting = apply_merges_to_sorting(si.load_sorting_analyzer(source, load_extensions=False).sorting, groups, new_ids)
    for key in merged_sorting.get_property_keys():
        holder = theirs.sorting if key == "main_channel_id" else merged_sorting
        a, b = holder.get_property(key), ours.sorting.get_property(key)
        if b is None:
            problems.append(f"property {key} is missing")
        elif a.dtype.kind != b.dtype.kind or [str(v) for v in a] != [str(v) for v in b]:
            problems.append(f"property {key}: {b} instead of {a}")

    extensions = {}
    for name in written_extensions:
        a, b = theirs.get_extension(name), ours.get_extension(name)
        if a is None or b is None:
            problems.append(f"extension {name} is missing")
            continue
        if a.params != b.params:
            problems.append(f"parameters of {name}: {b.params} instead of {a.params}")
        worst = 0.0
        for key in b.data:
            d = difference(a.data[key], b.data[key]) if key in a.data else "not there in SpikeInterface's"
            if isinstance(d, str):
                problems.append(f"{name}/{key}: {d}")
            else:
                worst = max(worst, d)
        for key in a.data:
            if key not in b.data and not key.startswith("pca_model"):
                problems.append(f"{name}/{key} is missing")
        extensions[name] = worst
    return dict(problems=problems, extensions=extensions, unit_ids=[plain(u) for u in ours.unit_ids],
                new_ids=[plain(u) for u in new_ids])


def curate(source, written, curation_file):
    """What apply_curation makes of the file, on the sorting and on the analyzer, against what Samecell wrote."""
    with open(curation_file, encoding="utf8") as f:
        curation = json.load(f)
    Curation(**curation)
    problems = []
    ours = si.load_sorting_analyzer(written, load_extensions=False)
    analyzer = si.load_sorting_analyzer(source, load_extensions=False)
    for target, arguments in ((analyzer.sorting, {}), (analyzer, dict(sparsity_overlap=0.0))):
        curated = apply_curation(target, curation, **arguments)
        sorting = getattr(curated, "sorting", curated)
        if list(sorting.unit_ids) != list(ours.unit_ids):
            problems.append(f"unit ids {list(ours.unit_ids)} instead of {list(sorting.unit_ids)}")
            continue
        for segment in range(sorting.get_num_segments()):
            for unit in sorting.unit_ids:
                a = sorting.get_unit_spike_train(unit, segment_index=segment)
                if not np.array_equal(a, ours.sorting.get_unit_spike_train(unit, segment_index=segment)):
                    problems.append(f"spike train of {unit} in segment {segment} differs")
    return problems


def answer(request):
    source, written = request["source"], request["written"]
    result = compare(source, written, request["groups"], request["arguments"])
    result["curation_problems"] = curate(source, written, request["curation"]) if request["curation"] else []
    return result


if __name__ == "__main__":
    print(json.dumps([answer(request) for request in json.load(sys.stdin)]))
