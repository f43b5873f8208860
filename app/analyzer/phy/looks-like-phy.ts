/** True where a folder has what phy and Kilosort write. */
export function looksLikePhy(names: ReadonlySet<string>): boolean {
  return ['params.py', 'spike_times.npy', 'spike_clusters.npy', 'spike_templates.npy'].filter((name) => names.has(name)).length >= 2;
}
