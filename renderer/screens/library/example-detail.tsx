import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Answer, ExampleRow } from '../../../app/contract/calls.ts';
import { plotTitle } from '../../parts/plot-title.ts';
import { StoredPicture } from '../../parts/stored-picture.tsx';
import { UnitMark } from '../../parts/unit-mark.tsx';
import { say } from '../../state/live.ts';
import { useAct } from '../../state/queries.ts';
import styles from './library.module.css';
import { namedNumbers } from './named-numbers.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** One example whole: why, frozen numbers, frozen pictures, and a way to take it out of use. */
export function ExampleDetail(props: { example: ExampleRow; meanings: Answer<'library.list'>['numbers'] }) {
  const { example } = props;
  const retire = useAct('library.retire');
  const [asked, setAsked] = useState(false);
  const numbers = namedNumbers(example.numbers, props.meanings);
  const takeOut = async () => {
    if (await retire.act({ exampleId: example.exampleId })) say('The example is out of use.');
  };
  return (
    <section className={styles['detail']} aria-label="Example">
      <header className={styles['detailHead']}>
        <div>
          <h2>{example.label === 'good' ? 'Good merge' : 'Bad merge'}</h2>
          <div className={styles['units']}>
            {example.units.map((unit, index) => (
              <UnitMark key={String(unit)} index={index} label={letters[index % letters.length] ?? '?'} unit={unit} />
            ))}
          </div>
        </div>
        {asked ? (
          <div className={styles['ask']}>
            <Button color="red" variant="light" disabled={retire.busy} onClick={() => void takeOut()}>
              Take out of use
            </Button>
            <Button onClick={() => setAsked(false)}>Keep</Button>
          </div>
        ) : (
          <Button onClick={() => setAsked(true)}>Take out of use…</Button>
        )}
      </header>
      <p className={styles['why']}>{example.why === '' ? 'No reason was written.' : example.why}</p>
      <dl className={styles['numbers']} aria-label="Numbers">
        {numbers.map(({ id, title, value, hint }) => (
          <div key={id}>
            <dt title={hint}>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className={styles['pictures']}>
        {example.pictures.map((picture) => (
          <figure key={picture.feature}>
            <figcaption>{plotTitle(picture.feature)}</figcaption>
            <StoredPicture sha256={picture.sha256} alt={`${plotTitle(picture.feature)}, as it was kept`} />
          </figure>
        ))}
      </div>
    </section>
  );
}
