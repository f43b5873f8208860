import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import { Failure } from '../../../app/failure.ts';
import type { PlotGroup } from '../../../app/plots/feature.ts';

/** One, two, three and eight units; sparse and dense; two segments, ids with spaces, slashes and accents; an old layout. */
export const drawnGroups: readonly { readonly analyzer: string; readonly ids: readonly UnitId[] }[] = [
  { analyzer: 'splits', ids: [0, 38] },
  { analyzer: 'splits', ids: [7, 19, 30] },
  { analyzer: 'splits', ids: [12, 43, 13, 14, 5, 29, 36, 37] },
  { analyzer: 'splits', ids: [9] },
  { analyzer: 'tutorial', ids: ['2', '5'] },
  { analyzer: 'multisegment', ids: ['unit 3', 'étoile'] },
  { analyzer: 'legacy-0.101.2-binary', ids: [0, 1] },
  { analyzer: 'legacy-0.102.3-binary', ids: ['0', '1'] },
  { analyzer: 'legacy-0.103.2-binary', ids: ['0', '1'] },
  { analyzer: 'legacy-0.104.9-binary', ids: ['0', '1'] },
];

/** Units by id, called A, B, … */
export function groupOf(view: AnalyzerView, ids: readonly UnitId[]): PlotGroup {
  return { units: ids.map((id) => view.indexOf(id)), labels: ids.map((_, i) => String.fromCharCode(65 + i)) };
}

/** The view with some of its members replaced. */
export function changed(view: AnalyzerView, replaced: Partial<AnalyzerView>): AnalyzerView {
  return new Proxy(view, {
    get(target, name) {
      if (Object.hasOwn(replaced, name)) return replaced[name as keyof AnalyzerView];
      const value = target[name as keyof AnalyzerView];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** The view as if these extensions had never been computed. */
export function without(view: AnalyzerView, ...missing: string[]): AnalyzerView {
  return changed(view, {
    has: (id) => !missing.includes(id) && view.has(id),
    extension: (id, options) =>
      missing.includes(id) ? Promise.reject(new Failure('analyzer.missingExtension', `no ${id}`)) : view.extension(id, options),
  });
}

/** Every text an option shows. */
export function textsOf(option: unknown): string[] {
  const texts: string[] = [];
  const visit = (value: unknown, key: string) => {
    if (typeof value === 'string' && (key === 'text' || key === 'name')) texts.push(value);
    else if (ArrayBuffer.isView(value)) return;
    else if (Array.isArray(value)) for (const item of value) visit(item, key);
    else if (typeof value === 'object' && value !== null) for (const [name, item] of Object.entries(value)) visit(item, name);
  };
  visit(option, '');
  return texts;
}
