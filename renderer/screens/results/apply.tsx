import { Button, Checkbox, SegmentedControl, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import type { ChosenFolder } from '../../parts/folder-choice.tsx';
import { Panel } from '../../parts/panel.tsx';
import { counted } from '../../parts/spoken.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { say } from '../../state/live.ts';
import { useAct, useAsk } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import { Conflict } from './conflict.tsx';
import { MergeOptionFields, mergeDefaults } from './merge-options.tsx';
import { Merges } from './merges.tsx';
import { keyOf, ownIds, type TypedIds } from './own-unit-ids.ts';
import styles from './results.module.css';
import { Target } from './target.tsx';
import { Written } from './written.tsx';

type MergeSource = 'review' | 'verdicts';
type Choice = 'merge' | 'apart';

const outputs = [
  { id: 'analyzer', title: 'Merged analyzer', hint: 'Loads with si.load_sorting_analyzer' },
  { id: 'resultsCsv', title: 'results.csv', hint: 'One row per group, with verdicts and decisions' },
  { id: 'curationJson', title: 'curation.json (format 2)', hint: 'For apply_curation and other tools' },
  { id: 'applyScript', title: 'apply_merges.py', hint: 'The same merges with SpikeInterface alone' },
  { id: 'phyFolder', title: 'Folder for phy', hint: 'The merged units, for phy template-gui; one segment only' },
  { id: 'phyReview', title: 'curation_review.json', hint: 'All groups with their decisions, for phy 2.2; whole-number ids only' },
] as const;

/** A folder of phy is merged into another one; what is for analyzers has no meaning there. */
const outputsOfPhy = outputs
  .filter(({ id }) => id !== 'applyScript' && id !== 'phyFolder')
  .map((output) =>
    output.id === 'analyzer' ? { ...output, title: 'Merged folder for phy', hint: 'Opens in phy and with si.read_phy' } : output,
  );

type Wanted = Readonly<Record<(typeof outputs)[number]['id'], boolean>>;
const wantedAtFirst: Wanted = {
  analyzer: true,
  resultsCsv: true,
  curationJson: true,
  applyScript: true,
  phyFolder: false,
  phyReview: false,
};

/** Accepted groups become merges; conflicts ask first; everything is written to a new folder. */
export function Apply() {
  const { session, info } = useSession();
  const isPhy = info.format === 'phy';
  const offered = isPhy ? outputsOfPhy : outputs;
  const [source, setSource] = useState<MergeSource>('review');
  const [options, setOptions] = useState(mergeDefaults);
  const { newIdStrategy, sparsityOverlap } = options;
  const [choices, setChoices] = useState<Readonly<Record<string, Choice>>>({});
  const answered = useMemo(
    () => Object.entries(choices).map(([key, choice]) => ({ units: JSON.parse(key) as (string | number)[], choice })),
    [choices],
  );
  const asked = { sessionId: session.sessionId, source, newIdStrategy, sparsityOverlap, conflicts: answered };
  const plan = useAsk('apply.plan', asked, { keepPrevious: true });
  const write = useAct('apply.write', { failureShown: true });
  const [typed, setTyped] = useState<TypedIds>({});
  const [wanted, setWanted] = useState(wantedAtFirst);
  const [target, setTarget] = useState<ChosenFolder | undefined>(undefined);
  const [folderName, setFolderName] = useState(`${session.analyzerName.replace(/\.zarr$/, '')}-merged`);

  const conflicts = plan.data?.conflicts ?? [];
  const open = useMemo(() => conflicts.filter((conflict) => choices[keyOf(conflict.units)] === undefined), [conflicts, choices]);
  const mergeCount = plan.data?.merges.length ?? 0;
  const unitIds = useMemo(() => info.units.map(({ id }) => id), [info.units]);
  const ids = useMemo(() => ownIds(unitIds, plan.data?.merges ?? [], typed), [unitIds, plan.data, typed]);
  const refusedIds = ids.problems.filter((problem) => problem !== undefined).length;
  const nothing = offered.every(({ id }) => !wanted[id]);
  const noMerge = (wanted.analyzer || wanted.phyFolder || wanted.applyScript) && mergeCount === 0;
  const isPlanned = plan.data !== undefined && !plan.isPlaceholderData;
  const isAnswered = open.length === 0 && refusedIds === 0 && !nothing && !noMerge;
  const ready = isPlanned && target !== undefined && folderName.trim() !== '' && isAnswered;

  const run = async () => {
    if (!target) return;
    const answer = await write.act({
      sessionId: session.sessionId,
      source,
      grant: target.grant,
      folderName: folderName.trim(),
      conflicts: conflicts.map((conflict) => ({ units: conflict.units, choice: choices[keyOf(conflict.units)] ?? 'apart' })),
      write: isPhy ? { ...wanted, applyScript: false, phyFolder: false } : wanted,
      format: options.format,
      newIdStrategy,
      sparsityOverlap,
      ...(ids.given.length > 0 && { newUnitIds: [...ids.given] }),
      ...(options.censorMs > 0 && { censorMs: options.censorMs }),
    });
    if (answer) say(`Written: ${counted(answer.unitCount, 'unit')}, ${counted(answer.mergedCount, 'merge')}.`);
  };

  return (
    <Panel title="Apply" className={styles['apply']}>
      <div className={styles['applyBody']}>
        <SegmentedControl
          aria-label="Merge what"
          size="xs"
          fullWidth
          value={source}
          onChange={(value) => setSource(value as MergeSource)}
          data={[
            { value: 'review', label: 'What people decided' },
            { value: 'verdicts', label: 'What judges said' },
          ]}
        />
        <p className={styles['muted']}>
          {source === 'review'
            ? 'Groups decided as the same cell are merged.'
            : 'Groups whose newest verdict is merge are merged, unless a person decided otherwise.'}
        </p>
        {plan.error && <FailurePanel failure={plan.error} onRetry={() => void plan.refetch()} />}
        {plan.data && (
          <>
            <p className={styles['counts']} aria-live="polite">
              <strong>{counted(mergeCount, 'merge')}</strong>: {plan.data.unitCountBefore} → {plan.data.unitCountAfter} units
            </p>
            <Merges merges={plan.data.merges} typed={typed} problems={ids.problems} onType={setTyped} />
            {conflicts.map((conflict) => (
              <Conflict
                key={keyOf(conflict.units)}
                conflict={conflict}
                choice={choices[keyOf(conflict.units)]}
                onChoose={(choice) => setChoices({ ...choices, [keyOf(conflict.units)]: choice })}
              />
            ))}
            {plan.data.warnings.length > 0 && (
              <ul className={styles['warnings']} aria-label="Warnings">
                {plan.data.warnings.map((warning) => (
                  <li key={warning}>{warning}</li>
                ))}
              </ul>
            )}
          </>
        )}
        <fieldset className={styles['outputs']}>
          <legend>Write</legend>
          {offered.map((output) => (
            <Checkbox
              key={output.id}
              label={output.title}
              description={output.hint}
              checked={wanted[output.id]}
              onChange={(event) => setWanted({ ...wanted, [output.id]: event.currentTarget.checked })}
            />
          ))}
        </fieldset>
        {!isPhy && <MergeOptionFields options={options} onChange={setOptions} />}
        <Target target={target} onChoose={setTarget} suggestedName={folderName} />
        <TextInput
          label="Name of the new folder"
          value={folderName}
          maxLength={200}
          spellCheck={false}
          onChange={(event) => setFolderName(event.currentTarget.value)}
        />
        <Button variant="filled" size="xs" disabled={!ready || write.busy} onClick={() => void run()}>
          Write to a new folder
        </Button>
        {!ready && plan.data && (
          <p className={styles['muted']}>
            {open.length > 0
              ? `Choose for ${counted(open.length, 'conflict')} first.`
              : refusedIds > 0
                ? `Give ${counted(refusedIds, 'merge')} another new unit id first.`
                : nothing
                  ? 'Tick what to write.'
                  : noMerge
                    ? 'Nothing is accepted yet, so there is nothing merged to write.'
                    : target === undefined
                      ? 'Choose where to write.'
                      : 'Give the new folder a name.'}
          </p>
        )}
        {write.busy && <Waiting what="Writing" progress={write.progress} onCancel={write.cancel} />}
        {write.failure && <FailurePanel failure={write.failure} onDismiss={write.forget} />}
        {write.answer && !write.busy && !write.failure && <Written written={write.answer} />}
      </div>
    </Panel>
  );
}
