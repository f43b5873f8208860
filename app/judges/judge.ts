import type { ReadOptions } from '../analyzer/source.ts';

/** A picture as it is sent. */
export interface QuestionImage {
  readonly feature: string;
  readonly caption: string;
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp';
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** A part of what is asked, in order. The system text stands apart. */
export type QuestionPart = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'image'; readonly image: QuestionImage };

/** Everything a provider needs to ask once. Built by `question.ts`, never by an adapter. */
export interface Question {
  readonly system: string;
  readonly parts: readonly QuestionPart[];
  /** JSON Schema (draft 2020-12 subset that all providers accept) of the answer, and its name. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly schemaName: string;
  readonly maxOutputTokens: number;
  /** Left out where the model does not take one. */
  readonly temperature?: number | undefined;
}

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
}

/** What came back, untouched: parsing is `verdict.ts`, retrying is the batch's. */
export interface ProviderReply {
  readonly text: string;
  /** Our word, and theirs. */
  readonly finish: 'done' | 'length' | 'refused' | 'other';
  readonly rawFinish: string;
  readonly usage: TokenUsage;
  /** What the provider would not do as asked, in words ("no JSON schema, asked for JSON text instead"). */
  readonly warnings: readonly string[];
  /** The reply body as received, for the record (JSON text; never holds the key). */
  readonly raw: string;
  readonly model: string;
}

/** What an adapter is connected with. The key stays inside; it is never logged, stored or thrown. */
export interface ConnectOptions {
  readonly key: string | undefined;
  readonly baseUrl: string | undefined;
  /** The host's `fetch` (typed loosely: the domain has no DOM). Redirects are refused by the host. */
  readonly fetch: unknown;
}

export interface ProviderModel {
  readonly id: string;
  readonly title: string;
}

export interface Connection {
  /** Asks once. Throws a `Failure` of a `provider.*` kind; `details.retryAfterMs` where the provider said so. */
  send(model: string, question: Question, options?: ReadOptions): Promise<ProviderReply>;
  /** One cheap call that proves key, address and model. Throws like `send`. */
  test(model: string | undefined, options?: ReadOptions): Promise<void>;
  /** The provider's own list. */
  models(options?: ReadOptions): Promise<readonly ProviderModel[]>;
}

export interface Provider<Id extends string = string> {
  readonly id: Id;
  readonly title: string;
  readonly needsKey: boolean;
  readonly needsBaseUrl: boolean;
  /** Host names a key may be sent to when no base URL is given. */
  readonly hosts: readonly string[];
  connect(options: ConnectOptions): Connection;
}

export function defineProvider<const Id extends string>(provider: Provider<Id>): Provider<Id> {
  return provider;
}
