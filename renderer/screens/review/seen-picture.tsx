import type { AnalyzerInfo, VerdictRow } from '../../../app/contract/calls.ts';
import { StoredPicture } from '../../parts/stored-picture.tsx';
import { FindingText } from './finding-text.tsx';
import styles from './review.module.css';

/** The very picture a judge was shown, and what it found in it. */
export function SeenPicture(props: { feature: AnalyzerInfo['features'][number]; verdict: VerdictRow }) {
  const { feature, verdict } = props;
  const picture = verdict.pictures.find((one) => one.feature === feature.id);
  const findings = verdict.features.filter((finding) => finding.feature === feature.id);
  return (
    <div className={styles['picture']}>
      {picture ? (
        <StoredPicture sha256={picture.sha256} alt={`${feature.title}, as the judge saw it`} />
      ) : (
        <p className={styles['cellNote']}>The judge was not shown this picture.</p>
      )}
      {findings.map((finding) => (
        <div key={finding.finding} className={styles['finding']}>
          <FindingText finding={finding} />
        </div>
      ))}
    </div>
  );
}
