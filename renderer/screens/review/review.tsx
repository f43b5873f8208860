import { Button, VisuallyHidden } from '@mantine/core';
import { type QueryClient, type UseQueryResult, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Answer, GroupRow } from '../../../app/contract/calls.ts';
import type { GroupView } from '../../../app/contract/group-view.ts';
import type { VerdictWord } from '../../../app/contract/verdict.ts';
import type { Failure } from '../../../app/failure.ts';
import { usualFeatureIds } from '../../../app/plots/registry.ts';
import { useCommand } from '../../commands/live-commands.ts';
import { Empty } from '../../parts/empty.tsx';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { verdictTitle } from '../../parts/verdict-words.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { say } from '../../state/live.ts';
import { usePlace } from '../../state/place.ts';
import { askKey, useAct, useAsk, useAskAhead } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import { Decision } from './decision.tsx';
import { Evidence } from './evidence.tsx';
import { plotKeepMs } from './feature-chart.tsx';
import { nextOpen, type QueueFilter, type QueueOrder, queueView } from './queue.ts';
import { type Queue, QueueList } from './queue-list.tsx';
import styles from './review.module.css';
import { Verdicts } from './verdicts.tsx';

const aheadMs = 250;
const aroundKeepMs = 60_000;

/** Loads what the next groups will show while a person looks at this one. */
function useLoadAhead(sessionId: string, view: GroupView, next: readonly string[]): void {
  const { info } = useSession();
  const ahead = useAskAhead();
  const ids = next.join(' ');
  useEffect(() => {
    if (ids === '') return undefined;
    const main = info.features.filter((feature) => feature.available && usualFeatureIds.includes(feature.id));
    const timer = setTimeout(() => {
      for (const groupId of ids.split(' ')) {
        ahead('group.around', { sessionId, view, groupId }, aroundKeepMs);
        for (const feature of main) ahead('plot.load', { groupId, feature: feature.id }, plotKeepMs);
        ahead('group.evidence', { groupId }, plotKeepMs);
        ahead('verdict.ofGroup', { groupId }, plotKeepMs);
      }
    }, aheadMs);
    return () => clearTimeout(timer);
  }, [sessionId, view, ids, info.features, ahead]);
}

/** Which judge a single group is sent to: the one asked last in this session, else the offline one. */
function useLatestJudge(sessionId: string): { judge: string; model: string | undefined; title: string } {
  const batches = useAsk('batch.list', { sessionId });
  const judges = useAsk('judge.list', {});
  const latest = batches.data?.batches.reduce<Answer<'batch.list'>['batches'][number] | undefined>(
    (newest, batch) => (newest && newest.createdAt >= batch.createdAt ? newest : batch),
    undefined,
  );
  const judge = latest?.judge ?? 'offline';
  const title = judges.data?.judges.find((one) => one.id === judge)?.title ?? judge;
  const remoteModel = latest && judge !== 'offline' ? latest.model : undefined;
  return { judge, model: remoteModel, title: remoteModel === undefined ? `the ${title.toLowerCase()}` : remoteModel };
}

function ReviewGroups(props: { around: UseQueryResult<Answer<'group.around'>, Failure>; queue: Queue }) {
  const { around, queue } = props;
  const { session } = useSession();
  const { sessionId } = session;
  const queries = useQueryClient();
  const settings = useAsk('settings.get', {});
  const state = useAsk('review.state', { sessionId });
  const wanted = usePlace((place) => place.groupId);
  const [seenId, setSeenId] = useState<string | undefined>(undefined);
  const decide = useAct('review.decide');
  const remember = useAct('review.show');
  const start = useAct('batch.start');
  const latestJudge = useLatestJudge(sessionId);
  const blind = settings.data?.hideVerdictUntilDecided ?? false;

  const found = around.data;
  const group = found?.group ?? undefined;
  const groupId = group?.groupId;
  // Until the core has answered about the wanted group the one before it stays on screen, but nothing is decided on it.
  const arrived = groupId !== undefined && (wanted === undefined || wanted === groupId || !around.isPlaceholderData);
  const hidden = blind && group?.decision === null;
  const verdicts = useAsk('verdict.ofGroup', groupId === undefined ? undefined : { groupId });
  const shownVerdicts = verdicts.data?.verdicts ?? [];
  const seen = hidden ? undefined : shownVerdicts.find((verdict) => verdict.verdictId === seenId);
  const justDecided = useRef(new Set<string>());
  const aheadIds = useMemo(() => (found ? [...new Set([...found.aheadIds, ...found.openIds.slice(0, 2)])].slice(0, 3) : []), [found]);
  useLoadAhead(sessionId, queue.view, aheadIds);

  const shownAt = useRef(new Date().toISOString());
  const { act: rememberShown } = remember;
  useEffect(() => {
    if (groupId === undefined || !arrived) return undefined;
    shownAt.current = new Date().toISOString();
    if (usePlace.getState().groupId !== groupId) usePlace.getState().showGroup(groupId);
    setSeenId(undefined);
    const timer = setTimeout(() => void rememberShown({ sessionId, groupId }), aheadMs);
    return () => clearTimeout(timer);
  }, [sessionId, groupId, arrived, rememberShown]);

  const show = useCallback((id: string) => usePlace.getState().showGroup(id), []);
  const onDecide = useCallback(
    async (decision: VerdictWord) => {
      if (groupId === undefined || !arrived || !found) return;
      justDecided.current.add(groupId);
      const next = nextOpen(found.openIds, justDecided.current);
      const units = next === undefined ? undefined : found.openUnits[found.openIds.indexOf(next)];
      showDecision(queries, groupId, decision);
      say(`${verdictTitle[decision]}.${units ? ` Next: units ${units.join(' and ')}.` : ' No open group is left here.'}`);
      if (next !== undefined) show(next);
      const answer = await decide.act({
        sessionId,
        groupId,
        decision,
        shownAt: shownAt.current,
        sawVerdict: !hidden && shownVerdicts.length > 0,
      });
      await Promise.all([
        queries.invalidateQueries({ queryKey: askKey('review.state') }),
        queries.invalidateQueries({ queryKey: askKey('group.around') }),
      ]);
      justDecided.current.delete(groupId);
      if (answer === undefined) {
        await queries.invalidateQueries({ queryKey: askKey('group.list') });
        show(groupId);
      }
    },
    [groupId, arrived, found, sessionId, queries, show, decide.act, hidden, shownVerdicts.length],
  );
  useCommand('review.next', () => {
    if (found?.nextId) show(found.nextId);
  });
  useCommand('review.previous', () => {
    if (found?.previousId) show(found.previousId);
  });
  useCommand('judge.group', async () => {
    if (groupId === undefined) return;
    const begun = await start.act({
      sessionId,
      groupIds: [groupId],
      judge: latestJudge.judge,
      ...(latestJudge.model === undefined ? {} : { model: latestJudge.model }),
      again: true,
    });
    if (begun) say(`${latestJudge.title} is asked about this group.`);
  });

  if (!group || !found) return null;
  return (
    <div className={styles['review']}>
      <VisuallyHidden component="h1">Review</VisuallyHidden>
      <QueueList
        sessionId={sessionId}
        queue={queue}
        counts={found.counts}
        currentId={groupId}
        place={found.place}
        previousId={found.previousId}
        nextId={found.nextId}
        onShow={show}
      />
      <Evidence
        group={group}
        seen={seen}
        canSee={!hidden && shownVerdicts.some((verdict) => verdict.pictures.length > 0)}
        onSee={(see) => setSeenId(see ? shownVerdicts.find((verdict) => verdict.pictures.length > 0)?.verdictId : undefined)}
      />
      <aside className={styles['decision']} aria-label="Decision and judges">
        <Decision
          group={group}
          sessionId={sessionId}
          canUndo={state.data?.canUndo ?? false}
          canRedo={state.data?.canRedo ?? false}
          onDecide={(decision) => void onDecide(decision)}
          judgeTitle={latestJudge.title}
        />
        <Verdicts
          verdicts={shownVerdicts}
          units={group.units}
          hidden={hidden}
          failure={group.failure}
          seenId={seen?.verdictId}
          onSee={setSeenId}
        />
      </aside>
    </div>
  );
}

/** The decision on every row of the group that is here, before the core has answered. */
function showDecision(queries: QueryClient, groupId: string, decision: VerdictWord): void {
  const decided = (group: GroupRow): GroupRow => (group.groupId === groupId ? { ...group, decision } : group);
  queries.setQueriesData<Answer<'group.list'>>({ queryKey: askKey('group.list') }, (old) =>
    old?.groups.some((group) => group.groupId === groupId) ? { ...old, groups: old.groups.map(decided) } : old,
  );
  queries.setQueriesData<Answer<'group.around'>>({ queryKey: askKey('group.around') }, (old) =>
    old?.group?.groupId === groupId ? { ...old, group: decided(old.group) } : old,
  );
}

/** One group at a time: evidence, verdicts, decision; the next comes by itself. */
export function Review() {
  const { session } = useSession();
  const { sessionId } = session;
  const wanted = usePlace((place) => place.groupId);
  const onlyChosen = usePlace((place) => place.onlyChosen);
  const [ownFilter, setOwnFilter] = useState<QueueFilter>('all');
  const [order, setOrder] = useState<QueueOrder>('found');
  const filter = onlyChosen ? 'chosen' : ownFilter;
  const queue = useMemo<Queue>(
    () => ({
      filter,
      order,
      view: queueView(filter, order),
      onFilter: (next) => {
        usePlace.getState().setOnlyChosen(next === 'chosen');
        setOwnFilter(next === 'chosen' ? 'all' : next);
      },
      onOrder: setOrder,
    }),
    [filter, order],
  );
  const asked = { sessionId, view: queue.view, ...(wanted === undefined ? {} : { groupId: wanted }) };
  const around = useAsk('group.around', asked, { keepPrevious: true, keepMs: aroundKeepMs });
  if (around.data?.group) return <ReviewGroups around={around} queue={queue} />;
  return (
    <div className={styles['empty']}>
      {around.error ? (
        <FailurePanel failure={around.error} onRetry={() => void around.refetch()} />
      ) : around.data ? (
        <Empty
          title="Nothing to review yet"
          actions={
            <Button variant="filled" onClick={() => usePlace.getState().goTo('candidates')}>
              Find merge candidates
            </Button>
          }
        >
          <p>Groups come from a search for merge candidates, or are put together by hand.</p>
        </Empty>
      ) : (
        <Waiting what="Reading the groups" />
      )}
    </div>
  );
}
