import { expect, it } from 'vitest';
import { readProvenance } from '../../../../app/analyzer/recording/provenance.ts';

const binary = {
  class: 'spikeinterface.core.binaryrecordingextractor.BinaryRecordingExtractor',
  kwargs: {
    file_paths: ['a.raw', 'b.raw'],
    sampling_frequency: 25000,
    num_channels: 3,
    dtype: '<i2',
    gain_to_uV: 0.2,
    offset_to_uV: [1, 2, 3],
  },
};

it('describes raw files, one gain counting for every channel', () => {
  expect(readProvenance(binary, 'recording.json')).toMatchObject({
    kind: 'files',
    filePaths: ['a.raw', 'b.raw'],
    channelCount: 3,
    offsetBytes: 0,
    gainsToUv: Float64Array.of(0.2, 0.2, 0.2),
    offsetsToUv: Float64Array.of(1, 2, 3),
  });
});

it('takes the older spelling of the number of channels', () => {
  const { num_channels, ...rest } = binary.kwargs;
  expect(readProvenance({ ...binary, kwargs: { ...rest, num_chan: num_channels } }, 'recording.json')).toMatchObject({ channelCount: 3 });
});

const refused = [
  'spikeinterface.preprocessing.filter.BandpassFilterRecording',
  'spikeinterface.preprocessing.common_reference.CommonReferenceRecording',
  'spikeinterface.core.channelslice.ChannelSliceRecording',
  'spikeinterface.extractors.neoextractors.spikeglx.SpikeGLXRecordingExtractor',
];

it.each(refused)('refuses %s by its name', (className) => {
  const name = className.slice(className.lastIndexOf('.') + 1);
  expect(() => readProvenance({ ...binary, class: className }, 'recording.json')).toThrow(name);
});

it.each([
  [{ time_axis: 1 }, 'analyzer.unsupported'],
  [{ file_paths: [] }, 'analyzer.damaged'],
  [{ file_offset: -4 }, 'analyzer.damaged'],
  [{ dtype: '<U4' }, 'analyzer.unsupported'],
  [{ sampling_frequency: 'NaN' }, 'analyzer.damaged'],
])('refuses %j', (change, kind) => {
  const value = { ...binary, kwargs: { ...binary.kwargs, ...change } };
  expect(() => readProvenance(value, 'recording.json')).toThrow(expect.objectContaining({ kind }));
});
