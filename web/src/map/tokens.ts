/* The colours of the page, for what is drawn on a canvas; read anew when the system turns dark or light. */
import { CLASSES, type ResourceClass } from "../ui/figure.tsx";

export interface Tokens {
  readonly paper: string;
  readonly ink: string;
  readonly quiet: string;
  readonly line: string;
  readonly accent: string;
  readonly land: string;
  readonly far: string;
  readonly border: string;
  readonly water: string;
  readonly rail: string;
  readonly road: string;
  readonly of: Readonly<Record<ResourceClass, string>>;
}

export function readTokens(): Tokens {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    paper: value("paper"), ink: value("ink"), quiet: value("quiet"), line: value("line"), accent: value("accent"), land: value("land"), far: value("far"),
    border: value("border"), water: value("base-water"), rail: value("base-rail"), road: value("base-road"),
    of: Object.fromEntries(CLASSES.map((one) => [one, value(one)])) as Record<ResourceClass, string>,
  };
}
