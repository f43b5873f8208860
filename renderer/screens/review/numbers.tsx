import { Button, Modal, NativeSelect, Tooltip } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import type { Answer } from '../../../app/contract/calls.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { useAsk } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import { type Headline, headlinesOf, printedNumber } from './headlines.ts';
import styles from './review.module.css';
import type { Distribution } from './standing.ts';
import { StandingStrip } from './standing-strip.tsx';

type Evidence = Answer<'group.evidence'>;

const keepMs = 120_000;

/** Measured once per analyzer, after the group at hand is on screen. */
const distributionsAfterMs = 1500;

function useDistributions(): ReadonlyMap<string, Distribution> {
  const { session } = useSession();
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setWanted(true), distributionsAfterMs);
    return () => clearTimeout(timer);
  }, []);
  const answer = useAsk('group.distributions', wanted ? { sessionId: session.sessionId } : undefined);
  return useMemo(() => new Map(answer.data?.numbers.map((number) => [number.id, number])), [answer.data]);
}

function Meaning(props: { evidence: Evidence; distributions: ReadonlyMap<string, Distribution> }) {
  const { pairs, numbers } = props.evidence;
  return (
    <table className={styles['meaning']}>
      <thead>
        <tr>
          <th scope="col">Number</th>
          {pairs.map((pair) => (
            <th scope="col" key={pair.labels.join()}>
              {pair.labels.join('–')}
            </th>
          ))}
          <th scope="col">What it is</th>
          <th scope="col">How to read it</th>
          <th scope="col">Source</th>
        </tr>
      </thead>
      <tbody>
        {numbers.map((number) => (
          <tr key={number.id}>
            <th scope="row">{number.title}</th>
            {pairs.map((pair) => (
              <td key={pair.labels.join()} data-number>
                {printedNumber(number, pair)}
                <StandingStrip distribution={props.distributions.get(number.id)} value={pair.values[number.id]} />
              </td>
            ))}
            <td>{number.missing.length > 0 ? `Needs ${number.missing.join(', ')}.` : number.definition}</td>
            <td>{number.reading}</td>
            <td>{number.source}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Put on the page, and worked out, only while it is shown. */
function Hint(props: { headline: Headline }) {
  return <span className={styles['hint']}>{props.headline.hint()}</span>;
}

/** The evidence numbers of a group, one pair at a time; the rest and what each means is one click away. */
export function Numbers(props: { groupId: string }) {
  const evidence = useAsk('group.evidence', { groupId: props.groupId }, { keepMs });
  const distributions = useDistributions();
  const [pairIndex, setPairIndex] = useState(0);
  const [explained, setExplained] = useState(false);
  const pair = evidence.data?.pairs[Math.min(pairIndex, evidence.data.pairs.length - 1)];

  if (evidence.error) return <FailurePanel failure={evidence.error} onRetry={() => void evidence.refetch()} />;
  return (
    <section className={styles['numbers']} aria-label="Evidence numbers">
      <dl className={styles['numbersList']}>
        {evidence.data &&
          headlinesOf(evidence.data, pair, distributions).map((headline) => (
            <Tooltip key={headline.title} multiline w={360} label={<Hint headline={headline} />}>
              <div className={styles['number']}>
                <dt>{headline.title}</dt>
                <dd>{headline.value}</dd>
              </div>
            </Tooltip>
          ))}
      </dl>
      <div className={styles['numbersTools']}>
        {evidence.data && evidence.data.pairs.length > 1 && (
          <NativeSelect
            aria-label="Pair"
            value={String(pairIndex)}
            onChange={(event) => setPairIndex(Number(event.currentTarget.value))}
            data={evidence.data.pairs.map((one, index) => ({ value: String(index), label: one.labels.join('–') }))}
          />
        )}
        <Button variant="subtle" onClick={() => setExplained(true)} disabled={!evidence.data}>
          All numbers
        </Button>
      </div>
      <Modal opened={explained} onClose={() => setExplained(false)} title="Evidence numbers" size={1080}>
        {evidence.data && <Meaning evidence={evidence.data} distributions={distributions} />}
      </Modal>
    </section>
  );
}
