import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import type { AnalyzerInfo } from '../../../app/contract/calls.ts';
import { Panel } from '../../parts/panel.tsx';
import { Snippet } from '../../parts/snippet.tsx';
import { MissingExtensions } from './missing.tsx';
import styles from './overview.module.css';

type ExtensionRow = AnalyzerInfo['extensions'][number];

function Mark(props: { extension: ExtensionRow }) {
  if (props.extension.problem !== undefined)
    return <IconAlertTriangle size={15} className={styles['broken'] ?? ''} role="img" aria-label="damaged" />;
  return <IconCheck size={15} className={styles['present'] ?? ''} role="img" aria-label="present" />;
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
          aria-label={open ? `Hide how to compute ${extension.name}` : `How to compute ${extension.name}`}
          onClick={() => setOpen(!open)}
        >
          {open ? 'Hide' : 'How to compute'}
        </Button>
      )}
      {extension.problem !== undefined && <span className={styles['itemNote']}>{extension.problem}</span>}
      {extension.computedHere && <span className={styles['itemNote']}>computed here</span>}
      {!extension.known && <span className={styles['itemNote']}>not read by Samecell; left as it is</span>}
      {open && extension.snippet !== undefined && (
        <div className={styles['itemSnippet']}>
          <Snippet code={extension.snippet} label={`the code for ${extension.name}`} />
        </div>
      )}
    </li>
  );
}

/** Extensions that are there, and those that are not with how to compute them. */
export function Extensions(props: { extensions: readonly ExtensionRow[] }) {
  const present = props.extensions.filter((extension) => extension.present);
  const missing = props.extensions.filter((extension) => !extension.present);
  return (
    <div className={styles['right']}>
      <Panel title={`Extensions (${present.length})`}>
        <ul className={`${styles['list']} ${styles['twoColumns']}`}>
          {present.map((extension) => (
            <Extension key={extension.name} extension={extension} />
          ))}
        </ul>
      </Panel>
      {missing.length > 0 && <MissingExtensions extensions={missing} />}
    </div>
  );
}
