"""Makes assets/demo/splits from a larger SpikeInterface analyzer by keeping fewer of its stored waveforms.

  python scripts/make-demo.py SOURCE_ANALYZER OUT --per-unit 80

Every array but random_spikes, waveforms and the projections is copied unchanged, so all values computed from spikes,
templates and per-spike arrays stay those of the source. The result is loaded with SpikeInterface before it is kept.
"""
import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import spikeinterface.full as si

parser = argparse.ArgumentParser()
parser.add_argument("source", type=Path)
parser.add_argument("out", type=Path)
parser.add_argument("--per-unit", type=int, default=80)
args = parser.parse_args()

shutil.copytree(args.source, args.out)
for path in [args.out, *args.out.rglob("*")]:
    path.chmod(0o755 if path.is_dir() else 0o644)

ext = args.out / "extensions"
spikes = np.load(args.out / "sorting" / "spikes.npy")
rows = np.load(ext / "random_spikes" / "random_spikes_indices.npy")
unit_of_row = spikes["unit_index"][rows]
keep = np.zeros(rows.size, dtype=bool)
for unit in np.unique(unit_of_row):
    positions = np.flatnonzero(unit_of_row == unit)
    picked = np.unique(np.linspace(0, positions.size - 1, min(args.per_unit, positions.size)).round().astype(int))
    keep[positions[picked]] = True

np.save(ext / "random_spikes" / "random_spikes_indices.npy", rows[keep])
for folder, name in [("waveforms", "waveforms"), ("principal_components", "pca_projection")]:
    array = np.load(ext / folder / f"{name}.npy")
    np.save(ext / folder / f"{name}.npy", array[keep])

params_path = ext / "random_spikes" / "params.json"
params = json.loads(params_path.read_text())
params["max_spikes_per_unit"] = args.per_unit
params_path.write_text(json.dumps(params, indent=4))

analyzer = si.load_sorting_analyzer(args.out)
for name in analyzer.get_saved_extension_names():
    assert analyzer.get_extension(name) is not None, name
assert analyzer.get_extension("waveforms").data["waveforms"].shape[0] == int(keep.sum())
print(analyzer, f"{int(keep.sum())} waveforms")
