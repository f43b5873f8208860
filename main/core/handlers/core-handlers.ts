import type { CoreHandlers } from '../../../app/contract/calls.ts';
import type { Core } from '../core.ts';
import { analyzerHandlers } from './analyzer.ts';
import { applyHandlers } from './apply.ts';
import { batchHandlers } from './batch.ts';
import { candidatesHandlers } from './candidates.ts';
import { computeHandlers } from './compute.ts';
import { grantHandlers } from './grant.ts';
import { groupHandlers } from './group.ts';
import { judgeHandlers } from './judge.ts';
import { libraryHandlers } from './library.ts';
import { modelsHandlers } from './models.ts';
import { plotHandlers } from './plot.ts';
import { promptHandlers } from './prompt.ts';
import { requestsHandlers } from './requests.ts';
import { reviewHandlers } from './review.ts';
import { sessionHandlers } from './session.ts';
import { settingsHandlers } from './settings.ts';
import { vaultHandlers } from './vault.ts';
import { verdictHandlers } from './verdict.ts';

/** Everyone who answers a window. A call of the contract without a handler does not compile. */
export function coreHandlers(core: Core): CoreHandlers {
  return {
    ...grantHandlers(core),
    ...analyzerHandlers(core),
    ...sessionHandlers(core),
    ...computeHandlers(core),
    ...candidatesHandlers(core),
    ...groupHandlers(core),
    ...plotHandlers(core),
    ...judgeHandlers(core),
    ...modelsHandlers(core),
    ...vaultHandlers(core),
    ...batchHandlers(core),
    ...verdictHandlers(core),
    ...reviewHandlers(core),
    ...libraryHandlers(core),
    ...applyHandlers(core),
    ...promptHandlers(core),
    ...requestsHandlers(core),
    ...settingsHandlers(core),
  };
}
