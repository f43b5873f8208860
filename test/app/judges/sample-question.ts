import { createHash } from 'node:crypto';
import type { QuestionImage } from '../../../app/judges/judge.ts';
import { defaultPrompt } from '../../../app/judges/prompts/registry.ts';
import { type BuiltQuestion, buildQuestion, type QuestionInput } from '../../../app/judges/question.ts';

/** A picture whose bytes are told apart by the feature: the header of a PNG of 640 × 480, then its name. */
export function samplePicture(feature: string): QuestionImage {
  const header = Buffer.from('89504e470d0a1a0a0000000d4948445200000280000001e0', 'hex');
  const bytes = new Uint8Array(Buffer.concat([header, Buffer.from(feature)]));
  return {
    feature,
    caption: `The ${feature} of the units.`,
    mediaType: 'image/png',
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

export const sampleInput: QuestionInput = {
  prompt: defaultPrompt,
  labels: ['A', 'B'],
  spikeCounts: [2931, 412],
  durationS: 600,
  pictures: ['waveform_single', 'crosscorrelograms'].map(samplePicture),
  numbers: [
    {
      labels: ['A', 'B'],
      rows: [
        { id: 'template_diff', title: 'Template distance', unit: '', reading: 'below 0.2: alike', digits: 3, value: 0.1234567 },
        { id: 'refractory_dip', title: 'Refractory dip', unit: '%', reading: 'low: one cell', digits: 1, value: null },
      ],
    },
  ],
  examples: [],
};

export function sampleQuestion(changes: Partial<QuestionInput> = {}): BuiltQuestion {
  return buildQuestion({ ...sampleInput, ...changes });
}
