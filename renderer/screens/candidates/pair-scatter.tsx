import { NativeSelect, SegmentedControl } from '@mantine/core';
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { Answer, Ask } from '../../../app/contract/calls.ts';
import { chosenPoint, type GroupView, pointStatuses } from '../../../app/contract/group-view.ts';
import type { Point } from '../../../app/contract/outline.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { counted, spokenCount, spokenUnits } from '../../parts/spoken.ts';
import { useClient } from '../../state/client-context.tsx';
import { say } from '../../state/live.ts';
import { usePlotTheme } from '../../state/plot-theme.ts';
import { useAsk, useStale } from '../../state/queries.ts';
import styles from './candidates.module.css';
import { axisOf, boxOf, tickText } from './lasso.ts';
import { type NumberMeaning, usePairTable } from './pair-table.ts';
import { paintSquares, rgbOf } from './point-squares.ts';

const margin = { left: 64, right: 12, top: 8, bottom: 40 };
const nearPx = 8;
/** More points than this are painted as squares. */
const mostCircles = 5000;
const circle = (r: number) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
const triangle = (r: number) => `M0 ${-r * 1.15}L${r * 1.1} ${r * 0.85}L${-r * 1.1} ${r * 0.85}z`;
const cross = (r: number) => `M${-r} ${-r}L${r} ${r}M${-r} ${r}L${r} ${-r}`;

/** Told apart by shape as well as by colour; marks are SVG paths around the point, of a radius. */
const statuses = [
  { id: 'merge', title: 'Same cell', colour: '--same', mark: circle },
  { id: 'not merge', title: 'Different', colour: '--different', mark: (r: number) => cross(r * 0.85) },
  { id: 'unsure', title: 'Unsure', colour: '--unsure', mark: triangle },
  { id: 'open', title: 'Open', colour: '--text-faint', mark: (r: number) => circle(r * 0.9) },
] as const;
/** What was decided is painted over what was not. */
const openFirst = [...statuses].reverse();

function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const nothing = new Float32Array(0);
/** An outline has at most so many corners. */
const mostCorners = 2000;

/** The points of a view and what was decided on each; marks of another order wait for their points. */
function usePoints(sessionId: string, view: GroupView, x: string, y: string) {
  const asked = { sessionId, view, x, y };
  const points = useAsk('group.points', asked, { keepPrevious: true, keepMs: 10_000 });
  const marks = useAsk('group.marks', asked, { keepPrevious: true, keepMs: 10_000 });
  const stale = useStale();
  const differ = marks.data !== undefined && points.data !== undefined && marks.data.order !== points.data.order;
  useEffect(() => {
    if (differ && !points.isFetching) stale('group.points');
  }, [differ, points.isFetching, stale]);
  return { points: points.data, marks: differ ? undefined : marks.data?.marks, error: points.error ?? marks.error };
}

/** Every group by two of its numbers, coloured by the decision; a lasso or box chooses. */
export function PairScatter(props: {
  sessionId: string;
  view: GroupView;
  numbers: readonly NumberMeaning[];
  chosenCount: number;
  choose: (change: Omit<Ask<'group.choose'>, 'sessionId'>) => Promise<Answer<'group.choose'> | undefined>;
}) {
  const { sessionId, view, numbers, choose } = props;
  const { x: xId, y: yId, set } = usePairTable();
  const { points: found, marks, error } = usePoints(sessionId, view, xId, yId);
  const client = useClient();
  const theme = usePlotTheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  /** Over the grid. */
  const points = useRef<HTMLCanvasElement>(null);
  const [sizePx, setSizePx] = useState({ width: 0, height: 0 });
  const [tool, setTool] = useState<'lasso' | 'box'>('lasso');
  const [outline, setOutline] = useState<readonly Point[]>([]);
  const [near, setNear] = useState<number | undefined>(undefined);
  const nearPlace = near === undefined ? undefined : found?.places[near];
  const nearRow = useAsk('group.list', nearPlace === undefined ? undefined : { sessionId, view, from: nearPlace, count: 1 }, {
    keepMs: 5000,
  });
  const nearUnits = nearRow.data?.groups[0]?.units;
  const drawing = useRef<Point[] | undefined>(undefined);
  const choices = [
    { value: 'template_diff', label: 'Template difference' },
    { value: 'score', label: 'Score of the source' },
    { value: 'confidence', label: 'Confidence of the verdict' },
    ...numbers.map(({ id, title }) => ({ value: id, label: title })),
  ];
  const titleOf = (id: string) => {
    const number = numbers.find((one) => one.id === id);
    const title = choices.find(({ value }) => value === id)?.label ?? id;
    return number && number.unit !== '' ? `${title} (${number.unit})` : title;
  };

  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setSizePx({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const drawn = useMemo(() => {
    const { x: xs, y: ys } = found ?? { x: nothing, y: nothing };
    const across = axisOf(xs, Math.max(2, Math.floor(sizePx.width / 110)));
    const along = axisOf(ys, Math.max(2, Math.floor(sizePx.height / 50)));
    const width = Math.max(1, sizePx.width - margin.left - margin.right);
    const height = Math.max(1, sizePx.height - margin.top - margin.bottom);
    const xPx = (x: number) => margin.left + ((x - across.from) / (across.to - across.from)) * width;
    const yPx = (y: number) => margin.top + (1 - (y - along.from) / (along.to - along.from)) * height;
    return {
      xsPx: xs.map(xPx),
      ysPx: ys.map(yPx),
      xAxis: across.ticks.map((tick) => ({ text: tickText(tick, across.step), px: xPx(tick) })),
      yAxis: along.ticks.map((tick) => ({ text: tickText(tick, along.step), px: yPx(tick) })),
      xAt: (px: number) => across.from + ((px - margin.left) / width) * (across.to - across.from),
      yAt: (px: number) => along.from + (1 - (px - margin.top) / height) * (along.to - along.from),
    };
  }, [found, sizePx]);

  useEffect(() => {
    const element = canvas.current;
    const pen = element?.getContext('2d');
    if (!element || !pen || sizePx.width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    element.width = Math.round(sizePx.width * ratio);
    element.height = Math.round(sizePx.height * ratio);
    const { xsPx, ysPx, xAxis, yAxis } = drawn;
    pen.scale(ratio, ratio);
    pen.font = `12px ${theme.fontFamily}, sans-serif`;
    pen.strokeStyle = theme.grid;
    pen.fillStyle = theme.mutedText;
    pen.lineWidth = 1;
    pen.textAlign = 'center';
    for (const { text, px } of xAxis) {
      pen.beginPath();
      pen.moveTo(Math.round(px) + 0.5, margin.top);
      pen.lineTo(Math.round(px) + 0.5, sizePx.height - margin.bottom);
      pen.stroke();
      pen.fillText(text, px, sizePx.height - margin.bottom + 14);
    }
    pen.textAlign = 'right';
    for (const { text, px } of yAxis) {
      pen.beginPath();
      pen.moveTo(margin.left, Math.round(px) + 0.5);
      pen.lineTo(sizePx.width - margin.right, Math.round(px) + 0.5);
      pen.stroke();
      pen.fillText(text, margin.left - 6, px + 4);
    }
    const count = xsPx.length;
    const markAt = (at: number) => marks?.[at] ?? 0;
    const isChosen = (at: number) => (markAt(at) & chosenPoint) !== 0;
    const has = (id: (typeof statuses)[number]['id']) => {
      const status = pointStatuses.indexOf(id);
      return (at: number) => (markAt(at) & (chosenPoint - 1)) === status;
    };
    const over = points.current?.getContext('2d');
    if (!points.current || !over) return;
    points.current.width = element.width;
    points.current.height = element.height;
    if (count > mostCircles) {
      const picture = over.createImageData(element.width, element.height);
      const xs = xsPx.map((x) => x * ratio);
      const ys = ysPx.map((y) => y * ratio);
      const paint = (colour: string, reachPx: number, opacity: number, of: (at: number) => boolean) =>
        paintSquares(picture.data, picture.width, {
          ...{ xs, ys, opacity, has: of },
          reach: Math.round(reachPx * ratio),
          colour: rgbOf(colourOf(colour)),
        });
      // Rings around so many would be too small to see: what is chosen stands on a larger square.
      paint('--accent', 2, 1, isChosen);
      for (const { id, colour } of openFirst) paint(colour, 1, 0.5, has(id));
      over.putImageData(picture, 0, 0);
      return;
    }
    over.scale(ratio, ratio);
    const radius = count > 500 ? 2.5 : 4;
    over.globalAlpha = 0.8;
    over.lineWidth = 1.5;
    for (const { id, colour, mark } of openFirst) {
      const isOf = has(id);
      const path = new Path2D(mark(radius));
      over.fillStyle = colourOf(colour);
      over.strokeStyle = colourOf(colour);
      for (let at = 0; at < count; at += 1) {
        if (!isOf(at)) continue;
        const [x, y] = [xsPx[at] as number, ysPx[at] as number];
        over.translate(x, y);
        if (id === 'merge' || id === 'unsure') over.fill(path);
        else over.stroke(path);
        over.translate(-x, -y);
      }
    }
    over.globalAlpha = 1;
    over.strokeStyle = colourOf('--accent');
    for (let at = 0; at < count; at += 1) {
      if (!isChosen(at)) continue;
      over.beginPath();
      over.arc(xsPx[at] as number, ysPx[at] as number, radius + 3, 0, 2 * Math.PI);
      over.stroke();
    }
  }, [drawn, marks, sizePx, theme]);

  const pointOf = (event: PointerEvent<HTMLElement>): Point => {
    const { left: x, top: y } = event.currentTarget.getBoundingClientRect();
    return [event.clientX - x, event.clientY - y];
  };
  const nearest = ([x, y]: Point): number | undefined => {
    let found: number | undefined;
    let closest = nearPx * nearPx;
    for (let at = 0; at < drawn.xsPx.length; at += 1) {
      const apart = ((drawn.xsPx[at] as number) - x) ** 2 + ((drawn.ysPx[at] as number) - y) ** 2;
      if (apart > closest) continue;
      closest = apart;
      found = at;
    }
    return found;
  };
  const chooseOne = async (place: number | undefined, change: 'set' | 'add') => {
    const one = place === undefined ? undefined : await client.ask('group.list', { sessionId, view, from: place, count: 1 });
    const answer = await choose({ change, groupIds: one?.groups.map(({ groupId }) => groupId) ?? [] });
    if (answer) say(`${counted(answer.chosen, 'group')} chosen.`);
  };
  const chooseOutline = async (shape: readonly Point[], change: 'set' | 'add') => {
    const every = Math.ceil(shape.length / mostCorners);
    const corners = shape.filter((_, at) => at % every === 0).map(([x, y]): [number, number] => [drawn.xAt(x), drawn.yAt(y)]);
    const answer = await choose({ change, view, outline: { x: xId, y: yId, points: corners } });
    if (answer) say(`${counted(answer.chosen, 'group')} chosen.`);
  };
  const begin = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drawing.current = [pointOf(event)];
    setNear(undefined);
  };
  const move = (event: PointerEvent<HTMLElement>) => {
    const path = drawing.current;
    const at = pointOf(event);
    if (!path) {
      setNear(nearest(at));
      return;
    }
    path.push(at);
    setOutline(tool === 'box' ? boxOf(path[0] as Point, at) : [...path]);
  };
  const end = (event: PointerEvent<HTMLElement>) => {
    const path = drawing.current;
    drawing.current = undefined;
    setOutline([]);
    if (!path) return;
    const at = pointOf(event);
    const [first] = path as [Point];
    const isClick = Math.hypot(at[0] - first[0], at[1] - first[1]) < 4 && path.length < 8;
    const change = event.shiftKey ? 'add' : 'set';
    if (!isClick) {
      void chooseOutline(tool === 'box' ? boxOf(first, at) : path, change);
      return;
    }
    const one = nearest(at);
    void chooseOne(one === undefined ? undefined : found?.places[one], change);
  };

  const nearAt = near === undefined ? undefined : { x: drawn.xsPx[near] ?? 0, y: drawn.ysPx[near] ?? 0 };
  return (
    <section className={styles['scatter']} aria-label="Groups by two numbers">
      <div className={styles['scatterTools']}>
        <NativeSelect aria-label="Up" value={yId} data={choices} onChange={(event) => set({ y: event.currentTarget.value })} />
        <span className={styles['muted']}>against</span>
        <NativeSelect aria-label="Across" value={xId} data={choices} onChange={(event) => set({ x: event.currentTarget.value })} />
        <SegmentedControl
          aria-label="Choose by"
          value={tool}
          onChange={(value) => setTool(value as 'lasso' | 'box')}
          data={[
            { value: 'lasso', label: 'Lasso' },
            { value: 'box', label: 'Box' },
          ]}
        />
        <ul className={styles['legend']} aria-label="Colours">
          {statuses.map(({ id, title, colour, mark }) => (
            <li key={id}>
              <svg width={12} height={12} viewBox="-6 -6 12 12" aria-hidden>
                <path
                  d={mark(4)}
                  stroke={`var(${colour})`}
                  strokeWidth={1.5}
                  fill={id === 'merge' || id === 'unsure' ? `var(${colour})` : 'none'}
                />
              </svg>
              {title}
            </li>
          ))}
        </ul>
      </div>
      <div
        className={styles['scatterField']}
        role="img"
        aria-label={`${found?.total ?? 0} groups by ${titleOf(xId)} and ${titleOf(yId)}, ${props.chosenCount} chosen. Drag to choose; with Shift to add. The table below lists the same groups.`}
        title={nearUnits && spokenUnits(nearUnits)}
        onPointerDown={begin}
        onPointerMove={move}
        onPointerUp={end}
        onPointerLeave={() => setNear(undefined)}
      >
        <canvas ref={canvas} />
        <canvas ref={points} />
        <svg aria-hidden>
          {outline.length > 1 && <polygon points={outline.map((point) => point.join()).join(' ')} className={styles['outline']} />}
          {nearAt && nearUnits && (
            <text
              x={nearAt.x + (nearAt.x > sizePx.width - 120 ? -8 : 8)}
              y={nearAt.y - 6}
              textAnchor={nearAt.x > sizePx.width - 120 ? 'end' : 'start'}
            >
              {spokenUnits(nearUnits)}
            </text>
          )}
          <text
            className={styles['axisTitle']}
            x={margin.left + (sizePx.width - margin.left - margin.right) / 2}
            y={sizePx.height - 6}
            textAnchor="middle"
          >
            {titleOf(xId)}
          </text>
          <text
            className={styles['axisTitle']}
            transform={`translate(13 ${margin.top + (sizePx.height - margin.top - margin.bottom) / 2}) rotate(-90)`}
            textAnchor="middle"
          >
            {titleOf(yId)}
          </text>
        </svg>
      </div>
      {error && <FailurePanel failure={error} />}
      {found !== undefined && found.total > found.x.length && (
        <p className={styles['muted']}>
          {spokenCount(found.x.length)} of {spokenCount(found.total)} points are drawn, evenly spread; a lasso chooses among all.
        </p>
      )}
      {found !== undefined && found.without > 0 && (
        <p className={styles['muted']}>
          {counted(found.without, 'group lacks', 'groups lack')} one of the two numbers and {found.without === 1 ? 'is' : 'are'} not shown.
        </p>
      )}
    </section>
  );
}
