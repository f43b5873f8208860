import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconMinus } from '@tabler/icons-react';
import { useState } from 'react';
import type { AnalyzerInfo } from '../../../app/contract/calls.ts';
import { copyText } from '../../parts/copy-text.ts';
import { Panel } from '../../parts/panel.tsx';
import { Snippet } from '../../parts/snippet.tsx';
import styles from './overview.module.css';

type ExtensionRow = AnalyzerInfo['extensions'][number];

function Mark(props: { extension: ExtensionRow }) {
  if (props.extension.problem !== undefined)
    return <IconAlertTriangle size={15} className={styles['broken'] ?? ''} role="img" aria-label="damaged" />;
  if (props.extension.present) return <IconCheck size={15} className={styles['present'] ?? ''} role="img" aria-label="present" />;
  return <IconMinus size={15} className={styles['absent'] ?? ''} role="img" aria-label="missing" />;
}

function Extension(props: { extension: ExtensionRow }) {
  const { extension } = props;
  const [open, setOpen] = useState(false);
  const params = Object.entries(extension.params);
  return (
    <li className={styles['item']} data-present={extension.present}>
      <Mark extension={extension} />
      <span className={styles['itemName']} title={params.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join('\n')}>
        {extension.name}
      </span>
      {extension.snippet === undefined ? (
        <span />
      ) : (
        <Button
          variant="subtle"
          size="compact-xs"
          aria-expanded={open}
          aria-label={`${open ? 'Hide' : 'Show'} how to compute ${extension.name}`}
          onClick={() => setOpen(!open)}
        >
          {open ? 'Hide' : 'How to compute'}
        </Button>
      )}
      {extension.problem !== undefined && <span className={styles['itemNote']}>{extension.problem}</span>}
      {!extension.present && extension.unlocks.length > 0 && (
        <span className={styles['itemNote']}>would allow {extension.unlocks.join(', ')}</span>
      )}
      {!extension.known && <span className={styles['itemNote']}>not read by Samecell; left as it is</span>}
      {open && extension.snippet !== undefined && (
        <div className={styles['itemSnippet']}>
          <Snippet code={extension.snippet} label={`the code for ${extension.name}`} />
        </div>
      )}
    </li>
  );
}

/** Extensions that are there and those that are not, with the SpikeInterface code that computes them. */
export function Extensions(props: { extensions: readonly ExtensionRow[] }) {
  const present = props.extensions.filter((extension) => extension.present);
  const missing = props.extensions.filter((extension) => !extension.present);
  const all = missing.flatMap((extension) => (extension.snippet === undefined ? [] : [extension.snippet])).join('\n\n');
  return (
    <div className={styles['right']}>
      <Panel title={`Extensions (${present.length})`}>
        <ul className={`${styles['list']} ${styles['twoColumns']}`}>
          {present.map((extension) => (
            <Extension key={extension.name} extension={extension} />
          ))}
        </ul>
      </Panel>
      {missing.length > 0 && (
        <Panel
          title={`Missing extensions (${missing.length})`}
          actions={
            all !== '' && (
              <Button variant="subtle" onClick={() => copyText(all)}>
                Copy code for all
              </Button>
            )
          }
        >
          <ul className={styles['list']}>
            {missing.map((extension) => (
              <Extension key={extension.name} extension={extension} />
            ))}
          </ul>
        </Panel>
      )}
    </div>
  );
}
