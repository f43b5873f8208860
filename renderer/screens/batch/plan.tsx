import { Button, Checkbox, NativeSelect, NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Answer, BatchRequest } from '../../../app/contract/calls.ts';
import type { Settings } from '../../../app/contract/settings.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { counted, spokenCount } from '../../parts/spoken.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { say } from '../../state/live.ts';
import { askKey, useAct, useAsk } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import { type Asking, AskingFields, askingRequest, usualAsking } from './asking.tsx';
import styles from './batch.module.css';
import { Consent } from './consent.tsx';
import { Estimate } from './estimate.tsx';
import { Preflight } from './preflight.tsx';

type Judge = Answer<'judge.list'>['judges'][number];
type Which = 'all' | 'open' | 'chosen';

function ModelField(props: { judge: Judge; model: string; onChange: (model: string) => void }) {
  const { judge } = props;
  const asked = useAct('judge.models', { failureShown: true });
  const listed = asked.answer?.models.map((model) => ({ value: model.id, label: model.title }));
  const known = judge.models.map((model) => ({
    value: model.id,
    label: [model.title, ...(model.endsOn ? [`(ends ${model.endsOn})`] : []), ...(model.isGone ? ['(not in its list any more)'] : [])].join(
      ' ',
    ),
  }));
  const choices = listed ?? known;
  const data =
    choices.some((choice) => choice.value === props.model) || props.model === ''
      ? choices
      : [{ value: props.model, label: props.model }, ...choices];
  return (
    <div className={styles['model']}>
      {data.length > 0 ? (
        <NativeSelect label="Model" value={props.model} data={data} onChange={(event) => props.onChange(event.currentTarget.value)} />
      ) : (
        <TextInput
          label="Model"
          value={props.model}
          spellCheck={false}
          placeholder="Name of the model on the server"
          onChange={(event) => props.onChange(event.currentTarget.value)}
        />
      )}
      <Button onClick={() => void asked.act({ judge: judge.id })} disabled={asked.busy}>
        Ask for its list
      </Button>
      {asked.failure && <FailurePanel failure={asked.failure} onDismiss={asked.forget} />}
    </div>
  );
}

function FeatureList(props: { features: readonly string[]; onChange: (features: readonly string[]) => void }) {
  const { info } = useSession();
  return (
    <fieldset className={styles['features']}>
      <legend>Pictures shown</legend>
      {info.features.map((feature) => (
        <Checkbox
          key={feature.id}
          label={feature.title}
          description={feature.available ? undefined : `needs ${feature.missing.join(', ')}`}
          disabled={!feature.available}
          checked={feature.available && props.features.includes(feature.id)}
          onChange={(event) =>
            props.onChange(
              event.currentTarget.checked ? [...props.features, feature.id] : props.features.filter((one) => one !== feature.id),
            )
          }
        />
      ))}
    </fieldset>
  );
}

/** A new run: judge, model, groups, pictures; the estimate; start. */
export function Plan(props: { judges: readonly Judge[]; settings: Settings }) {
  const { session, info } = useSession();
  const queries = useQueryClient();
  const counts = useAsk('group.list', { sessionId: session.sessionId, count: 0 }).data?.counts;
  const chosenCount = counts?.chosen ?? 0;
  const [judgeId, setJudgeId] = useState(props.judges.find((judge) => !judge.remote)?.id ?? props.judges[0]?.id ?? '');
  const judge = props.judges.find((one) => one.id === judgeId);
  const [models, setModels] = useState<Readonly<Record<string, string>>>({});
  const [wish, setWish] = useState<Which | undefined>(undefined);
  // Whoever chose groups comes here to have those judged.
  const which = wish === 'chosen' && chosenCount === 0 ? 'all' : (wish ?? (chosenCount > 0 ? 'chosen' : 'all'));
  const [features, setFeatures] = useState<readonly string[]>(props.settings.features);
  const [numWorkers, setNumWorkers] = useState(props.settings.numWorkers);
  const [withNumbers, setWithNumbers] = useState(props.settings.withNumbers);
  const [sheet, setSheet] = useState(props.settings.pictures === 'sheet');
  const [again, setAgain] = useState(false);
  const [asking, setAsking] = useState<Asking>(usualAsking);
  const start = useAct('batch.start', { failureShown: true });

  const drawn = useMemo(
    () => info.features.filter((feature) => feature.available && features.includes(feature.id)).map(({ id }) => id),
    [info, features],
  );
  const model = judge ? (models[judge.id] ?? judge.defaultModel ?? judge.models[0]?.id ?? '') : '';
  const pictures = sheet ? 'sheet' : 'separate';
  const request: BatchRequest | undefined = judge && {
    sessionId: session.sessionId,
    judge: judge.id,
    ...(which === 'all' ? {} : { only: which }),
    ...(judge.remote
      ? {
          model,
          features: drawn,
          withNumbers,
          ...askingRequest(asking, judge.takesBatches),
          ...(asking.mode === 'panel' ? {} : { pictures }),
        }
      : {}),
    numWorkers,
    again,
  };
  const lacksModel = judge?.remote === true && model === '';
  const estimate = useAsk('batch.estimate', lacksModel || !counts ? undefined : request, { keepPrevious: true });
  // The estimate before stays on screen while the next one is made; not where it is about another judge.
  const estimatedOf = useRef(judgeId);
  useEffect(() => {
    if (!estimate.isPlaceholderData) estimatedOf.current = judgeId;
  }, [estimate.isPlaceholderData, judgeId]);
  const estimated = estimate.isPlaceholderData && estimatedOf.current !== judgeId ? undefined : estimate.data;
  const needsConsent = judge?.remote === true && props.settings.remoteConsentAt === '';
  const toJudge = estimate.data ? estimate.data.groupCount - (again ? 0 : estimate.data.alreadyAnswered) : 0;
  const ready =
    request !== undefined && !lacksModel && estimated !== undefined && toJudge > 0 && estimated.problems.length === 0 && !needsConsent;

  const run = async () => {
    if (!request) return;
    if (await start.act(request)) {
      say('The run has started.');
      await queries.invalidateQueries({ queryKey: askKey('batch.list') });
    }
  };

  return (
    <div className={styles['form']}>
      <NativeSelect
        label="Judge"
        value={judgeId}
        data={props.judges.map((one) => ({ value: one.id, label: one.title }))}
        onChange={(event) => setJudgeId(event.currentTarget.value)}
      />
      {judge?.remote && (
        <ModelField
          key={`model of ${judge.id}`}
          judge={judge}
          model={model}
          onChange={(next) => setModels({ ...models, [judge.id]: next })}
        />
      )}
      <div>
        <span className={styles['label']}>Groups</span>
        <SegmentedControl
          aria-label="Groups"
          size="xs"
          fullWidth
          value={which}
          onChange={(value) => setWish(value as Which)}
          data={[
            { value: 'all', label: 'All' },
            { value: 'open', label: 'Not decided' },
            { value: 'chosen', label: `Chosen (${spokenCount(chosenCount)})`, disabled: chosenCount === 0 },
          ]}
        />
      </div>
      {judge?.remote && (
        <>
          <FeatureList features={features} onChange={setFeatures} />
          <Checkbox
            label="All pictures on one sheet (fewer tokens, less detail)"
            disabled={asking.mode === 'panel'}
            checked={sheet && asking.mode !== 'panel'}
            onChange={(event) => setSheet(event.currentTarget.checked)}
          />
          <Checkbox
            label="Send the evidence numbers along"
            checked={withNumbers}
            onChange={(event) => setWithNumbers(event.currentTarget.checked)}
          />
          <AskingFields judge={judge} asking={asking} onChange={(change) => setAsking({ ...asking, ...change })} />
        </>
      )}
      <NumberInput
        label="Asked at the same time (num_workers)"
        value={numWorkers}
        min={1}
        max={256}
        allowDecimal={false}
        onChange={(value) => typeof value === 'number' && value >= 1 && setNumWorkers(Math.min(256, Math.round(value)))}
      />
      <Checkbox
        label="Ask again where this judge already answered"
        checked={again}
        onChange={(event) => setAgain(event.currentTarget.checked)}
      />
      {counts?.all === 0 && <p className={styles['warning']}>There is no group to judge yet: find merge candidates first.</p>}
      {estimate.error && <FailurePanel failure={estimate.error} onRetry={() => void estimate.refetch()} />}
      {estimated && <Estimate estimate={estimated} toJudge={toJudge} />}
      {judge?.remote && request && !lacksModel && <Preflight key={`check of ${judge.id}`} request={request} />}
      {needsConsent && estimated && <Consent leaves={estimated.leaves} />}
      <Button variant="filled" size="xs" disabled={!ready || start.busy} onClick={() => void run()}>
        {toJudge > 0 ? `Judge ${counted(toJudge, 'group')}` : 'Judge'}
      </Button>
      {start.busy && <Waiting what="Planning the run" progress={start.progress} onCancel={start.cancel} />}
      {start.failure && <FailurePanel failure={start.failure} onDismiss={start.forget} />}
    </div>
  );
}
