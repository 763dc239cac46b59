/* The way from idea to running, with where a case is on it. */
import { text } from "../../text/text.ts";
import { STAGES, type Stage, type Status } from "./types.ts";

export function Way({ stage, status }: { readonly stage: Stage; readonly status: Status }) {
  const at = STAGES.indexOf(stage);
  return (
    <ol class={`way ${status}`} aria-label={text("cases.way")}>
      {STAGES.map((one, i) => (
        <li key={one} class={i < at ? "past" : i === at ? "now" : undefined} aria-current={i === at ? "step" : undefined}>{text(`cases.stage.${one}`)}</li>
      ))}
    </ol>
  );
}
