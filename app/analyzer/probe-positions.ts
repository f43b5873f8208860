import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

export interface ProbePositions {
  /** x, y per channel in the probe's unit (µm), channel order; empty where unknown. */
  readonly positionsUm: Float64Array;
  readonly problem: string | undefined;
}

const nowhere = new Float64Array(0);

/**
 * Where each channel lies, from a probeinterface probe group: contacts of all probes, put in the order of their device channel
 * indices (as SpikeInterface does), else from the recording's `location` property.
 */
export function probePositions(probegroup: JsonObject | undefined, recordingAttributes: JsonObject, channelCount: number): ProbePositions {
  const fromProbes = probegroup === undefined ? undefined : contactsOf(probegroup);
  if (fromProbes?.length === channelCount) return { positionsUm: flatten(fromProbes), problem: undefined };
  const properties = recordingAttributes['properties'];
  const locations = isJsonObject(properties) ? properties['location'] : undefined;
  const fromProperty = Array.isArray(locations) ? locations.map(pointOf) : [];
  if (fromProperty.length === channelCount && fromProperty.every((point) => point !== undefined)) {
    return { positionsUm: flatten(fromProperty as Point[]), problem: undefined };
  }
  const why =
    probegroup === undefined
      ? 'The analyzer has no probe (recording_info/probegroup.json)'
      : `The probe in recording_info/probegroup.json has ${fromProbes === undefined ? 'no readable' : fromProbes.length} contacts for ${channelCount} channels`;
  return {
    positionsUm: nowhere,
    problem: `${why}: whatever needs channel positions can't be drawn. Attach the probe to the recording and save the analyzer again.`,
  };
}

type Point = readonly [number, number];

function contactsOf(probegroup: JsonObject): Point[] | undefined {
  const probes = probegroup['probes'];
  if (!Array.isArray(probes)) return undefined;
  const contacts: { channel: number; point: Point }[] = [];
  for (const probe of probes) {
    if (!isJsonObject(probe) || !Array.isArray(probe['contact_positions'])) return undefined;
    const channels = probe['device_channel_indices'];
    for (const [at, position] of probe['contact_positions'].entries()) {
      const point = pointOf(position);
      const channel = Array.isArray(channels) ? channels[at] : contacts.length;
      if (point === undefined || typeof channel !== 'number') return undefined;
      if (channel >= 0) contacts.push({ channel, point });
    }
  }
  return contacts.sort((a, b) => a.channel - b.channel).map((contact) => contact.point);
}

function pointOf(value: JsonValue): Point | undefined {
  if (!Array.isArray(value)) return undefined;
  const [x, y] = value;
  return typeof x === 'number' && typeof y === 'number' && Number.isFinite(x) && Number.isFinite(y) ? [x, y] : undefined;
}

function flatten(points: readonly Point[]): Float64Array {
  return Float64Array.from(points.flat());
}
