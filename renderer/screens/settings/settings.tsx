import { FailurePanel } from '../../parts/failure-panel.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useAsk } from '../../state/queries.ts';
import { Field } from './field.tsx';
import { Keys } from './keys.tsx';
import { Models } from './models.tsx';
import { Prompts } from './prompts.tsx';
import { Requests } from './requests.tsx';
import styles from './settings.module.css';

const sections = [
  { title: 'Window', fields: ['theme', 'keymap', 'letterKeys', 'hideVerdictUntilDecided', 'reviewerName'] },
  { title: 'Asking', fields: ['offlineOnly', 'numWorkers', 'timeoutS', 'withNumbers', 'features', 'pictures'] },
  {
    title: 'Servers',
    fields: ['openaiCompatibleUrl', 'openaiCompatibleModel', 'openaiUrl', 'anthropicUrl', 'googleUrl'],
  },
] as const;

/** Keys and every setting; each change is kept at once. */
export function Settings() {
  const settings = useAsk('settings.get', {});
  return (
    <div className={styles['settings']}>
      <h1>Settings</h1>
      <div className={styles['columns']}>
        <div className={styles['sections']}>
          <Keys />
          <Models />
          <Prompts />
          <Requests />
        </div>
        <div className={styles['sections']}>
          {settings.error && <FailurePanel failure={settings.error} onRetry={() => void settings.refetch()} />}
          {!settings.data && !settings.error && <Waiting what="Reading the settings" />}
          {settings.data &&
            sections.map((section) => (
              <Panel key={section.title} title={section.title}>
                <div className={styles['fields']}>
                  {section.fields.map((name) => (
                    <Field key={name} name={name} settings={settings.data} />
                  ))}
                </div>
              </Panel>
            ))}
        </div>
      </div>
    </div>
  );
}
