import { mergePanelV1 } from './merge-panel.v1.ts';
import type { Prompt } from './prompt.ts';

/** As version 1, with experts for rates over time, aligned templates, merged intervals, densities and the neighbourhood. */
export const mergePanelV2: Prompt = {
  ...mergePanelV1,
  version: '2',
  title: 'Panel of experts, version 2',
  system: `${mergePanelV1.system}

Some experts look at one line of evidence in two ways. These are one line each, however many reports there are about it: the cross-correlogram and the intervals before and after merging; the mean waveforms, the aligned templates and the similarity to the neighbours; the principal components and their density. The firing rate over time is no line of its own: it says which of the others can speak.`,
  guidance: {
    ...mergePanelV1.guidance,
    presence:
      'Firing rate of each unit over time, and below it the share of its spikes so far. Say when each unit is active and how much their times overlap. A hand-over, one unit falling silent about when the other begins, supports a merge, as drift would do that. Two units that fire throughout, or whose rates rise and fall together, support nothing ("neither"). If they are hardly ever active at the same time, say so: then no cross-correlogram can speak.',
    template_overlay:
      'Mean waveforms shifted to the lag at which they fit best (within 0.3 ms, printed with the cosine similarity), and below, on the same channels, the difference from the unit with the most spikes. Say how large the difference is beside the waveforms, and where it lies. One that is small and without form, or a scaled copy of the waveform, is compatible with one neuron; one with a form of its own, around the trough, in the after-potential or on some channels only, speaks for two. Means of few spikes differ by chance.',
    isi_merged:
      'Above, each unit alone: intervals between spikes and auto-correlogram, with the refractory period marked. Below, the units joined, with a dashed line for the auto-correlogram that two independent cells would give. First say how many pairs chance would add inside the refractory period (printed): fewer than about 3 and your evidence cannot speak ("neither"), 3 to 10 is weak, more is strong. A joined gap as deep as the units’ own, well below the dashed line, supports a merge; one that fills up to the dashed line refutes it. Many more duplicates than chance mean spikes detected twice: say so.',
    density_pca:
      'Density of the spikes of each unit on two joint axes of the principal components of the channels both have: the darker, the denser; the ellipse holds two standard deviations; overlap (0 to 1) and d′ are printed. Say where the peaks lie and whether a valley between them is empty. Peaks in one place, or densities that meet along a broad front, support a merge; two peaks with an empty valley speak against it. Peaks apart along amplitude alone are compatible with drift or bursts. Few points show little.',
    neighbourhood:
      'Cosine similarity of mean waveforms, within the group and to the most similar other units (n1, n2, …). Say for each unit which other is most similar, and by what margin. If the units are the most similar ones to each other, by a clear margin over every neighbour, that is weak support for a merge; if a neighbour is as similar, likeness is common here and supports nothing; units less like each other than like their neighbours speak against a merge. Neighbours are not part of the group: say nothing about merging them.',
  },
};
