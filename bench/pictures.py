"""Draws the tutorial's four pictures of pairs as one does with SpikeInterface's widgets and matplotlib: JPEG at 300 dpi, in memory, on one core."""
import io
import json
import sys
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import spikeinterface as si
import spikeinterface.widgets as sw
from scipy.ndimage import gaussian_filter

folder, pairs, rounds = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
analyzer = si.load_sorting_analyzer(folder)
colours = ["tab:blue", "tab:orange"]


def waveform_single(units):
    templates = analyzer.get_extension("templates").get_templates(unit_ids=units)
    figure, axes = plt.subplots(figsize=(5, 5))
    for unit, template, colour in zip(units, templates, colours):
        best = np.argmax(np.ptp(template, axis=0))
        axes.plot(template[:, best], color=colour, alpha=0.5, label=f"Unit {unit}")
    axes.legend()
    return figure


def amplitude_plot(units):
    figure = plt.figure(figsize=(10, 5))
    sw.plot_amplitudes(analyzer, unit_ids=units, unit_colors=dict(zip(units, colours)), plot_histograms=True, plot_legend=True, figure=figure)
    return figure


def crosscorrelograms(units):
    return sw.plot_crosscorrelograms(analyzer, unit_ids=units).figure


def pca_clustering(units):
    projections, labels = analyzer.get_extension("principal_components").get_some_projections(
        channel_ids=[analyzer.channel_ids[np.argmax(np.ptp(analyzer.get_extension("templates").get_templates(unit_ids=units[:1])[0], axis=0))]],
        unit_ids=units,
    )
    first, second = projections[:, 0, 0], projections[:, 1, 0]
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 5))
    for place, colour in enumerate(colours):
        chosen = labels == analyzer.sorting.id_to_index(units[place])
        left.scatter(first[chosen], second[chosen], s=1, alpha=0.6, color=colour, label=f"Unit {units[place]}")
    left.set_xlabel("PC1")
    left.set_ylabel("PC2")
    left.grid(True)
    left.legend()
    range_ = [np.percentile(first, [2, 98]), np.percentile(second, [2, 98])]
    counts, x, y = np.histogram2d(first, second, bins=30, range=range_)
    image = right.imshow(gaussian_filter(counts.T, 1.5), origin="lower", extent=[x[0], x[-1], y[0], y[-1]], aspect="auto", cmap="viridis")
    figure.colorbar(image, ax=right)
    return figure


out = {}
for draw in [waveform_single, amplitude_plot, crosscorrelograms, pca_clustering]:
    times, processor, sizes = [], [], []
    for round_ in range(rounds):
        for units in pairs:
            begin, used = time.perf_counter(), time.process_time()
            figure = draw(units)
            jpeg = io.BytesIO()
            figure.savefig(jpeg, format="jpg", dpi=300, bbox_inches="tight")
            plt.close(figure)
            if round_ > 0 or rounds == 1:
                times.append(1000 * (time.perf_counter() - begin))
                processor.append(1000 * (time.process_time() - used))
            sizes.append(jpeg.tell())
    out[draw.__name__] = dict(ms=float(np.median(times)), processorMs=float(np.median(processor)), bytes=float(np.median(sizes)))
print(json.dumps(out))
