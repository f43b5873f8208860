import { Failure } from '../../failure.ts';
import type { ReadOptions, Source } from '../source.ts';
import type { StoredAnalyzer } from '../stored-analyzer.ts';

export async function openZarrForm(source: Source, _options?: ReadOptions): Promise<StoredAnalyzer> {
  throw new Failure('analyzer.unsupported', `${source.name} is a zarr store, which is not read yet.`, {});
}
