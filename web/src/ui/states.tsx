/* While it comes, when there is nothing, when it fails. */
import type { ComponentChildren, JSX } from "preact";
import type { Problem } from "../api/client.ts";
import type { Fetched } from "../api/use.ts";
import { text } from "../text/text.ts";

export function Skeleton({ lines = 4 }: { readonly lines?: number }): JSX.Element {
  return (
    <div class="skeleton" aria-busy="true">
      {Array.from({ length: lines }, (_, i) => <span key={i} aria-hidden="true" />)}
      <p class="unseen">{text("common.waiting")}</p>
    </div>
  );
}

/* What happened, what is safe, what to do. */
export function ProblemNote({ problem, again }: { readonly problem: Problem; readonly again?: () => void }): JSX.Element {
  return (
    <div class="note bad" role="alert">
      <p><b>{problem.happened}</b></p>
      <p>{problem.safe} {problem.next}</p>
      {again && problem.kind !== "not_found" && problem.kind !== "forbidden" && <button type="button" onClick={again}>{text("common.again")}</button>}
    </div>
  );
}

/* Says what to do first. */
export function Empty({ children, action }: { readonly children: ComponentChildren; readonly action?: ComponentChildren }): JSX.Element {
  return <div class="empty"><p>{children}</p>{action && <p class="actions">{action}</p>}</div>;
}

/* <Wait of={fetched}>{(data) => ...}</Wait>: skeleton, problem, or the thing; an old thing stays visible under a problem. */
export function Wait<T>({ of, lines, children }: { readonly of: Fetched<T>; readonly lines?: number; readonly children: (data: T) => ComponentChildren }): JSX.Element {
  return (
    <>
      {of.problem && <ProblemNote problem={of.problem} again={of.again} />}
      {of.data !== undefined ? children(of.data) : !of.problem && <Skeleton {...(lines === undefined ? {} : { lines })} />}
    </>
  );
}
