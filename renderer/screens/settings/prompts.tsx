import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Answer } from '../../../app/contract/calls.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { lineDiff } from '../../parts/line-diff.ts';
import { Panel } from '../../parts/panel.tsx';
import { plotTitle } from '../../parts/plot-title.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { say } from '../../state/live.ts';
import { askKey, useAct, useAsk } from '../../state/queries.ts';
import styles from './settings.module.css';

type Prompt = Answer<'prompt.list'>['prompts'][number];
type Texts = Pick<Prompt, 'system' | 'expert' | 'guidance'>;

const keyOf = (prompt: Prompt) => `${prompt.id} ${prompt.version}`;
const nameOf = (prompt: Prompt) => `${prompt.name} · ${prompt.mode} · ${prompt.basedOn === null ? 'ships with Samecell' : prompt.version}`;

/** Everything a model reads of a prompt, as one text. */
function wholeText({ system, expert, guidance }: Texts): string {
  const parts = [`# System`, system, ...(expert === undefined ? [] : [`# Every expert`, expert])];
  for (const [feature, text] of Object.entries(guidance)) parts.push(`# ${feature}`, text);
  return parts.join('\n');
}

/** What was removed and added, with signs as well as colours; unchanged stretches are left out. */
function Diff(props: { before: string; after: string }) {
  const lines = lineDiff(props.before, props.after);
  const changed = lines.filter((line) => line.kind !== 'same');
  if (changed.length === 0) return <p className={styles['muted']}>No difference.</p>;
  return (
    <pre className={styles['diff']}>
      {lines.map((line, index) => {
        const near = lines.slice(Math.max(0, index - 1), index + 2).some((one) => one.kind !== 'same');
        if (!near) return null;
        const sign = line.kind === 'removed' ? '−' : line.kind === 'added' ? '+' : ' ';
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name but their place
          <span key={index} data-kind={line.kind}>
            {sign} {line.text}
            {'\n'}
          </span>
        );
      })}
    </pre>
  );
}

function Editor(props: { prompt: Prompt; based: Prompt | undefined; onKept: (key: string) => void }) {
  const { prompt, based } = props;
  const queries = useQueryClient();
  const keep = useAct('prompt.keep', { failureShown: true });
  const [texts, setTexts] = useState<Texts>(prompt);
  const [name, setName] = useState('');
  useEffect(() => setTexts(prompt), [prompt]);
  const edited = wholeText(texts) !== wholeText(prompt);

  const save = async () => {
    const { system, expert, guidance } = texts;
    const kept = await keep.act({
      id: prompt.id,
      basedOn: prompt.version,
      name: name.trim(),
      system,
      ...(expert === undefined ? {} : { expert }),
      guidance,
    });
    if (!kept) return;
    say(`Kept as ${kept.version}.`);
    setName('');
    await queries.invalidateQueries({ queryKey: askKey('prompt.list') });
    props.onKept(`${kept.id} ${kept.version}`);
  };

  return (
    <div className={styles['fields']}>
      <Textarea
        label={prompt.mode === 'panel' ? 'Head' : 'System'}
        value={texts.system}
        minRows={6}
        maxRows={18}
        autosize
        spellCheck={false}
        onChange={(event) => setTexts({ ...texts, system: event.currentTarget.value })}
      />
      {texts.expert !== undefined && (
        <Textarea
          label="Every expert"
          value={texts.expert}
          minRows={4}
          maxRows={14}
          autosize
          spellCheck={false}
          onChange={(event) => setTexts({ ...texts, expert: event.currentTarget.value })}
        />
      )}
      <details>
        <summary>What to look for in each picture</summary>
        <div className={styles['fields']}>
          {Object.entries(texts.guidance).map(([feature, text]) => (
            <Textarea
              key={feature}
              label={plotTitle(feature)}
              value={text}
              minRows={2}
              maxRows={8}
              autosize
              spellCheck={false}
              onChange={(event) => setTexts({ ...texts, guidance: { ...texts.guidance, [feature]: event.currentTarget.value } })}
            />
          ))}
        </div>
      </details>
      {edited && (
        <>
          <h3>Your changes</h3>
          <Diff before={wholeText(prompt)} after={wholeText(texts)} />
          <div className={styles['keyRow']}>
            <TextInput
              aria-label="Name of the new version"
              placeholder="Name of the new version"
              value={name}
              maxLength={200}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button disabled={keep.busy || name.trim() === ''} onClick={() => void save()}>
              Keep as a new version
            </Button>
            <Button disabled={keep.busy} onClick={() => setTexts(prompt)}>
              Discard
            </Button>
          </div>
        </>
      )}
      {!edited && based && (
        <details>
          <summary>Changed from {nameOf(based)}</summary>
          <Diff before={wholeText(based)} after={wholeText(prompt)} />
        </details>
      )}
      {keep.failure && <FailurePanel failure={keep.failure} onDismiss={keep.forget} />}
    </div>
  );
}

/** What models are told, word for word: every version, what changed, and one's own. */
export function Prompts() {
  const list = useAsk('prompt.list', {});
  const [key, setKey] = useState<string | undefined>(undefined);
  const prompts = list.data?.prompts ?? [];
  const shown = prompts.find((prompt) => keyOf(prompt) === key) ?? prompts[0];
  const based = shown && prompts.find((prompt) => prompt.id === shown.id && prompt.version === shown.basedOn);
  return (
    <Panel title="Prompts">
      <p className={styles['intro']}>
        Sent as they stand: nothing in them is filled in. An edit is a new version; verdicts name the version they were given with.
      </p>
      {list.error && <FailurePanel failure={list.error} onRetry={() => void list.refetch()} />}
      {!list.data && !list.error && <Waiting what="Reading the prompts" />}
      {shown && (
        <>
          <NativeSelect
            label="Prompt"
            value={keyOf(shown)}
            data={prompts.map((prompt) => ({ value: keyOf(prompt), label: nameOf(prompt) }))}
            onChange={(event) => setKey(event.currentTarget.value)}
          />
          <Editor key={keyOf(shown)} prompt={shown} based={based} onKept={setKey} />
        </>
      )}
    </Panel>
  );
}
