import { Checkbox, MultiSelect, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type Settings, type SettingsPatch, settingsSchema } from '../../../app/contract/settings.ts';
import { plotFeatures } from '../../../app/plots/registry.ts';
import { askKey, rememberAnswer, useAct } from '../../state/queries.ts';

const choiceTitles: Readonly<Record<string, string>> = {
  system: 'As the system',
  light: 'Light',
  dark: 'Dark',
  separate: 'One by one',
  sheet: 'On one sheet',
  samecell: 'Samecell',
  phy: 'phy',
  'spikeinterface-gui': 'spikeinterface-gui',
};

/** The short name of a setting, and what more its description says. */
function wordsOf(name: keyof Settings): { label: string; description?: string } {
  const words = settingsSchema.shape[name].description ?? name;
  const stop = words.indexOf('. ');
  return stop < 0 ? { label: words } : { label: words.slice(0, stop), description: words.slice(stop + 2) };
}

function choicesOf(name: keyof Settings): readonly string[] | undefined {
  const inner = settingsSchema.shape[name].removeDefault();
  return 'options' in inner ? (inner.options as readonly string[]) : undefined;
}

/** One setting as its kind asks for: choice, tick, number, list of pictures, or text (kept on leaving the field). */
export function Field(props: { name: keyof Settings; settings: Settings }) {
  const { name } = props;
  const queries = useQueryClient();
  const setting = useAct('settings.set');
  const value = props.settings[name];
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);

  const keep = async (next: Settings[keyof Settings]) => {
    if (next === value) return;
    // Shown as set at once; taken back where it could not be kept.
    setDraft(next);
    const answer = await setting.act({ [name]: next } as SettingsPatch);
    if (!answer) {
      setDraft(value);
      return;
    }
    rememberAnswer(queries, 'settings.get', {}, answer);
    await queries.invalidateQueries({ queryKey: askKey('judge.list') });
  };
  const words = wordsOf(name);
  const choices = choicesOf(name);

  if (choices)
    return (
      <NativeSelect
        {...words}
        value={String(draft)}
        data={choices.map((choice) => ({ value: choice, label: choiceTitles[choice] ?? choice }))}
        onChange={(event) => void keep(event.currentTarget.value as Settings[keyof Settings])}
      />
    );
  if (typeof value === 'boolean')
    return <Checkbox {...words} checked={draft === true} onChange={(event) => void keep(event.currentTarget.checked)} />;
  if (typeof value === 'number')
    return (
      <NumberInput
        {...words}
        value={typeof draft === 'number' ? draft : value}
        min={1}
        max={name === 'numWorkers' ? 256 : 3600}
        allowDecimal={false}
        onChange={(next) => typeof next === 'number' && setDraft(next)}
        onBlur={() => void keep(draft)}
      />
    );
  if (Array.isArray(value))
    return (
      <MultiSelect
        {...words}
        value={Array.isArray(draft) ? draft : value}
        data={plotFeatures.map((feature) => ({ value: feature.id, label: feature.title }))}
        onChange={(next) => next.length > 0 && void keep(next)}
      />
    );
  return (
    <TextInput
      {...words}
      value={String(draft)}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={() => void keep(String(draft).trim())}
      onKeyDown={(event) => event.key === 'Enter' && void keep(String(draft).trim())}
    />
  );
}
