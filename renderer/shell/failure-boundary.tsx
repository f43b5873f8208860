import { Component, type ReactNode } from 'react';
import { toFailureRecord } from '../../app/failure.ts';
import { FailurePanel } from '../parts/failure-panel.tsx';
import styles from './shell.module.css';

interface State {
  readonly error: unknown;
}

/** A screen that breaks leaves the frame standing. */
export class FailureBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return (
      <div className={styles['pad']}>
        <FailurePanel failure={toFailureRecord(this.state.error)} onRetry={() => this.setState({ error: undefined })} />
      </div>
    );
  }
}
