import type { Emit } from '../../app/contract/events.ts';
import type { CoreOptions } from '../../app/contract/link.ts';
import type { OpenAnalyzers } from './analyzers/open-analyzers.ts';
import type { ComputedStore } from './compute/computed-store.ts';
import type { Computer } from './compute/computer.ts';
import type { Tables } from './db/tables.ts';
import type { Grants } from './files/grants.ts';
import type { Judges } from './judging/judges.ts';
import type { Log } from './log.ts';
import type { PictureRoom } from './pictures/picture-room.ts';
import type { Searcher } from './searching/searcher.ts';
import type { GroupLists } from './sessions/group-list.ts';

/** What every handler works with. */
export interface Core {
  readonly options: CoreOptions;
  readonly tables: Tables;
  readonly lists: GroupLists;
  readonly log: Log;
  readonly emit: Emit;
  readonly grants: Grants;
  readonly analyzers: OpenAnalyzers;
  readonly pictures: PictureRoom;
  readonly computedStore: ComputedStore;
  readonly computer: Computer;
  readonly searcher: Searcher;
  readonly judges: Judges;
}
