import { createContext, type ReactNode, useContext } from 'react';
import type { AnalyzerInfo, SessionInfo } from '../../app/contract/calls.ts';

export interface OpenSession {
  readonly session: SessionInfo;
  readonly info: AnalyzerInfo;
}

const SessionContext = createContext<OpenSession | undefined>(undefined);

export function SessionProvider(props: { value: OpenSession; children: ReactNode }) {
  return <SessionContext.Provider value={props.value}>{props.children}</SessionContext.Provider>;
}

/** The session on screen and its analyzer. Session screens are only shown inside `SessionProvider`. */
export function useSession(): OpenSession {
  const open = useContext(SessionContext);
  if (!open) throw new Error('useSession is used outside a session');
  return open;
}
