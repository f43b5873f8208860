import { Button, NativeSelect, Switch } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { counted, spokenNumber } from '../../parts/spoken.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { say } from '../../state/live.ts';
import { askKey, useAct, useAsk } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import styles from './candidates.module.css';
import { Outcome } from './outcome.tsx';
import { type Catalog, type Choice, choiceName, choiceNamed, type Pipeline, pipelineOf, problemsOf, requestOf } from './pipeline.ts';
import { PipelineForm } from './pipeline-form.tsx';
import { firstThreshold, SimilarityForm, useCurve } from './similarity-form.tsx';

function choices(catalog: Catalog | undefined) {
  return [
    { group: 'One step', items: [{ value: 'similarity', label: 'Template similarity' }] },
    {
      group: 'SpikeInterface presets',
      items: catalog?.presets.map(({ id, title }) => ({ value: choiceName({ kind: 'preset', id }), label: title })) ?? [],
    },
    {
      group: 'Own',
      items: [
        ...(catalog?.pipelines.map(({ name }) => ({ value: choiceName({ kind: 'pipeline', name }), label: name })) ?? []),
        { value: 'own', label: 'Put steps together…' },
      ],
    },
  ];
}

function NoneAt(props: { threshold: number; onUse: (threshold: number) => void }) {
  const curve = useCurve().data;
  const next = curve && firstThreshold(curve);
  return (
    <>
      <p>
        <strong>No candidate at {props.threshold.toFixed(2)}.</strong>{' '}
        {curve && curve.smallestDiff !== null && `The most similar pair differs by ${spokenNumber(curve.smallestDiff, 3)}.`}
      </p>
      {next !== undefined && (
        <Button onClick={() => props.onUse(next)}>
          Use {next.toFixed(2)} ({counted(curve?.pairCounts[curve.thresholds.indexOf(next)] ?? 0, 'pair')})
        </Button>
      )}
    </>
  );
}

/** A search: which preset or steps, their parameters, and what the newest one found. */
export function Search() {
  const { session } = useSession();
  const { sessionId } = session;
  const queries = useQueryClient();
  const catalog = useAsk('candidates.catalog', { sessionId });
  const last = useAsk('candidates.lastRun', { sessionId });
  const find = useAct('candidates.find', { failureShown: true });
  const [choice, setChoice] = useState<Choice>({ kind: 'similarity' });
  const [pipeline, setPipeline] = useState<Pipeline>({ stepIds: ['template_similarity'], params: {} });
  const [threshold, setThreshold] = useState(0.25);
  const [searched, setSearched] = useState<number | undefined>(undefined);
  const [resolveGraph, setResolveGraph] = useState(false);
  const [unite, setUnite] = useState(false);

  const choose = (next: Choice) => {
    setChoice(next);
    if (!catalog.data) return;
    setPipeline(pipelineOf(catalog.data, next, pipeline));
    const saved = next.kind === 'pipeline' ? catalog.data.pipelines.find(({ name }) => name === next.name) : undefined;
    if (saved) setResolveGraph(saved.resolveGraph);
  };
  const run = async (at: number | undefined) => {
    setSearched(at);
    const asked =
      at === undefined && catalog.data
        ? requestOf(catalog.data, choice, pipeline, { sessionId, resolveGraph, unite })
        : {
            sessionId,
            steps: ['template_similarity'],
            params: { template_similarity: { template_diff_thresh: at ?? threshold } },
            resolveGraph,
            unite,
          };
    const answer = await find.act(asked);
    void queries.invalidateQueries({ queryKey: askKey('candidates.lastRun') });
    if (answer) say(answer.groupCount === 0 ? 'No candidate found.' : `${counted(answer.groupCount, 'group')} found.`);
  };

  const single = choice.kind === 'similarity';
  const preset = choice.kind === 'preset' ? catalog.data?.presets.find(({ id }) => id === choice.id) : undefined;
  const problems = catalog.data && !single ? problemsOf(catalog.data, pipeline.stepIds) : [];
  const shown = find.answer ?? last.data?.run;
  return (
    <form
      className={styles['search']}
      onSubmit={(event) => {
        event.preventDefault();
        void run(single ? threshold : undefined);
      }}
    >
      <NativeSelect
        label="Search by"
        value={choiceName(choice)}
        onChange={(event) => choose(choiceNamed(event.currentTarget.value))}
        data={choices(catalog.data)}
      />
      {catalog.error && <FailurePanel failure={catalog.error} onRetry={() => void catalog.refetch()} />}
      {preset && <p>{preset.purpose}</p>}
      {single ? (
        <SimilarityForm threshold={threshold} onChange={setThreshold} />
      ) : (
        catalog.data && (
          <PipelineForm
            catalog={catalog.data}
            choice={choice}
            pipeline={pipeline}
            resolveGraph={resolveGraph}
            problems={problems}
            onChange={setPipeline}
            onChoice={(next) => {
              setChoice(next);
              void catalog.refetch();
            }}
          />
        )
      )}
      <Switch
        label="Join pairs into groups (resolve_graph)"
        description="A–B and B–C become one group of three"
        checked={resolveGraph}
        onChange={(event) => setResolveGraph(event.currentTarget.checked)}
      />
      <Switch
        label="Keep what earlier searches found"
        description="Otherwise findings nobody looked at leave the list"
        checked={unite}
        onChange={(event) => setUnite(event.currentTarget.checked)}
      />
      <Button type="submit" variant="filled" size="xs" disabled={find.busy || problems.length > 0}>
        Find candidates
      </Button>
      {find.busy && <Waiting what="Finding merge candidates" progress={find.progress} onCancel={find.cancel} />}
      {find.failure && <FailurePanel failure={find.failure} onDismiss={find.forget} />}
      {shown && !find.busy && !find.failure && (
        <Outcome
          groupCount={shown.groupCount}
          steps={shown.steps}
          computed={shown.computed}
          ms={shown.ms}
          none={
            searched === undefined ? (
              <p>
                <strong>No candidate.</strong> The steps below show where the pairs were lost.
              </p>
            ) : (
              <NoneAt
                threshold={searched}
                onUse={(at) => {
                  setThreshold(at);
                  void run(at);
                }}
              />
            )
          }
        />
      )}
    </form>
  );
}
