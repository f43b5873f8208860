/** Switches that would let another program into an installed copy; no fuse covers them. */
const refused = ['remote-debugging-port', 'remote-debugging-pipe', 'inspect', 'inspect-brk', 'js-flags', 'load-extension'];

/** The first switch of this start that an installed copy does not start with, or undefined. */
export function refusedSwitch(hasSwitch: (name: string) => boolean): string | undefined {
  return refused.find(hasSwitch);
}
