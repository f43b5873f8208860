import { Button, VisuallyHidden } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Answer, GroupRow } from '../../../app/contract/calls.ts';
import type { VerdictWord } from '../../../app/contract/verdict.ts';
import { usualFeatureIds } from '../../../app/plots/registry.ts';
import { useCommand } from '../../commands/live-commands.ts';
import { Empty } from '../../parts/empty.tsx';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { verdictTitle } from '../../parts/verdict-words.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { asShown } from '../../state/groups.ts';
import { say } from '../../state/live.ts';
import { usePlace } from '../../state/place.ts';
import { askKey, useAct, useAsk, useAskAhead } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import { Decision } from './decision.tsx';
import { Evidence } from './evidence.tsx';
import { plotKeepMs } from './feature-chart.tsx';
import { arrange, firstShown, neighbour, nextOpen, type QueueFilter, type QueueOrder } from './queue.ts';
import { QueueList } from './queue-list.tsx';
import styles from './review.module.css';
import { Verdicts } from './verdicts.tsx';

const aheadMs = 250;

/** Loads what the next groups will show while a person looks at this one. */
function useLoadAhead(next: readonly GroupRow[]): void {
  const { info } = useSession();
  const ahead = useAskAhead();
  const ids = next.map((group) => group.groupId).join(' ');
  useEffect(() => {
    if (ids === '') return undefined;
    const main = info.features.filter((feature) => feature.available && usualFeatureIds.includes(feature.id));
    const timer = setTimeout(() => {
      for (const groupId of ids.split(' ')) {
        for (const feature of main) ahead('plot.load', { groupId, feature: feature.id }, plotKeepMs);
        ahead('group.evidence', { groupId }, plotKeepMs);
        ahead('verdict.ofGroup', { groupId }, plotKeepMs);
      }
    }, aheadMs);
    return () => clearTimeout(timer);
  }, [ids, info.features, ahead]);
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

function ReviewGroups(props: { groups: readonly GroupRow[] }) {
  const { session } = useSession();
  const { sessionId } = session;
  const queries = useQueryClient();
  const settings = useAsk('settings.get', {});
  const state = useAsk('review.state', { sessionId });
  const wanted = usePlace((place) => place.groupId);
  const onlyChosen = usePlace((place) => place.onlyChosen);
  const chosenIds = usePlace((place) => place.chosenGroupIds);
  const [ownFilter, setOwnFilter] = useState<QueueFilter>('all');
  const filter = onlyChosen ? 'chosen' : ownFilter;
  const setFilter = (next: QueueFilter) => {
    usePlace.getState().setOnlyChosen(next === 'chosen');
    setOwnFilter(next === 'chosen' ? 'all' : next);
  };
  const [order, setOrder] = useState<QueueOrder>('found');
  const [seenId, setSeenId] = useState<string | undefined>(undefined);
  const decide = useAct('review.decide');
  const remember = useAct('review.show');
  const start = useAct('batch.start');
  const latestJudge = useLatestJudge(sessionId);
  const blind = settings.data?.hideVerdictUntilDecided ?? false;

  const queue = useMemo(() => arrange(props.groups, filter, order, blind, chosenIds), [props.groups, filter, order, blind, chosenIds]);
  const found =
    props.groups.find((group) => group.groupId === wanted) ??
    firstShown(queue, undefined, onlyChosen ? undefined : state.data?.currentGroupId) ??
    props.groups[0];
  const group = found && asShown(found, blind);
  const groupId = group?.groupId;
  // Where one left off is not known yet: showing another group would make that the place.
  const waiting = wanted === undefined && state.isPending;
  const hidden = blind && group?.decision === null;
  const verdicts = useAsk('verdict.ofGroup', groupId === undefined ? undefined : { groupId });
  const shownVerdicts = verdicts.data?.verdicts ?? [];
  const seen = hidden ? undefined : shownVerdicts.find((verdict) => verdict.verdictId === seenId);

  const at = queue.findIndex((one) => one.groupId === groupId);
  useLoadAhead(queue.slice(at + 1, at + 3));

  const shownAt = useRef(new Date().toISOString());
  const { act: rememberShown } = remember;
  useEffect(() => {
    if (groupId === undefined || waiting) return undefined;
    shownAt.current = new Date().toISOString();
    if (usePlace.getState().groupId !== groupId) usePlace.getState().showGroup(groupId);
    setSeenId(undefined);
    const timer = setTimeout(() => void rememberShown({ sessionId, groupId }), aheadMs);
    return () => clearTimeout(timer);
  }, [sessionId, groupId, waiting, rememberShown]);

  const show = useCallback((id: string) => usePlace.getState().showGroup(id), []);
  const onDecide = useCallback(
    async (decision: VerdictWord) => {
      if (groupId === undefined) return;
      const next = nextOpen(queue, groupId);
      const key = askKey('group.list', { sessionId });
      queries.setQueryData<Answer<'group.list'>>(key, (old) =>
        old ? { groups: old.groups.map((one) => (one.groupId === groupId ? { ...one, decision } : one)) } : old,
      );
      say(`${verdictTitle[decision]}.${next ? ` Next: units ${next.units.join(' and ')}.` : ' No open group is left here.'}`);
      if (next) show(next.groupId);
      const answer = await decide.act({
        sessionId,
        groupId,
        decision,
        shownAt: shownAt.current,
        sawVerdict: !hidden && shownVerdicts.length > 0,
      });
      void queries.invalidateQueries({ queryKey: askKey('review.state') });
      if (answer === undefined) {
        await queries.invalidateQueries({ queryKey: key });
        show(groupId);
      }
    },
    [groupId, queue, sessionId, queries, show, decide.act, hidden, shownVerdicts.length],
  );
  const go = (step: 1 | -1) => {
    const to = groupId === undefined ? undefined : neighbour(queue, groupId, step);
    if (to) show(to.groupId);
  };
  useCommand('review.next', () => go(1));
  useCommand('review.previous', () => go(-1));
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

  if (!group || waiting) return null;
  return (
    <div className={styles['review']}>
      <VisuallyHidden component="h1">Review</VisuallyHidden>
      <QueueList
        queue={queue}
        total={props.groups.length}
        decided={props.groups.filter((one) => one.decision !== null).length}
        currentId={groupId}
        filter={filter}
        order={order}
        onFilter={setFilter}
        onOrder={setOrder}
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

/** One group at a time: evidence, verdicts, decision; the next comes by itself. */
export function Review() {
  const { session } = useSession();
  const groups = useAsk('group.list', { sessionId: session.sessionId });
  if (groups.data && groups.data.groups.length > 0) return <ReviewGroups groups={groups.data.groups} />;
  return (
    <div className={styles['empty']}>
      {groups.error ? (
        <FailurePanel failure={groups.error} onRetry={() => void groups.refetch()} />
      ) : groups.data ? (
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
