import { useEffect, useState } from 'react';
import { useAsk } from '../state/queries.ts';
import { FailurePanel } from './failure-panel.tsx';

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

/** A picture out of the store, by its hash: the very bytes that a judge was shown or an example was kept with. */
export function StoredPicture(props: { sha256: string; alt: string; className?: string | undefined }) {
  const picture = useAsk('plot.stored', { sha256: props.sha256 }, { keepMs });
  const address = usePictureAddress(picture.data);
  if (picture.error) return <FailurePanel failure={picture.error} onRetry={() => void picture.refetch()} />;
  return address === undefined ? null : <img src={address} alt={props.alt} className={props.className} />;
}
