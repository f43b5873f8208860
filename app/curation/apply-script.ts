import type { UnitId } from '../analyzer/view.ts';
import type { AnalyzerForm } from '../analyzer/writing/analyzer-writer.ts';

export interface ScriptRequest {
  /** Where the source analyzer lies, from the folder the script is written into (or absolute), `/`-separated. */
  readonly sourcePath: string;
  /** Where the script shall write its own result, in the same way. */
  readonly targetPath: string;
  readonly merges: readonly { readonly units: readonly UnitId[]; readonly newUnitId: UnitId }[];
  readonly sparsityOverlap: number;
  readonly censorMs: number | undefined;
  readonly format: AnalyzerForm;
}

/**
 * A Python script that does the same merges with SpikeInterface alone: `load_sorting_analyzer`, `merge_units`, `save_as`.
 * Unit ids are literals of their own type, so nothing depends on this application.
 */
export function applyScript(request: ScriptRequest): string {
  const groups = request.merges.map(({ units }) => `    [${units.map(literal).join(', ')}],`);
  const ids = request.merges.map(({ newUnitId }) => literal(newUnitId)).join(', ');
  return `${[
    '"""Merges units that were found to be the same cell, with SpikeInterface alone.',
    '',
    'Usage: python apply_merges.py [SOURCE] [TARGET]',
    'SOURCE is the analyzer before merging, TARGET a new folder. SpikeInterface 0.102 or newer.',
    '"""',
    'import sys',
    'from pathlib import Path',
    '',
    'import spikeinterface.full as si',
    '',
    'here = Path(__file__).resolve().parent',
    `source = Path(sys.argv[1]) if len(sys.argv) > 1 else here / ${literal(request.sourcePath)}`,
    `target = Path(sys.argv[2]) if len(sys.argv) > 2 else here / ${literal(request.targetPath)}`,
    '',
    'groups = [',
    ...groups,
    ']',
    `new_unit_ids = [${ids}]`,
    '',
    'analyzer = si.load_sorting_analyzer(source, load_extensions=False)',
    'for name in analyzer.get_saved_extension_names():',
    '    try:',
    '        analyzer.load_extension(name)',
    '    except Exception as problem:',
    '        print(f"{name} is left out: {problem}")',
    '',
    'merged = analyzer.merge_units(',
    '    groups,',
    '    new_unit_ids=new_unit_ids,',
    `    censor_ms=${request.censorMs === undefined ? 'None' : request.censorMs},`,
    '    merging_mode="soft",',
    `    sparsity_overlap=${request.sparsityOverlap},`,
    ')',
    `merged.save_as(format=${literal(request.format)}, folder=target)`,
    'print(merged)',
  ].join('\n')}\n`;
}

/** JSON text is a Python literal too; what is not ASCII is escaped, so that the file's encoding does not matter. */
function literal(value: UnitId): string {
  return JSON.stringify(value).replace(/[^ -~]/gu, (letter) => {
    const code = (letter.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}
