import { mergeReviewV1 } from './merge-review.v1.ts';
import type { Prompt } from './prompt.ts';

/** As version 1, and how to read rates over time, aligned templates, merged intervals, densities and the neighbourhood. */
export const mergeReviewV2: Prompt = {
  ...mergeReviewV1,
  version: '2',
  title: 'Merge review, version 2',
  system: `${mergeReviewV1.system}

Some pictures show one line of evidence in two ways. These are one line each, however many of them you were shown: the cross-correlogram and the intervals before and after merging; the mean waveforms, the aligned templates and the similarity to the neighbours; the principal components and their density. The firing rate over time is no line of its own: it says which of the others can speak.`,
  guidance: {
    ...mergeReviewV1.guidance,
    presence:
      'Firing rate of each unit over time, and below it the share of its spikes so far. A hand-over, one unit falling silent about when the other begins, speaks for one neuron that drifted, if amplitude and position meet there too. Two units that fire throughout are compatible with one neuron and with two ("neither"). Rates that rise and fall together come from the state of the animal and support nothing. Where the units are hardly ever active at the same time, their cross-correlogram can say nothing.',
    template_overlay:
      'Mean waveforms shifted to the lag at which they fit best (within 0.3 ms, printed with the cosine similarity), and below, on the same channels, the difference from the unit with the most spikes. A difference that is small and without form, or a scaled copy of the waveform, is compatible with one neuron. A difference with a form of its own, around the trough, in the after-potential or on some channels only, speaks for two. Means of few spikes differ by chance.',
    isi_merged:
      'Above, each unit alone: intervals between spikes and auto-correlogram, with the refractory period marked. Below, the units joined, with a dashed line for the auto-correlogram that two independent cells would give. First look how many pairs chance would add inside the refractory period (printed): fewer than about 3 and the picture says nothing ("neither"). A joined gap as deep as the units’ own, well below the dashed line, supports a merge; one that fills up to the dashed line refutes it. Many more duplicates than chance mean spikes detected twice.',
    density_pca:
      'Density of the spikes of each unit on two joint axes of the principal components of the channels both have: the darker, the denser; the ellipse holds two standard deviations; overlap (0 to 1) and d′ are printed. Peaks in one place, or densities that meet along a broad front, support a merge; two peaks with an empty valley between them speak against it. Peaks apart along amplitude alone are compatible with drift or bursts.',
    neighbourhood:
      'Cosine similarity of mean waveforms, within the group and to the most similar other units (n1, n2, …). If each of the units is the most similar one to the other, by a clear margin over every neighbour, that supports a merge weakly. If a neighbour is as similar, likeness is common here and proves little. Units less like each other than like their neighbours speak against a merge. Neighbours are not part of the group: say nothing about merging them.',
  },
};
