/* Numbers on screen: rounded to what is known, the exact value one step away, estimates hollow and named. */
import type { ComponentChildren, JSX } from "preact";
import { exactNumber, formatFigure, type Unknown } from "../format/numbers.ts";
import { text } from "../text/text.ts";

export const CLASSES = ["material", "energy", "water", "space", "labour", "knowledge", "capital"] as const;
export type ResourceClass = (typeof CLASSES)[number];
export const LEVELS = ["park", "municipality", "region", "intercity", "country", "world"] as const;
export type Level = (typeof LEVELS)[number];

export const levelText = (level: Level): string => text(`common.level.${level}`);

export interface FigureProps {
  readonly value: Unknown;
  readonly unit?: string | undefined;
  readonly relSd?: Unknown;
  readonly isEstimate?: boolean | undefined;
}

export function Figure({ value, unit, relSd, isEstimate }: FigureProps): JSX.Element {
  if (value === null || value === undefined || !Number.isFinite(value)) return <span class="unknown">{text("common.not_known")}</span>;
  return (
    <span class="nowrap">
      {isEstimate && <i class="ring" aria-hidden="true" />}
      <data class={isEstimate ? "guess" : undefined} value={value} title={exactNumber(value, unit)}>{formatFigure(value, relSd, unit)}</data>
      {isEstimate && <span class="estimate"> {text("common.estimate")}</span>}
    </span>
  );
}

/* In tables, where a column of the word "estimate" would be noise, the ring stands for it and the word is there to be read aloud. */
export function Cell({ value, unit, relSd, isEstimate }: FigureProps): JSX.Element {
  if (value === null || value === undefined || !Number.isFinite(value)) return <span class="unknown">{text("common.not_known")}</span>;
  return (
    <>
      {isEstimate && <i class="ring" title={text("common.estimate")}><span class="unseen">{text("common.estimate")} </span></i>}
      <data value={value} title={exactNumber(value, unit)}>{formatFigure(value, relSd, unit)}</data>
    </>
  );
}

export function Dot({ of, isHollow }: { readonly of: ResourceClass; readonly isHollow?: boolean }): JSX.Element {
  return <i class={`dot c-${of}${isHollow ? " hollow" : ""}`} aria-hidden="true" />;
}

export function ClassName({ of }: { readonly of: ResourceClass }): JSX.Element {
  return <span class="nowrap"><Dot of={of} />{text(`common.class.${of}`)}</span>;
}

export interface Source {
  readonly source_id: string;
  readonly title: string;
  readonly publisher?: string | null;
  readonly year?: number | null;
  readonly licence?: string | null;
  readonly link?: string | null;
  readonly kind?: string | null;
}

export function SourceLine({ sources, note }: { readonly sources: readonly Source[]; readonly note?: ComponentChildren }): JSX.Element {
  return (
    <p class="source">
      {text("common.source", { n: sources.length })}{" "}
      {sources.length === 0 ? text("common.source_none") : sources.map((source, i) => (
        <>{i > 0 && "; "}{source.link && /^https?:/.test(source.link) ? <a href={source.link} rel="noreferrer external">{source.title}</a> : source.title}{source.year ? `, ${source.year}` : ""}</>
      ))}
      {note && <>. {note}</>}
    </p>
  );
}
