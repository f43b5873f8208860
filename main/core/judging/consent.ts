import { Failure } from '../../../app/failure.ts';
import type { Tables } from '../db/tables.ts';
import { offlineJudge } from './plan-run.ts';

/**
 * Throws `provider.offlineOnly` where a window asks for a run beyond this process before the person agreed to it. An
 * address on this machine needs the same word: what listens there may hand the pictures on.
 */
export function refuseWithoutConsent(tables: Tables, judge: string): void {
  if (judge === offlineJudge || tables.settings.read().remoteConsentAt !== '') return;
  throw new Failure(
    'provider.offlineOnly',
    'Nothing was sent: nobody has agreed yet that pictures and numbers may leave this machine. Agree on the Judge page first.',
    { judge },
  );
}
