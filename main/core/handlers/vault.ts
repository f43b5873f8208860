import type { HandlersOf } from '../../../app/contract/calls.ts';
import { providerById } from '../../../app/judges/registry.ts';
import type { Core } from '../core.ts';

export function vaultHandlers({ judges, log, emit }: Core): HandlersOf<'vault'> {
  const { vault } = judges;
  return {
    'vault.setKey': async ({ provider, key }) => {
      log.registerSecret(key.trim());
      const { kept } = await (await vault()).set(providerById(provider).id, key);
      log.info('A key was entered.', { provider, kept });
      emit('settings.changed', {});
      return { kept };
    },
    'vault.has': async ({ provider }) => (await vault()).has(providerById(provider).id),
    'vault.removeKey': async ({ provider }) => {
      const { removed } = await (await vault()).remove(providerById(provider).id);
      log.info('A key was removed.', { provider, removed });
      emit('settings.changed', {});
      return { removed };
    },
    'vault.state': async () => {
      const { protected: isProtected, backend } = (await vault()).state;
      return { protected: isProtected, backend };
    },
  };
}
