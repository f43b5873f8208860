import { Button, Checkbox, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Answer } from '../../../app/contract/calls.ts';
import { type ImageRule, type ModelRow, modelRowSchema } from '../../../app/contract/model-row.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { Panel } from '../../parts/panel.tsx';
import { counted, spokenTime } from '../../parts/spoken.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { say } from '../../state/live.ts';
import { useAct, useAsk } from '../../state/queries.ts';
import styles from './settings.module.css';

type Provider = Answer<'models.list'>['providers'][number];
type Listed = Provider['models'][number];

/** What the form holds: texts and numbers as they are typed. */
type Draft = Readonly<Record<string, string | number | boolean>>;

const ruleNames = {
  none: 'Takes no pictures',
  fixed: 'So many tokens a picture',
  patches: 'Squares',
  tiles: 'Tiles of 512 px',
} as const;

const ruleFields: Readonly<Record<keyof typeof ruleNames, readonly (readonly [name: string, label: string])[]>> = {
  none: [],
  fixed: [['tokens', 'Tokens']],
  patches: [
    ['sizePx', 'Side of a square (px)'],
    ['maximum', 'Most squares'],
    ['factor', 'Tokens a square'],
    ['longEdgePx', 'Longest edge (px), if any'],
  ],
  tiles: [
    ['base', 'Tokens of every picture'],
    ['perTile', 'Tokens a tile'],
  ],
};

const prices = [
  ['inputUsdPerMillion', 'In'],
  ['outputUsdPerMillion', 'Out'],
  ['cachedInputUsdPerMillion', 'In, from its cache'],
  ['cacheWriteUsdPerMillion', 'In, written to its cache'],
] as const;

function rulesText(row: Pick<ModelRow, 'images' | 'imagesAssumedAs'>): string {
  const { images } = row;
  const rule =
    images === null
      ? 'none'
      : images.rule === 'fixed'
        ? `${images.tokens} tokens each`
        : images.rule === 'tiles'
          ? `${images.base} + ${images.perTile} a tile`
          : `${images.sizePx} px squares, up to ${images.maximum}${images.longEdgePx === undefined ? '' : `, edge ${images.longEdgePx} px`}${images.factor === 1 ? '' : `, × ${images.factor}`}`;
  return row.imagesAssumedAs === undefined ? rule : `${rule}; assumed as ${row.imagesAssumedAs}`;
}

const originWords: Readonly<Record<Listed['origin'], string>> = {
  shipped: '',
  edited: 'edited',
  added: 'added by you',
  listed: 'from its list',
};

function marksOf(row: Listed, host: string | undefined): string {
  const marks = [row.default ? 'default' : '', originWords[row.origin], row.isGone ? `not in the list of ${host}` : ''];
  return marks.filter((mark) => mark !== '').join(', ');
}

function draftOf(row: Listed | undefined): Draft {
  const { rule = 'none', ...numbers } = row?.images ?? {};
  return {
    id: row?.id ?? '',
    title: row?.title ?? '',
    rule,
    ...numbers,
    ...Object.fromEntries(prices.map(([name]) => [name, row?.[name] ?? ''])),
    endsOn: row?.endsOn ?? '',
    temperature: row?.temperature ?? false,
    default: row?.default ?? false,
    note: row?.note ?? '',
  };
}

/** The row of a draft, or the first thing that is wrong with it. */
function rowOf(draft: Draft, before: Listed | undefined): ModelRow | string {
  const text = (name: string) => String(draft[name] ?? '').trim();
  const number = (name: string) => (text(name) === '' ? undefined : Number(text(name)));
  const rule = text('rule') as keyof typeof ruleNames;
  const numbers = Object.fromEntries(ruleFields[rule].flatMap(([name]) => (number(name) === undefined ? [] : [[name, number(name)]])));
  const images = rule === 'none' ? null : ({ rule, ...numbers } as ImageRule);
  // An assumption that was looked at and changed is none any more.
  const isAssumed = before?.imagesAssumedAs !== undefined && rulesText({ images }) === rulesText({ images: before.images });
  const optional = (name: 'cachedInputUsdPerMillion' | 'cacheWriteUsdPerMillion') =>
    number(name) === undefined ? {} : { [name]: number(name) };
  const parsed = modelRowSchema.safeParse({
    id: text('id'),
    title: text('title') || text('id'),
    images,
    ...(isAssumed ? { imagesAssumedAs: before.imagesAssumedAs } : {}),
    inputUsdPerMillion: number('inputUsdPerMillion') ?? null,
    outputUsdPerMillion: number('outputUsdPerMillion') ?? null,
    ...optional('cachedInputUsdPerMillion'),
    ...optional('cacheWriteUsdPerMillion'),
    endsOn: text('endsOn') || null,
    temperature: draft['temperature'] === true,
    ...(draft['default'] === true ? { default: true } : {}),
    ...(text('note') === '' ? {} : { note: text('note') }),
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return `${issue?.path.join(', ')}: ${issue?.message}`;
}

function Editor(props: { provider: Provider; row: Listed | undefined; onClose: () => void }) {
  const { provider, row } = props;
  const keep = useAct('models.keep', { failureShown: true });
  const [draft, setDraft] = useState<Draft>(() => draftOf(row));
  const [wrong, setWrong] = useState('');
  const set = (name: string, value: string | number | boolean) => setDraft({ ...draft, [name]: value });
  const rule = String(draft['rule']) as keyof typeof ruleNames;

  const save = async (event: FormEvent) => {
    event.preventDefault();
    const next = rowOf(draft, row);
    setWrong(typeof next === 'string' ? next : '');
    if (typeof next === 'string' || !(await keep.act({ provider: provider.id, row: next }))) return;
    say(`${next.title} is kept.`);
    props.onClose();
  };
  const words = (name: string, label: string, placeholder?: string) => (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={String(draft[name] ?? '')}
      spellCheck={false}
      onChange={(event) => set(name, event.currentTarget.value)}
    />
  );
  const amount = (name: string, label: string) => (
    <NumberInput
      key={name}
      label={label}
      value={draft[name] as string | number}
      min={0}
      hideControls
      onChange={(value) => set(name, value)}
    />
  );

  return (
    <form className={styles['modelForm']} aria-label={row ? `Edit ${row.title}` : 'New model'} onSubmit={(event) => void save(event)}>
      {row ? <h3>{row.id}</h3> : words('id', 'Name as the provider knows it')}
      {words('title', 'Name to show')}
      <NativeSelect
        label="Pictures"
        value={rule}
        data={Object.entries(ruleNames).map(([value, label]) => ({ value, label }))}
        onChange={(event) => set('rule', event.currentTarget.value)}
      />
      {ruleFields[rule].map(([name, label]) => amount(name, label))}
      <fieldset className={styles['prices']}>
        <legend>USD per million tokens; empty where not known</legend>
        {prices.map(([name, label]) => amount(name, label))}
      </fieldset>
      {words('endsOn', 'Ends on', 'YYYY-MM-DD, empty where nothing was said')}
      {words('note', 'Note')}
      <Checkbox
        label="Takes a temperature"
        checked={draft['temperature'] === true}
        onChange={(event) => set('temperature', event.currentTarget.checked)}
      />
      <Checkbox
        label="Asked where none is chosen"
        checked={draft['default'] === true}
        onChange={(event) => set('default', event.currentTarget.checked)}
      />
      {wrong !== '' && (
        <p className={styles['warning']} role="alert">
          {wrong}
        </p>
      )}
      {keep.failure && <FailurePanel failure={keep.failure} onDismiss={keep.forget} />}
      <div className={styles['modelActs']}>
        <Button type="submit" disabled={keep.busy}>
          Keep
        </Button>
        <Button onClick={props.onClose}>Discard</Button>
      </div>
    </form>
  );
}

function Rows(props: { provider: Provider; onEdit: (id: string) => void }) {
  const { provider } = props;
  const remove = useAct('models.remove');
  const reset = useAct('models.reset');
  if (provider.models.length === 0) return <p className={styles['muted']}>No model is known. Refresh from its list, or add one.</p>;
  return (
    <div className={styles['log']}>
      <table>
        <caption className={styles['muted']}>USD per million tokens</caption>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Pictures</th>
            <th scope="col">In</th>
            <th scope="col">Out</th>
            <th scope="col">Ends</th>
            <th scope="col">Mark</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {provider.models.map((row) => (
            <tr key={row.id} data-gone={row.isGone}>
              <th scope="row">{row.title}</th>
              <td>{rulesText(row)}</td>
              <td>{row.inputUsdPerMillion ?? '–'}</td>
              <td>{row.outputUsdPerMillion ?? '–'}</td>
              <td>{row.endsOn ?? '–'}</td>
              <td>{marksOf(row, provider.list?.host)}</td>
              <td className={styles['modelActs']}>
                <button type="button" className={styles['link']} aria-label={`Edit ${row.title}`} onClick={() => props.onEdit(row.id)}>
                  Edit
                </button>
                {row.origin === 'edited' && (
                  <button
                    type="button"
                    className={styles['link']}
                    aria-label={`Set ${row.title} back`}
                    onClick={() => void reset.act({ provider: provider.id, model: row.id })}
                  >
                    Set back
                  </button>
                )}
                <button
                  type="button"
                  className={styles['link']}
                  aria-label={`Remove ${row.title}`}
                  onClick={() => void remove.act({ provider: provider.id, model: row.id })}
                >
                  Remove
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The table of models: what each takes, costs and when it ends; edited by the person, refreshed from the providers' own lists. */
export function Models() {
  const list = useAsk('models.list', {});
  const refresh = useAct('models.refresh', { failureShown: true });
  const reset = useAct('models.reset');
  const [providerId, setProviderId] = useState('');
  const [editing, setEditing] = useState<string | undefined>(undefined);
  const providers = list.data?.providers ?? [];
  const provider = providers.find(({ id }) => id === providerId) ?? providers[0];
  const edited = provider?.models.find(({ id }) => id === editing);
  const isOwn =
    provider && (provider.removed.length > 0 || provider.list !== null || provider.models.some(({ origin }) => origin !== 'shipped'));

  return (
    <Panel title="Models">
      <p className={styles['intro']}>
        What models take and cost, for estimates and picture sizes.
        {list.data && ` Shipped prices of ${list.data.date}; providers change them.`}
      </p>
      {list.error && <FailurePanel failure={list.error} onRetry={() => void list.refetch()} />}
      {!list.data && !list.error && <Waiting what="Reading the models" />}
      {provider && (
        <>
          <div className={styles['modelActs']}>
            <NativeSelect
              aria-label="Provider"
              value={provider.id}
              data={providers.map(({ id, title }) => ({ value: id, label: title }))}
              onChange={(event) => {
                setProviderId(event.currentTarget.value);
                setEditing(undefined);
                refresh.forget();
              }}
            />
            <Button disabled={refresh.busy} onClick={() => void refresh.act({ provider: provider.id })}>
              Refresh from provider
            </Button>
            <Button onClick={() => setEditing('')}>Add a model</Button>
            <Button disabled={!isOwn || reset.busy} onClick={() => void reset.act({ provider: provider.id })}>
              Set all back
            </Button>
          </div>
          {refresh.busy && <p className={styles['muted']}>Asking {provider.title} for its list…</p>}
          {refresh.answer && (
            <p className={styles['works']} role="status">
              {counted(refresh.answer.listed, 'model')} listed, {refresh.answer.added.length} new, {refresh.answer.gone.length} of this
              table gone.
            </p>
          )}
          {refresh.failure && <FailurePanel failure={refresh.failure} onDismiss={refresh.forget} />}
          {provider.list && (
            <p className={styles['muted']}>
              Its own list: {counted(provider.list.count, 'model')} at {provider.list.host}, {spokenTime(provider.list.askedAt)}.
            </p>
          )}
          {editing !== undefined && (
            <Editor key={`${provider.id} ${editing}`} provider={provider} row={edited} onClose={() => setEditing(undefined)} />
          )}
          <Rows provider={provider} onEdit={setEditing} />
          {provider.removed.length > 0 && <p className={styles['muted']}>Taken off: {provider.removed.join(', ')}.</p>}
        </>
      )}
    </Panel>
  );
}
