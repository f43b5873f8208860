import type { AnalyzerView, UnitId } from '../../../app/analyzer/view.ts';
import { Failure } from '../../../app/failure.ts';
import type { PlotGroup } from '../../../app/plots/feature.ts';

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
