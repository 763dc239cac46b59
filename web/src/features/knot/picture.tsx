/* The knot itself. One stop for the keyboard: arrows walk along the ribbons, Enter keeps one, Escape lets go. */
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { fitLines } from "../../ui/fit.ts";
import { text } from "../../text/text.ts";
import type { View } from "./strands.ts";
import type { Layout, LayoutSettings, Link, Node } from "./layout.ts";

export interface PictureProps {
  readonly view: View;
  readonly layout: Layout;
  readonly settings: LayoutSettings;
  readonly isOn: (link: Link) => boolean;
  readonly isPicked: boolean;
  readonly labelOf: (node: Node) => string;
  readonly figureOf: (node: Node) => string;
  readonly sayLink: (link: Link) => string;
  readonly onPick: (key: string) => void;    // "" lets go
  readonly onPoint: (key: string) => void;   // "" when the pointer leaves
}

const HEAD = 28, TEXT_PX = 13.5, LINE_PX = 16;

function Outer({ node, props }: { readonly node: Node; readonly props: PictureProps }): JSX.Element {
  const { settings, labelOf, figureOf } = props;
  const isLeft = node.kind === "pull", isInside = settings.labelWidth === 0;
  const x = isLeft === isInside ? node.x + settings.barWidth + 6 : node.x - 6;
  const room = isInside ? (settings.width - settings.hallWidth) / 2 - settings.barWidth - 14 : settings.labelWidth - 10;
  const slot = Math.max(node.height, settings.slot);
  const figure = figureOf(node);
  const lines = fitLines(labelOf(node), room, !isInside && slot > 54 ? 2 : 1, TEXT_PX);
  const hasFigure = slot > (lines.length + 1) * LINE_PX;
  const top = node.y + node.height / 2 - ((lines.length + (hasFigure ? 1 : 0)) * LINE_PX) / 2 + 12;
  return (
    <g class={`node outer c-${node.class}`} data-key={node.key} onClick={() => props.onPick(node.key)} onPointerEnter={() => props.onPoint(node.key)} onPointerLeave={() => props.onPoint("")}>
      <title>{labelOf(node)}: {figure}</title>
      <rect class="hit" x={isLeft ? 0 : node.x} y={node.y + node.height / 2 - slot / 2} width={settings.labelWidth + settings.barWidth} height={slot} />
      <rect class={node.isEstimate ? "bar hollow" : "bar"} x={node.x + (node.isEstimate ? 1 : 0)} y={node.y + (node.isEstimate ? 1 : 0)}
        width={settings.barWidth - (node.isEstimate ? 2 : 0)} height={Math.max(1, node.height - (node.isEstimate ? 2 : 0))} />
      <text x={x} y={top} class={isLeft === isInside ? "start" : "end"}>
        {lines.map((line, i) => <tspan x={x} y={top + i * LINE_PX}>{line}</tspan>)}
        {hasFigure && <tspan class="figure" x={x} y={top + lines.length * LINE_PX}>{figure}</tspan>}
      </text>
    </g>
  );
}

function Hall({ node, props }: { readonly node: Node; readonly props: PictureProps }): JSX.Element {
  const { settings, labelOf, figureOf } = props;
  const height = Math.max(node.height, settings.hallSlot);
  const top = node.y + node.height / 2 - height / 2;
  const lines = fitLines(labelOf(node), settings.hallWidth - 20, height >= 38 ? 2 : 1, TEXT_PX, 500);
  const hasFigure = height > (lines.length + 1) * LINE_PX + 4;
  const first = top + height / 2 - ((lines.length + (hasFigure ? 1 : 0)) * LINE_PX) / 2 + 12;
  const isEnd = node.hall?.startsWith("fate:") === true || node.hall === "market";
  return (
    <g class={`node hall${isEnd ? " loose" : ""}`} data-key={node.key} onClick={() => props.onPick(node.key)} onPointerEnter={() => props.onPoint(node.key)} onPointerLeave={() => props.onPoint("")}>
      <title>{labelOf(node)}: {figureOf(node)}</title>
      <rect x={node.x + 0.5} y={top + 0.5} width={settings.hallWidth - 1} height={height - 1} rx={2} />
      <text class="mid">
        {lines.map((line, i) => <tspan x={node.x + settings.hallWidth / 2} y={first + i * LINE_PX}>{line}</tspan>)}
        {hasFigure && <tspan class="figure" x={node.x + settings.hallWidth / 2} y={first + lines.length * LINE_PX}>{figureOf(node)}</tspan>}
      </text>
    </g>
  );
}

export function Picture(props: PictureProps): JSX.Element {
  const { layout, settings, isOn, isPicked, sayLink, onPick, onPoint } = props;
  const [at, setAt] = useState(-1);
  const list = useRef<SVGGElement>(null);
  // By the keyboard one walks from top to bottom, first what is pulled, then what is pushed.
  const walk = useMemo(() => [...layout.links].sort((a, b) => (a.side === b.side ? 0 : a.side === "pull" ? -1 : 1)
    || (a.side === "pull" ? a.from.y - b.from.y || a.to.y - b.to.y : a.to.y - b.to.y || a.from.y - b.from.y)), [layout]);
  const go = (to: number): void => {
    const next = Math.min(walk.length - 1, Math.max(0, to));
    setAt(next);
    onPoint(walk[next]?.key ?? "");
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, j: at + 1, k: at - 1, Home: 0, End: walk.length - 1 }[event.key];
    if (step !== undefined) go(step);
    else if (event.key === "Enter" || event.key === " ") onPick(walk[at]?.key ?? "");
    else if (event.key === "Escape") onPick("");
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const hallX = (settings.width - settings.hallWidth) / 2;
  const isToday = props.view === "today";
  const inside = settings.labelWidth === 0;
  return (
    <svg class={`knot${isPicked ? " picked" : ""}`} viewBox={`0 0 ${settings.width} ${layout.height + HEAD + 8}`} width={settings.width} height={layout.height + HEAD + 8}
      role="group" aria-label={text("knot.picture")}>
      <rect class="ground" width={settings.width} height={layout.height + HEAD + 8} onClick={() => onPick("")} />
      <g class="heads" aria-hidden="true">
        <text class={inside ? "start" : "end"} x={inside ? 0 : settings.labelWidth + settings.barWidth} y={14}>{text(isToday ? "knot.pull_today" : "knot.pull")}</text>
        <text class="mid" x={settings.width / 2} y={14}>{text(isToday ? "knot.knot_today" : "knot.knot")}</text>
        <text class={inside ? "end" : "start"} x={inside ? settings.width : settings.width - settings.labelWidth - settings.barWidth} y={14}>{text(isToday ? "knot.push_today" : "knot.push")}</text>
      </g>
      <g transform={`translate(0 ${HEAD})`}>
        <g class="bands" aria-hidden="true">
          {layout.bands.filter(({ isEmpty }) => !(isEmpty.pull && isEmpty.push)).map(({ band, y, isEmpty }) => (
            <>
              <path d={`M0 ${y + 0.5}H${hallX - 24}M${hallX + settings.hallWidth + 24} ${y + 0.5}H${settings.width}`} />
              {!isEmpty.pull && <text class="start" x={0} y={y + 15}>{text(`knot.band.${band}`)}</text>}
              {!isEmpty.push && <text class="end" x={settings.width} y={y + 15}>{text(`knot.band.${band}`)}</text>}
            </>
          ))}
        </g>
        <g class="ribbons" role="listbox" tabIndex={0} ref={list} aria-label={text("knot.ribbons")} aria-activedescendant={at >= 0 ? `ribbon-${at}` : undefined}
          onKeyDown={onKey} onFocus={() => { if (at < 0) go(0); }} onBlur={() => onPoint("")}>
          {walk.map((link, i) => (
            <path key={link.key} id={`ribbon-${i}`} role="option" aria-selected={isPicked && isOn(link)} aria-label={sayLink(link)} d={link.path}
              class={`c-${link.class}${link.isCost ? " cost" : ""}${isPicked && isOn(link) ? " on" : ""}${i === at ? " at" : ""}`}
              onClick={() => { setAt(i); onPick(link.key); }} onPointerEnter={() => onPoint(link.key)} onPointerLeave={() => onPoint("")} />
          ))}
        </g>
        <g aria-hidden="true">
          {layout.nodes.map((node) => (node.kind === "hall" ? <Hall key={node.key} node={node} props={props} /> : <Outer key={node.key} node={node} props={props} />))}
        </g>
      </g>
    </svg>
  );
}

