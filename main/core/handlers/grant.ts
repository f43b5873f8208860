import { join } from 'node:path';
import type { HandlersOf } from '../../../app/contract/calls.ts';
import type { Core } from '../core.ts';

export function grantHandlers({ grants, options }: Core): HandlersOf<'grant'> {
  return {
    'grant.demo': async () => ({ grant: (await grants.grant(join(options.assetsFolder, 'demo', 'splits'), 'analyzer')).grant }),
  };
}
