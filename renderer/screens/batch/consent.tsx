import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { rememberAnswer, useAct } from '../../state/queries.ts';
import styles from './batch.module.css';

/** Asked once, before anything leaves the machine for the first time. */
export function Consent(props: { leaves: string }) {
  const queries = useQueryClient();
  const setting = useAct('settings.set');
  const agree = async () => {
    const answer = await setting.act({ remoteConsentAt: new Date().toISOString() });
    if (answer) rememberAnswer(queries, 'settings.get', {}, answer);
  };
  return (
    <section className={styles['consent']} aria-label="What leaves this machine">
      <h2>What leaves this machine</h2>
      <p>{props.leaves}</p>
      <Button disabled={setting.busy} onClick={() => void agree()}>
        I agree
      </Button>
    </section>
  );
}
