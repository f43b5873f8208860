"""Writes an analyzer with more than a thousand pairs (binary_folder), with every extension that pictures and numbers need.

46 simulated units on 32 channels, 120 s; the same seed gives the same units. All pairs lie near enough to be drawn.
"""
import argparse
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
import spikeinterface as si
import spikeinterface.full  # noqa: F401  (registers every extension)

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=Path)
args = parser.parse_args()

recording, sorting = si.generate_ground_truth_recording(num_channels=32, num_units=46, durations=[120.0], seed=7)
analyzer = si.create_sorting_analyzer(sorting, recording, format="binary_folder", folder=args.folder, sparse=False)
analyzer.compute(
    {
        "random_spikes": {"max_spikes_per_unit": 300, "seed": 7},
        "waveforms": {},
        "templates": {"operators": ["average", "std"]},
        "noise_levels": {},
        "correlograms": {},
        "spike_amplitudes": {},
        "spike_locations": {"method": "center_of_mass"},
        "unit_locations": {"method": "center_of_mass"},
        "principal_components": {"n_components": 3, "mode": "by_channel_local"},
        "template_similarity": {},
    },
    n_jobs=1,
    progress_bar=False,
)
