import type { Settings } from '../../../app/contract/settings.ts';
import { Failure } from '../../../app/failure.ts';
import type { Connection, Provider } from '../../../app/judges/judge.ts';
import { providerById } from '../../../app/judges/registry.ts';
import { checkedBaseUrl } from '../../../app/judges/wire/base-url.ts';
import { createRemoteFetch } from '../batch/remote-fetch.ts';
import type { SendRequest } from '../batch/send-request.ts';
import type { Tables } from '../db/tables.ts';
import type { Log } from '../log.ts';
import type { Vault } from '../vault/vault.ts';

export interface ConnectParts {
  readonly tables: Tables;
  readonly log: Log;
  readonly vault: () => Promise<Vault>;
  readonly send: SendRequest;
}

export interface Connected {
  readonly provider: Provider;
  readonly connection: Connection;
  readonly baseUrl: string | undefined;
}

/**
 * A connection to a judge beyond this process, with its key from the vault. `baseUrl` replaces the address of the
 * settings. Throws `input.invalid` for an unknown judge or address, `provider.auth` where a key is needed and missing.
 */
export async function connectTo(
  parts: ConnectParts,
  judge: string,
  options: {
    readonly baseUrl?: string | undefined;
    readonly timeoutMs?: number | undefined;
    readonly maxReplyBytes?: number | undefined;
    /** For the log of requests. */
    readonly model?: string | undefined;
  } = {},
): Promise<Connected> {
  const provider: Provider = providerById(judge);
  const { tables, log } = parts;
  const settings = tables.settings.read();
  const baseUrl = usableBaseUrl(provider, options.baseUrl ?? addressOf(judge, settings));
  const key = await (await parts.vault()).get(judge);
  if (key !== undefined) log.registerSecret(key);
  if (provider.needsKey && key === undefined)
    throw new Failure('provider.auth', `There is no key for ${provider.title}. Enter one in the settings.`, { judge, wholeRun: true });
  const fetch = createRemoteFetch({
    hosts: provider.hosts,
    baseUrl,
    offlineOnly: () => tables.settings.read().offlineOnly,
    timeoutMs: options.timeoutMs ?? settings.timeoutS * 1000,
    ...(options.maxReplyBytes === undefined ? {} : { maxReplyBytes: options.maxReplyBytes }),
    title: provider.title,
    send: parts.send,
    onRequest: ({ method, host, path, status, failure, sentBytes, receivedBytes, ms }) => {
      tables.requests.add({
        judge,
        model: options.model ?? null,
        host,
        method,
        sentBytes,
        receivedBytes,
        status: status ?? null,
        failure: failure ?? null,
        ms,
      });
      // What went well stands in the table of requests alone.
      if (failure !== undefined || status === undefined || status >= 400)
        log.info('Asking a provider failed.', { judge, method, host, path, status, failure, sentBytes, receivedBytes, ms });
    },
  });
  return { provider, connection: provider.connect({ key, baseUrl, fetch }), baseUrl };
}

/** The address of the settings for a judge, or `undefined` for its own. */
export function addressOf(judge: string, settings: Settings): string | undefined {
  const address = {
    openai: settings.openaiUrl,
    anthropic: settings.anthropicUrl,
    google: settings.googleUrl,
    'openai-compatible': settings.openaiCompatibleUrl,
  }[judge];
  return address === undefined || address.trim() === '' ? undefined : address;
}

function usableBaseUrl(provider: Provider, address: string | undefined): string | undefined {
  if (address !== undefined) return checkedBaseUrl(address, provider.title);
  if (!provider.needsBaseUrl) return undefined;
  throw new Failure('input.invalid', `${provider.title} has no address yet. Enter one, such as http://127.0.0.1:11434/v1.`, {
    field: 'baseUrl',
  });
}
