import { afterAll, describe, expect, it } from 'vitest';
import type { AnalyzerView } from '../../../app/analyzer/view.ts';
import { findCandidates } from '../../../app/candidates/run.ts';
import { openReference } from '../support/reference.ts';
import { silenced } from '../support/silenced.ts';

const opened = openReference('multisegment');
afterAll(async () => (await opened).close());

const search = (view: AnalyzerView, steps: readonly string[], params = {}) =>
  findCandidates(view, { steps, params, resolveGraph: false }, { now: () => performance.now() });

describe('where SpikeInterface stops with an error, a search says what stops it', () => {
  it.each([0, 1])('in presence_distance at a unit without spikes in segment %i', async (segment) => {
    const view = await silenced(await opened, 1, [segment]);
    const message = expect.stringMatching(new RegExp(`unit ${JSON.stringify(view.unitIds[1])}: it has no spike .* of segment ${segment}`));
    await expect(search(view, ['presence_distance'])).rejects.toMatchObject({ kind: 'input.invalid', message });
    await expect(search(await opened, ['presence_distance'])).resolves.toMatchObject({ steps: [{ id: 'presence_distance' }] });
  });

  it('in cross_contamination at a unit without spikes, and where no contamination can be estimated', async () => {
    const view = await silenced(await opened, 0, [0, 1]);
    const message = expect.stringContaining(`units ${JSON.stringify(view.unitIds[0])} and`);
    const steps = ['remove_contaminated', 'cross_contamination'];
    await expect(search(view, steps)).rejects.toMatchObject({ kind: 'input.invalid', message });
    await expect(search(view, ['num_spikes', ...steps])).resolves.toMatchObject({ steps: [{}, {}, {}] });
    const alike = { remove_contaminated: { refractory_period_ms: 0.5, censored_period_ms: 0.5 } };
    await expect(search(await opened, steps, alike)).rejects.toMatchObject({ kind: 'input.invalid' });
  });

  it('in knn where all spikes are at one x, as on a probe with one column', async () => {
    const view = await opened;
    const spikes = await view.spikes();
    const columns = {
      spike_amplitudes: { amplitudes: Float32Array.from(spikes.sampleIndex, (sample) => sample % 97) },
      spike_locations: {
        xUm: new Float32Array(spikes.count).fill(20),
        yUm: Float32Array.from(spikes.sampleIndex, (sample) => sample % 31),
      },
    };
    const extension = async (id: keyof typeof columns) => columns[id];
    const flat = Object.assign(Object.create(view) as AnalyzerView, { extension, has: () => true });
    const message = expect.stringContaining('their x are all the same');
    await expect(search(flat, ['knn'])).rejects.toMatchObject({ kind: 'input.invalid', message });
  });
});
