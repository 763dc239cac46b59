/* A page: its title (which takes the focus when one comes here), a sentence, what can be done, the body and what stands beside it. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { me } from "../api/session.ts";

export interface PageProps {
  readonly title: string;
  readonly kicker?: ComponentChildren;   // above the title, quiet: what kind of thing this is
  readonly lead?: ComponentChildren;     // a sentence before the figures
  readonly actions?: ComponentChildren;
  readonly aside?: ComponentChildren;    // right on a desktop, below on a phone
  readonly children?: ComponentChildren;
}

export function useTitle(title: string): void {
  useEffect(() => { document.title = `${title} – ${me.value.region.name}`; }, [title, me.value.region.name]);
}

export function Page({ title, kicker, lead, actions, aside, children }: PageProps): JSX.Element {
  useTitle(title);
  return (
    <article class="page">
      <header class="page-head">
        <div>
          {kicker && <p class="kicker">{kicker}</p>}
          <h1 tabIndex={-1}>{title}</h1>
          {lead && <p class="lead">{lead}</p>}
        </div>
        {actions && <div class="page-actions">{actions}</div>}
      </header>
      <div class={aside ? "page-body has-aside" : "page-body"}>
        <div>{children}</div>
        {aside && <aside>{aside}</aside>}
      </div>
    </article>
  );
}

export function Section({ title, children }: { readonly title: string; readonly children?: ComponentChildren }): JSX.Element {
  return <section><h2>{title}</h2>{children}</section>;
}

/* A thing among its like: what it is, one quiet line, what can be done. */
export function Card({ title, detail, action, children }: { readonly title: ComponentChildren; readonly detail?: ComponentChildren; readonly action?: ComponentChildren; readonly children?: ComponentChildren }): JSX.Element {
  return (
    <article class="card">
      <header><h3>{title}</h3>{action}</header>
      {detail && <p class="detail">{detail}</p>}
      {children}
    </article>
  );
}
