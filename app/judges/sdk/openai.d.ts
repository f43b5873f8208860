// What is used of the package, in its own words. Its full types bring Node's along, and then the whole domain could
// reach for Node without the compiler minding.
interface ClientOptions {
  apiKey: string;
  adminAPIKey: null;
  organization: null;
  project: null;
  webhookSecret: null;
  baseURL: string;
  maxRetries: number;
  timeout: number;
  logLevel: 'off';
  fetch: unknown;
}
export default class OpenAI {
  constructor(options: ClientOptions);
  readonly responses: { create(body: object): Promise<unknown> };
  readonly chat: { readonly completions: { create(body: object): Promise<unknown> } };
  get(path: string): Promise<unknown>;
}
