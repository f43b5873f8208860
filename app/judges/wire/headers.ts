const taken = { accept: 'application/json' } as const;

/** A request whose answer is JSON and that has no body. */
export const getJson = { method: 'GET', headers: taken } as const;

/** Headers of a request whose body and answer are JSON. */
export const jsonHeaders = { 'content-type': 'application/json', ...taken } as const;

/** What of a provider's own name for something may stand in an address: letters, digits, _ and -. */
export function pathPart(id: string): string {
  return id.replace(/[^A-Za-z0-9_-]/g, '');
}
