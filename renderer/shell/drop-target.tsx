import { useEffect, useRef, useState } from 'react';
import { Failure } from '../../app/failure.ts';
import { useClient } from '../state/client-context.tsx';
import { announceFailure } from '../state/failures.ts';
import styles from './shell.module.css';

/** The whole window takes a dropped analyzer folder, and says so while one is held over it. */
export function DropTarget(props: { openPath: (path: string) => void }) {
  const client = useClient();
  const [over, setOver] = useState(false);
  const latest = useRef(props.openPath);
  useEffect(() => {
    latest.current = props.openPath;
  });

  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onDragOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onDragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      const [first, ...others] = event.dataTransfer?.files ?? [];
      if (!first) return;
      const path = client.pathOfDropped(first);
      if (path === '') {
        announceFailure(
          new Failure('host.unsupported', 'A browser does not tell where a dropped folder is. Type its path on the start screen.'),
        );
        return;
      }
      if (others.length > 0) announceFailure(new Failure('usage', `One analyzer opens at a time: ${first.name} was taken.`));
      latest.current(path);
    };
    document.addEventListener('dragover', onDragOver);
    document.addEventListener('dragleave', onDragLeave);
    document.addEventListener('drop', onDrop);
    return () => {
      document.removeEventListener('dragover', onDragOver);
      document.removeEventListener('dragleave', onDragLeave);
      document.removeEventListener('drop', onDrop);
    };
  }, [client]);

  return over ? <div className={styles['drop']}>Drop a SortingAnalyzer folder to open it</div> : null;
}
