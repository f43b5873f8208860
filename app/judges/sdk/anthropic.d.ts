// What is used of the package; see openai.d.ts.
interface ClientOptions {
  apiKey: string;
  webhookKey: null;
  baseURL: string;
  maxRetries: number;
  timeout: number;
  logLevel: 'off';
  openTelemetry: false;
  fetch: unknown;
}
export default class Anthropic {
  constructor(options: ClientOptions);
  get(path: string): Promise<unknown>;
  post(path: string, options: { body: unknown; headers?: Record<string, string> }): Promise<unknown>;
}
