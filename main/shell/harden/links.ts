import type { Ask } from '../../../app/contract/calls.ts';

export type LinkName = Ask<'app.openLink'>['link'];

/** The only addresses this application ever opens in a browser. */
export const links: Readonly<Record<LinkName, string>> = {
  spikeinterface: 'https://spikeinterface.readthedocs.io/en/stable/',
  'spikeinterface-extensions': 'https://spikeinterface.readthedocs.io/en/stable/modules/postprocessing.html',
  'openai-keys': 'https://platform.openai.com/api-keys',
  'anthropic-keys': 'https://console.anthropic.com/settings/keys',
  'google-keys': 'https://aistudio.google.com/apikey',
};

const hosts = new Set(Object.values(links).map((link) => new URL(link).host));

/** The address as it may be handed to the system, or undefined: https, a listed host, no sign-in part. */
export function openableLink(address: unknown): string | undefined {
  if (typeof address !== 'string' || address !== address.trim()) return undefined;
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return undefined;
  }
  const isOpenable = url.protocol === 'https:' && hosts.has(url.host) && url.username === '' && url.password === '';
  return isOpenable ? url.href : undefined;
}
