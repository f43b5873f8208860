import OpenAI from 'openai';
import { type SdkFetch, sdkTimeoutMs } from './exchange.ts';

/** OpenAI's SDK for one request. Everything that it would look up in the environment is given or ruled out. */
export function openaiClient(apiKey: string, baseURL: string, fetch: SdkFetch): OpenAI {
  return new OpenAI({
    apiKey,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL,
    maxRetries: 0,
    timeout: sdkTimeoutMs,
    logLevel: 'off',
    fetch,
  });
}
