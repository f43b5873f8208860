import { ActionIcon, Button, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { IconArrowBackUp, IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { say } from '../../state/live.ts';
import { useAct } from '../../state/queries.ts';
import styles from './candidates.module.css';
import {
  type Catalog,
  type CatalogStep,
  type Choice,
  type Parameter,
  type Params,
  type Pipeline,
  parameterValue,
  withMoved,
  withParameter,
} from './pipeline.ts';

function ParameterField(props: { step: CatalogStep; parameter: Parameter; params: Params; onChange: (params: Params) => void }) {
  const { step, parameter, params } = props;
  const value = parameterValue(params, step.id, parameter);
  const set = (to: number | string) => props.onChange(withParameter(params, step.id, parameter, to));
  const common = { label: parameter.name, description: parameter.description, className: styles['parameterField'] ?? '' };
  return (
    <div className={styles['parameter']} data-changed={value !== parameter.default}>
      {parameter.kind === 'choice' ? (
        <NativeSelect {...common} data={parameter.choices} value={String(value)} onChange={(event) => set(event.currentTarget.value)} />
      ) : (
        <NumberInput
          {...common}
          value={Number(value)}
          onChange={(to) => set(typeof to === 'number' && Number.isFinite(to) ? to : parameter.default)}
          allowDecimal={parameter.kind === 'number'}
          {...(parameter.least === undefined
            ? {}
            : { min: parameter.least + (parameter.aboveLeast && parameter.kind === 'integer' ? 1 : 0) })}
          {...(parameter.most === undefined ? {} : { max: parameter.most })}
          hideControls
        />
      )}
      <ActionIcon
        size={22}
        aria-label={`Reset ${step.id}.${parameter.name} to ${String(parameter.default)}`}
        title={`Default: ${String(parameter.default)}`}
        disabled={value === parameter.default}
        onClick={() => set(parameter.default)}
      >
        <IconArrowBackUp size={14} aria-hidden />
      </ActionIcon>
    </div>
  );
}

function StepRow(props: {
  step: CatalogStep;
  place: number;
  count: number;
  params: Params;
  onParams: (params: Params) => void;
  onMove: (by: 1 | -1) => void;
  onRemove: () => void;
}) {
  const { step, params } = props;
  const said = step.params.map((parameter) => String(parameterValue(params, step.id, parameter))).join(' · ');
  const changed = params[step.id] !== undefined;
  return (
    <li className={styles['step']} data-missing={step.missing.length > 0}>
      <details>
        <summary>
          <span className={styles['stepId']}>{step.id}</span>
          <span className={styles['stepSaid']} data-changed={changed}>
            {said}
          </span>
        </summary>
        <div className={styles['stepBody']}>
          <p>{step.purpose}</p>
          {step.computes.length > 0 && (
            <p className={styles['muted']}>Not stored in this analyzer, computed for the search: {step.computes.join(', ')}.</p>
          )}
          {step.params.map((parameter) => (
            <ParameterField key={parameter.name} step={step} parameter={parameter} params={params} onChange={props.onParams} />
          ))}
          <div className={styles['stepTools']}>
            <ActionIcon aria-label={`Move ${step.id} up`} title="Earlier" disabled={props.place === 0} onClick={() => props.onMove(-1)}>
              <IconArrowUp size={14} aria-hidden />
            </ActionIcon>
            <ActionIcon
              aria-label={`Move ${step.id} down`}
              title="Later"
              disabled={props.place === props.count - 1}
              onClick={() => props.onMove(1)}
            >
              <IconArrowDown size={14} aria-hidden />
            </ActionIcon>
            <ActionIcon aria-label={`Leave out ${step.id}`} title="Leave out" onClick={props.onRemove}>
              <IconX size={14} aria-hidden />
            </ActionIcon>
          </div>
        </div>
      </details>
    </li>
  );
}

/** The steps of a search in their order; each opens to its parameters, and all of it can be kept under a name. */
export function PipelineForm(props: {
  catalog: Catalog;
  choice: Choice;
  pipeline: Pipeline;
  resolveGraph: boolean;
  problems: readonly string[];
  onChange: (pipeline: Pipeline) => void;
  onChoice: (choice: Choice) => void;
}) {
  const { catalog, choice, pipeline, onChange } = props;
  const save = useAct('candidates.savePipeline');
  const remove = useAct('candidates.removePipeline');
  const [name, setName] = useState('');
  const steps = pipeline.stepIds.flatMap((id) => catalog.steps.find((step) => step.id === id) ?? []);
  const others = catalog.steps.filter(({ id }) => !pipeline.stepIds.includes(id));
  const changed = Object.keys(pipeline.params).length > 0;

  const keep = async () => {
    const kept = await save.act({
      name,
      steps: [...pipeline.stepIds],
      params: Object.fromEntries(Object.entries(pipeline.params).map(([id, ofStep]) => [id, { ...ofStep }])),
      resolveGraph: props.resolveGraph,
    });
    if (!kept) return;
    say(`The steps are saved as ${name}.`);
    props.onChoice({ kind: 'pipeline', name: name.trim() });
    setName('');
  };
  return (
    <>
      <ol className={styles['stepList']} aria-label="Steps of the search">
        {steps.map((step, place) => (
          <StepRow
            key={step.id}
            step={step}
            place={place}
            count={steps.length}
            params={pipeline.params}
            onParams={(params) => onChange({ ...pipeline, params })}
            onMove={(by) => onChange({ ...pipeline, stepIds: withMoved(pipeline.stepIds, step.id, by) })}
            onRemove={() => onChange({ ...pipeline, stepIds: pipeline.stepIds.filter((id) => id !== step.id) })}
          />
        ))}
      </ol>
      <div className={styles['inline']}>
        <NativeSelect
          aria-label="Add a step"
          value=""
          disabled={others.length === 0}
          onChange={(event) => {
            const id = event.currentTarget.value;
            if (id !== '') onChange({ ...pipeline, stepIds: [...pipeline.stepIds, id] });
          }}
          data={[{ value: '', label: 'Add a step…' }, ...others.map((step) => ({ value: step.id, label: `${step.id}: ${step.title}` }))]}
        />
        <Button variant="subtle" disabled={!changed} onClick={() => onChange({ ...pipeline, params: {} })}>
          Reset parameters
        </Button>
      </div>
      {props.problems.map((problem) => (
        <p key={problem} className={styles['warning']}>
          {problem}
        </p>
      ))}
      <div className={styles['inline']}>
        <TextInput
          aria-label="Name of these steps"
          placeholder="Save these steps as…"
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || name.trim() === '') return;
            event.preventDefault();
            void keep();
          }}
        />
        <Button disabled={name.trim() === '' || save.busy || pipeline.stepIds.length === 0} onClick={() => void keep()}>
          Save
        </Button>
        {choice.kind === 'pipeline' && (
          <Button
            variant="subtle"
            onClick={async () => {
              if (await remove.act({ name: choice.name })) props.onChoice({ kind: 'own' });
            }}
          >
            Delete
          </Button>
        )}
      </div>
    </>
  );
}
