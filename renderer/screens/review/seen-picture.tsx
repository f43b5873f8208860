import { useEffect, useState } from 'react';
import type { AnalyzerInfo, VerdictRow } from '../../../app/contract/calls.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { useAsk } from '../../state/queries.ts';
import { FindingText } from './finding-text.tsx';
import styles from './review.module.css';

const keepMs = 60_000;

function usePictureAddress(picture: { readonly mediaType: string; readonly bytes: Uint8Array } | undefined): string | undefined {
  const [address, setAddress] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (!picture) return undefined;
    const made = URL.createObjectURL(new Blob([Uint8Array.from(picture.bytes)], { type: picture.mediaType }));
    setAddress(made);
    return () => {
      URL.revokeObjectURL(made);
      setAddress(undefined);
    };
  }, [picture]);
  return address;
}

function Stored(props: { sha256: string; title: string }) {
  const picture = useAsk('plot.stored', { sha256: props.sha256 }, { keepMs });
  const address = usePictureAddress(picture.data);
  if (picture.error) return <FailurePanel failure={picture.error} onRetry={() => void picture.refetch()} />;
  return address === undefined ? null : <img src={address} alt={`${props.title}, as the judge saw it`} />;
}

/** The very picture a judge was shown, and what it found in it. */
export function SeenPicture(props: { feature: AnalyzerInfo['features'][number]; verdict: VerdictRow }) {
  const { feature, verdict } = props;
  const picture = verdict.pictures.find((one) => one.feature === feature.id);
  const findings = verdict.features.filter((finding) => finding.feature === feature.id);
  return (
    <div className={styles['picture']}>
      {picture ? (
        <Stored sha256={picture.sha256} title={feature.title} />
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
