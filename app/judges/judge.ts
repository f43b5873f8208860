import type { ReadOptions } from '../analyzer/source.ts';
import type { Failure } from '../failure.ts';

/** A picture as it is sent. */
export interface QuestionImage {
  readonly feature: string;
  readonly caption: string;
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp';
  readonly bytes: Uint8Array;
  /** The bytes in base64, where the host has encoded them already. */
  readonly base64?: string | undefined;
  readonly sha256: string;
  /** Of a contact sheet: what its numbered pictures show, in their order. */
  readonly panels?: readonly { readonly feature: string; readonly caption: string }[] | undefined;
}

/** The features that a picture shows: its own, or those of a contact sheet. */
export function featuresOf(image: Pick<QuestionImage, 'feature' | 'panels'>): readonly string[] {
  return image.panels?.map(({ feature }) => feature) ?? [image.feature];
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
  /** So many parts at the beginning are the same for every group of a run; providers can keep them. */
  readonly stableParts?: number | undefined;
  /** Left out where the model does not take one. */
  readonly temperature?: number | undefined;
}

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the input: read from the provider's own cache. */
  readonly cachedInputTokens: number;
  /** Of the input: written to the provider's cache, where it says so. */
  readonly cacheWriteTokens?: number | undefined;
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

/** One question of a provider's batch, under a name that comes back with its answer. */
export interface OfferedQuestion {
  /** Letters, digits, "-" and "_", at most 64. */
  readonly id: string;
  readonly question: Question;
}

/** How one question of a batch ended. One that `expired` was never asked. */
export type OfferedOutcome =
  | { readonly ok: true; readonly reply: ProviderReply }
  | { readonly ok: false; readonly failure: Failure; readonly expired: boolean };

export interface OfferState {
  readonly state: 'working' | 'ended' | 'failed';
  readonly done: number;
  readonly total: number;
  /** The provider's own word, and why where it failed. */
  readonly detail: string;
}

/** A batch of which only what was sent is known. */
export interface SentBatch {
  readonly name: string;
  /** The names of its questions. */
  readonly questionIds: readonly string[];
  /** When sending began, by the clock of this machine: ms since 1970. */
  readonly sentAtMs: number;
}

/** `undecided`: a provider that keeps no names has one that it could be, and says which only when that has ended. */
export type FoundBatch =
  | { readonly what: 'taken'; readonly id: string }
  | { readonly what: 'not taken' }
  | { readonly what: 'undecided'; readonly id: string };

/** A provider's own batches: questions are handed over together, answered within a day, at a part of the price. */
export interface ProviderBatches {
  readonly priceFactor: number;
  readonly mostQuestions: number;
  /** Characters of all request bodies together. */
  readonly largestChars: number;
  /** How much a question takes of that. */
  charsOf(model: string, question: Question): number;
  /** Hands the questions over under a name of ours; what the provider calls the batch comes back. Throws as `send`. */
  submit(name: string, model: string, questions: readonly OfferedQuestion[], options?: ReadOptions): Promise<string>;
  /** Looks through the provider's own list for a batch that was sent, but of which it is not known whether it was taken. */
  find(sent: SentBatch, options?: ReadOptions): Promise<FoundBatch>;
  poll(id: string, options?: ReadOptions): Promise<OfferState>;
  /** What is there of an ended batch, by the questions' names, in no order. */
  collect(id: string, options?: ReadOptions): Promise<ReadonlyMap<string, OfferedOutcome>>;
  cancel(id: string, options?: ReadOptions): Promise<void>;
}

export interface Connection {
  /** Makes what asking this question will send, ahead of time; it is held until it was sent, no longer than the question. */
  prepare(model: string, question: Question): void;
  /** Asks once. Throws a `Failure` of a `provider.*` kind; `details.retryAfterMs` where the provider said so. */
  send(model: string, question: Question, options?: ReadOptions): Promise<ProviderReply>;
  /** One cheap call that proves key, address and model. Throws like `send`. */
  test(model: string | undefined, options?: ReadOptions): Promise<void>;
  /** The provider's own list. */
  models(options?: ReadOptions): Promise<readonly ProviderModel[]>;
  /** Left out where the provider has none. */
  readonly batches?: ProviderBatches;
}

export interface Provider<Id extends string = string> {
  readonly id: Id;
  readonly title: string;
  readonly needsKey: boolean;
  readonly needsBaseUrl: boolean;
  /** Host names a key may be sent to when no base URL is given. */
  readonly hosts: readonly string[];
  /** What one question may hold. */
  readonly limits: { readonly mostPictures: number; readonly pictureBytes: number; readonly questionBytes: number };
  /** Takes batches of its own at a part of the price. */
  readonly takesBatches: boolean;
  connect(options: ConnectOptions): Connection;
}

export function defineProvider<const Id extends string>(provider: Provider<Id>): Provider<Id> {
  return provider;
}
