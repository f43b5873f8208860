#!/usr/bin/env python3
"""Trains the offline judge and writes assets/offline-judge.json.

  python train.py TABLE.csv                                     cross-validation over recordings only
  python train.py TABLE.csv --out ../../assets/offline-judge.json
  python train.py TABLE.csv --beside EARLIER.json --out ../../assets/offline-judge.json

Gradient-boosted trees with monotone constraints. Trees are chosen and probabilities and thresholds set on predictions for
recordings of kinds that were left out of the fit (eight folds over the kinds of the sets `train` and `calibrate`: recordings whose
names differ in the last letter only are of one kind), then the trees are fitted to all of these. The sets `final` and `unlike` are
never read here; report.ts does that. With --beside the scores of the new trees and those of an earlier weights file are averaged;
the earlier trees know the recordings of the sets `train` and `calibrate`, so the line is held back (a ridge on its slope) and merging
starts no lower than 82 %, where it started before. The line for analyzers with few extensions is fitted afterwards by calibrate-bare.ts.
"""
import argparse
import datetime
import hashlib
import json
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads that wait for each other on a busy machine take minutes

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402
from sklearn.model_selection import GroupKFold  # noqa: E402

PRESETS = ["similarity_correlograms", "temporal_splits", "x_contaminations", "feature_neighbors", "slay"]
# direction of each column, as in app/judges/offline/model-features.ts: +1 more never lowers the probability of one cell
DIRECTIONS = dict(
    template_distance_cosine_best_lag=-1, template_distance_l1_best_lag=-1, template_distance_l2_best_lag=-1, template_chain_distance=-1,
    template_nearer_units=-1, dip_log_likelihood_ratio=1, ccg_shoulder_ratio=0, duplicate_share=0,
    contamination_merged=-1, log_expected_coincidences=0, pca_d_prime=-1, pca_d_prime_at_equal_times=-1, pca_neighbor_mixing=1,
    amplitude_gap_at_equal_times=-1, amplitude_overlap_where_together=1, amplitude_valley_where_together=-1, presence_overlap=0,
    presence_correlation=0, unit_distance_um=-1, drift_corrected_distance_um=-1, peak_channel_distance_um=-1, location_gap_at_equal_times=-1, log_fewer_spikes=0)
COLUMNS = list(DIRECTIONS)
# columns that go missing together, for training on incomplete analyzers
INPUTS = dict(
    principal_components=["pca_d_prime", "pca_d_prime_at_equal_times", "pca_neighbor_mixing"],
    spike_amplitudes=["amplitude_gap_at_equal_times", "amplitude_overlap_where_together", "amplitude_valley_where_together"],
    spike_locations=["drift_corrected_distance_um", "location_gap_at_equal_times"])
SETTINGS = dict(learning_rate=0.06, max_iter=160, max_leaf_nodes=8, min_samples_leaf=12, l2_regularization=4.0)


def stand_ins(x, y):
    """What is read where a number is missing: worse than three quarters of the true pairs; without a direction, usual for other pairs."""
    values = {}
    for column, direction in DIRECTIONS.items():
        if direction == 0:
            values[column] = float(x[column][y == 0].median())
        else:
            values[column] = float(x[column][y == 1].quantile(0.75 if direction < 0 else 0.25))
    return values


def fit(x, y, settings, seed=0):
    rng = np.random.default_rng(seed)
    values = stand_ins(x, y)
    copies, weights = [x], [np.ones(len(x))]
    for columns in INPUTS.values():  # incomplete analyzers, at a quarter of the weight
        less = x.copy()
        less.loc[:, columns] = np.nan
        pick = rng.random(len(x)) < 0.5
        copies.append(less[pick])
        weights.append(np.full(pick.sum(), 0.25))
    every = pd.concat(copies).fillna(values)
    answers = np.concatenate([y] + [y[c.index.map({i: k for k, i in enumerate(x.index)})] for c in copies[1:]])
    model = HistGradientBoostingClassifier(monotonic_cst=[DIRECTIONS[c] for c in COLUMNS], early_stopping=False, random_state=0, **settings)
    model.fit(every[COLUMNS].to_numpy(float), answers, sample_weight=np.concatenate(weights))
    return model, values


def score(model, values, x):
    return model.decision_function(x.fillna(values)[COLUMNS].to_numpy(float))


def left_out_scores(data, settings, folds=8):
    scores = np.zeros(len(data))
    y = data["same"].to_numpy()
    kinds = data["recording"].str.replace(r"-[a-z]$", "", regex=True)
    for inside, outside in GroupKFold(min(folds, kinds.nunique()), shuffle=True, random_state=1).split(data, groups=kinds):
        model, values = fit(data.iloc[inside][COLUMNS], y[inside], settings)
        scores[outside] = score(model, values, data.iloc[outside][COLUMNS])
    return scores


def earlier_scores(earlier, x):
    """What the trees of a weights file say, missing numbers read as it says."""
    columns = [f["id"] for f in earlier["features"]]
    assert columns == COLUMNS, "the earlier weights are of other columns"
    filled = x.fillna({f["id"]: f["missing"] for f in earlier["features"]})[COLUMNS].to_numpy(float)
    total = np.full(len(filled), earlier["baseline"])
    rows = np.arange(len(filled))
    for tree in earlier["trees"]:
        feature, threshold, left, right, value = (np.array(tree[k]) for k in ("feature", "threshold", "left", "right", "value"))
        node = np.zeros(len(filled), dtype=int)
        while (left[node] != 0).any():
            goes_left = filled[rows, feature[node]] <= threshold[node]
            node = np.where(left[node] == 0, node, np.where(goes_left, left[node], right[node]))
        total += value[node]
    return total


def half(tree):
    return dict(tree, value=[float(f"{v / 2:.6g}") for v in tree["value"]])


def full_middle(x):
    """How far the middle of the cross-correlogram speaks against one cell: trees stop asking where few training pairs are, this goes on."""
    return np.minimum(0.0, x["dip_log_likelihood_ratio"].fillna(0.0).to_numpy())


def calibrate(scores, against, y, looseness=1e6):
    """Slope, weight of a full cross-correlogram, and offset of the log-odds (Platt), on scores of recordings that were left out."""
    line = LogisticRegression(C=looseness, max_iter=1000).fit(np.column_stack([scores, against]), y)
    slope, weight = line.coef_[0]
    if weight < 0:
        line = LogisticRegression(C=looseness).fit(scores[:, None], y)
        slope, weight = line.coef_[0, 0], 0.0
    return float(slope), float(weight), float(line.intercept_[0])


def quality(chosen, y):
    hits, proposed, true = int((chosen & (y == 1)).sum()), int(chosen.sum()), int(y.sum())
    precision = hits / proposed if proposed else float("nan")
    recall = hits / true if true else float("nan")
    f1 = 2 * hits / (proposed + true) if proposed + true else float("nan")
    return precision, recall, f1


def calibration_error(p, y, bins=10):
    """Expected calibration error over equal stretches of probability."""
    place = np.minimum((p * bins).astype(int), bins - 1)
    return float(sum(np.mean(place == b) * abs(p[place == b].mean() - y[place == b].mean()) for b in range(bins) if (place == b).any()))


def thresholds(p, y, recordings, least=0.4):
    """Merge from the probability with the highest mean F1 over recordings among those with a precision of 97 %; refuse below
    the one that refuses at most 5 % of true pairs, 3 % at the most."""
    best = (0.9, -1.0)
    for at in np.arange(least, 0.985, 0.01):
        precision = quality(p >= at, y)[0]
        f1 = np.nanmean([quality(p[recordings == r] >= at, y[recordings == r])[2] for r in np.unique(recordings)])
        if precision >= 0.97 and f1 > best[1]:
            best = (float(at), f1)
    refuse = float(np.quantile(p[y == 1], 0.05))
    return round(best[0], 3), round(min(refuse, 0.03), 3)


def table(data, chosen, p):
    """Mean over recordings of precision, recall, F1; and pooled."""
    y, names = data["same"].to_numpy(), data["recording"].to_numpy()
    lines = []
    columns = {"offline judge": chosen} | {preset: data[preset].to_numpy() == 1 for preset in PRESETS}
    for name, picked in columns.items():
        each = np.array([quality(picked[names == r], y[names == r]) for r in np.unique(names)])
        pooled = quality(picked, y)
        lines.append((name, np.nanmean(each[:, 0]), np.nanmean(each[:, 1]), np.nanmean(each[:, 2]), *pooled))
    print(f"{len(data)} pairs, {int(y.sum())} of one cell, {len(np.unique(names))} recordings")
    print("                           mean P   R    F1     pooled P   R    F1")
    for name, *numbers in lines:
        print(f"{name:26s} " + " ".join(f"{n:6.3f}" for n in numbers))
    near = (p > 0.02) & (p < 0.98)
    print(f"ROC-AUC {roc_auc_score(y, p):.4f}  ECE all {calibration_error(p, y):.4f}  ECE of {near.sum()} pairs between 2 % and 98 % {calibration_error(p[near], y[near]):.4f}")
    for r in np.unique(names):
        m = names == r
        q = quality(chosen[m], y[m])
        best = max(quality(data[preset].to_numpy()[m] == 1, y[m])[2] for preset in PRESETS)
        print(f"  {r:26s} {int(m.sum()):4d} pairs {int(y[m].sum()):3d} true  P {q[0]:.2f} R {q[1]:.2f} F1 {q[2]:.2f}  best preset here {best:.2f}")


def tree_of(predictor):
    """Nodes as columns; a leaf has left 0. Value of an inner node: what its rows would get on average."""
    nodes = predictor.nodes
    value = nodes["value"].astype(float).copy()
    weight = nodes["count"].astype(float)
    for i in range(len(nodes) - 1, -1, -1):
        if not nodes["is_leaf"][i]:
            l, r = nodes["left"][i], nodes["right"][i]
            value[i] = (value[l] * weight[l] + value[r] * weight[r]) / (weight[l] + weight[r])
    leaf = nodes["is_leaf"].astype(bool)
    return dict(feature=[0 if leaf[i] else int(nodes["feature_idx"][i]) for i in range(len(nodes))],
                threshold=[0 if leaf[i] else float(f"{nodes['num_threshold'][i]:.9g}") for i in range(len(nodes))],
                left=[0 if leaf[i] else int(nodes["left"][i]) for i in range(len(nodes))],
                right=[0 if leaf[i] else int(nodes["right"][i]) for i in range(len(nodes))],
                value=[float(f"{v:.6g}") for v in value])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("table", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--beside", type=Path)
    options = parser.parse_args()
    data = pd.read_csv(options.table)
    known = data[data["set"].isin(["train", "calibrate", "later"])].reset_index(drop=True)
    y = known["same"].to_numpy()
    scores = left_out_scores(known, SETTINGS)
    earlier = json.loads(options.beside.read_text()) if options.beside else None
    if earlier:
        scores = (scores + earlier_scores(earlier, known[COLUMNS])) / 2
    against = full_middle(known)
    slope, weight, offset = calibrate(scores, against, y, 0.01 if earlier else 1e6)
    if earlier:  # what more recordings showed about look-alikes stays
        weight = max(weight, earlier["fullMiddle"])
    p = 1 / (1 + np.exp(-(slope * scores + weight * against + offset)))
    merge_from, refuse_below = thresholds(p, y, known["recording"].to_numpy(), 0.82 if earlier else 0.4)
    print(f"left-out predictions, merge from {merge_from}, refuse below {refuse_below}, slope {slope:.3f} full middle {weight:.3f} offset {offset:.3f}")
    table(known, p >= merge_from, p)
    if not options.out:
        return
    model, values = fit(known[COLUMNS], y, SETTINGS)
    kept = known[["recording", "first", "second", "same", *COLUMNS]].to_csv(index=False)
    trees = [tree_of(p[0]) for p in model._predictors]
    names = known["recording"].unique()
    summary = dict(trainedOn=datetime.date.today().isoformat(), recordings=len(names), pairs=len(known), pairsOfOneCell=int(y.sum()),
                   tableSha256=hashlib.sha256(kept.encode()).hexdigest(), settings=SETTINGS,
                   leftOut=dict(rocAuc=round(float(roc_auc_score(y, p)), 4), expectedCalibrationError=round(calibration_error(p, y), 4)))
    baseline = float(np.ravel(model._baseline_prediction)[0])
    if earlier:
        summary["beside"] = earlier["training"]
        trees = [half(tree) for tree in [*earlier["trees"], *trees]]
        baseline = (baseline + earlier["baseline"]) / 2
        values = {f["id"]: f["missing"] for f in earlier["features"]}
    line = dict(slope=round(slope, 6), fullMiddle=round(weight, 6), offset=round(offset, 6))
    out = dict(format=2, training=summary, mergeFrom=merge_from, refuseBelow=refuse_below, **line, bare=line,
               baseline=baseline,
               features=[dict(id=c, direction=DIRECTIONS[c], missing=float(f"{values[c]:.6g}")) for c in COLUMNS], trees=trees)
    options.out.write_text(json.dumps(out, separators=(",", ":")) + "\n")
    print(f"{options.out}: {options.out.stat().st_size} bytes, {len(trees)} trees")


if __name__ == "__main__":
    main()
