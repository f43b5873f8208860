import { NativeSelect, SegmentedControl } from '@mantine/core';
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { GroupRow } from '../../../app/contract/calls.ts';
import { counted, spokenUnits } from '../../parts/spoken.ts';
import { say } from '../../state/live.ts';
import { usePlotTheme } from '../../state/plot-theme.ts';
import styles from './candidates.module.css';
import { axisOf, boxOf, isInside, type Point } from './lasso.ts';
import { fieldOf, type NumberMeaning, usePairTable, type Values } from './pair-table.ts';
import { shortNumber } from './why-not-words.ts';

const margin = { left: 64, right: 12, top: 8, bottom: 40 };
const nearPx = 8;
const statuses = [
  { id: 'merge', title: 'Same cell', colour: '--same' },
  { id: 'not merge', title: 'Different', colour: '--different' },
  { id: 'unsure', title: 'Unsure', colour: '--unsure' },
  { id: 'open', title: 'Open', colour: '--text-faint' },
] as const;

interface Placed {
  readonly row: GroupRow;
  readonly x: number;
  readonly y: number;
}

function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Every group by two of its numbers, coloured by the decision; a lasso or box chooses. */
export function PairScatter(props: {
  rows: readonly GroupRow[];
  values: Values;
  numbers: readonly NumberMeaning[];
  chosen: ReadonlySet<string>;
  onChoose: (groupIds: readonly string[]) => void;
}) {
  const { rows, values, numbers, chosen, onChoose } = props;
  const { x: xId, y: yId, set } = usePairTable();
  const theme = usePlotTheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [sizePx, setSizePx] = useState({ width: 0, height: 0 });
  const [tool, setTool] = useState<'lasso' | 'box'>('lasso');
  const [outline, setOutline] = useState<readonly Point[]>([]);
  const [near, setNear] = useState<Placed | undefined>(undefined);
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

  const { placed, xAxis, yAxis, left } = useMemo(() => {
    const pairs = rows.flatMap((row) => {
      const [x, y] = [fieldOf(row, xId, values), fieldOf(row, yId, values)];
      return typeof x === 'number' && typeof y === 'number' ? [{ row, x, y }] : [];
    });
    const across = axisOf(
      pairs.map(({ x }) => x),
      Math.max(2, Math.floor(sizePx.width / 110)),
    );
    const along = axisOf(
      pairs.map(({ y }) => y),
      Math.max(2, Math.floor(sizePx.height / 50)),
    );
    const width = Math.max(1, sizePx.width - margin.left - margin.right);
    const height = Math.max(1, sizePx.height - margin.top - margin.bottom);
    const xPx = (x: number) => margin.left + ((x - across.from) / (across.to - across.from)) * width;
    const yPx = (y: number) => margin.top + (1 - (y - along.from) / (along.to - along.from)) * height;
    return {
      placed: pairs.map(({ row, x, y }): Placed => ({ row, x: xPx(x), y: yPx(y) })),
      xAxis: across.ticks.map((tick) => ({ tick, px: xPx(tick) })),
      yAxis: along.ticks.map((tick) => ({ tick, px: yPx(tick) })),
      left: rows.length - pairs.length,
    };
  }, [rows, values, xId, yId, sizePx]);

  useEffect(() => {
    const element = canvas.current;
    const pen = element?.getContext('2d');
    if (!element || !pen || sizePx.width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    element.width = Math.round(sizePx.width * ratio);
    element.height = Math.round(sizePx.height * ratio);
    pen.scale(ratio, ratio);
    pen.font = `11px ${theme.fontFamily}, sans-serif`;
    pen.strokeStyle = theme.grid;
    pen.fillStyle = theme.mutedText;
    pen.lineWidth = 1;
    pen.textAlign = 'center';
    for (const { tick, px } of xAxis) {
      pen.beginPath();
      pen.moveTo(Math.round(px) + 0.5, margin.top);
      pen.lineTo(Math.round(px) + 0.5, sizePx.height - margin.bottom);
      pen.stroke();
      pen.fillText(shortNumber(tick), px, sizePx.height - margin.bottom + 14);
    }
    pen.textAlign = 'right';
    for (const { tick, px } of yAxis) {
      pen.beginPath();
      pen.moveTo(margin.left, Math.round(px) + 0.5);
      pen.lineTo(sizePx.width - margin.right, Math.round(px) + 0.5);
      pen.stroke();
      pen.fillText(shortNumber(tick), margin.left - 6, px + 4);
    }
    const radius = placed.length > 5000 ? 1.5 : placed.length > 500 ? 2.5 : 4;
    for (const { id, colour } of statuses) {
      pen.fillStyle = colourOf(colour);
      pen.globalAlpha = placed.length > 5000 ? 0.5 : 0.8;
      for (const { row, x, y } of placed) {
        if ((row.decision ?? 'open') !== id) continue;
        pen.beginPath();
        pen.arc(x, y, radius, 0, 2 * Math.PI);
        pen.fill();
      }
    }
    pen.globalAlpha = 1;
    pen.strokeStyle = colourOf('--accent');
    pen.lineWidth = 1.5;
    for (const { row, x, y } of placed) {
      if (!chosen.has(row.groupId)) continue;
      pen.beginPath();
      pen.arc(x, y, radius + 2, 0, 2 * Math.PI);
      pen.stroke();
    }
  }, [placed, xAxis, yAxis, chosen, sizePx, theme]);

  const pointOf = (event: PointerEvent<HTMLElement>): Point => {
    const { left: x, top: y } = event.currentTarget.getBoundingClientRect();
    return [event.clientX - x, event.clientY - y];
  };
  const nearest = ([x, y]: Point): Placed | undefined => {
    let found: Placed | undefined;
    let closest = nearPx;
    for (const one of placed) {
      const apart = Math.hypot(one.x - x, one.y - y);
      if (apart <= closest) {
        closest = apart;
        found = one;
      }
    }
    return found;
  };
  const begin = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drawing.current = [pointOf(event)];
    setNear(undefined);
  };
  const move = (event: PointerEvent<HTMLElement>) => {
    const points = drawing.current;
    const at = pointOf(event);
    if (!points) {
      setNear(nearest(at));
      return;
    }
    points.push(at);
    setOutline(tool === 'box' ? boxOf(points[0] as Point, at) : [...points]);
  };
  const end = (event: PointerEvent<HTMLElement>) => {
    const points = drawing.current;
    drawing.current = undefined;
    setOutline([]);
    if (!points) return;
    const at = pointOf(event);
    const [first] = points as [Point];
    const isClick = Math.hypot(at[0] - first[0], at[1] - first[1]) < 4 && points.length < 8;
    const one = isClick ? nearest(at) : undefined;
    const shape = tool === 'box' ? boxOf(first, at) : points;
    const inside = isClick ? (one ? [one] : []) : placed.filter(({ x, y }) => isInside([x, y], shape));
    const ids = inside.map(({ row }) => row.groupId);
    const kept = event.shiftKey ? [...new Set([...chosen, ...ids])] : ids;
    onChoose(kept);
    say(`${counted(kept.length, 'group')} chosen.`);
  };

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
          {statuses.map(({ id, title, colour }) => (
            <li key={id}>
              <span className={styles['legendDot']} style={{ background: `var(${colour})` }} aria-hidden />
              {title}
            </li>
          ))}
        </ul>
      </div>
      <div
        className={styles['scatterField']}
        role="img"
        aria-label={`${placed.length} groups by ${titleOf(xId)} and ${titleOf(yId)}, ${chosen.size} chosen. Drag to choose; with Shift to add. The table below lists the same groups.`}
        title={near ? spokenUnits(near.row.units) : undefined}
        onPointerDown={begin}
        onPointerMove={move}
        onPointerUp={end}
        onPointerLeave={() => setNear(undefined)}
      >
        <canvas ref={canvas} />
        <svg aria-hidden>
          {outline.length > 1 && <polygon points={outline.map((point) => point.join()).join(' ')} className={styles['outline']} />}
          {near && (
            <text
              x={near.x + (near.x > sizePx.width - 120 ? -8 : 8)}
              y={near.y - 6}
              textAnchor={near.x > sizePx.width - 120 ? 'end' : 'start'}
            >
              {spokenUnits(near.row.units)}
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
      {left > 0 && <p className={styles['muted']}>{counted(left, 'group')} without one of the two numbers not shown.</p>}
    </section>
  );
}
