/* Lists that j and k walk through, and tabs. */
import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";

export interface RowProps {
  readonly key: string;
  readonly href: string;
  readonly isNow?: boolean;
  readonly title: ComponentChildren;
  readonly detail?: ComponentChildren;
}

export function Rows({ label, rows }: { readonly label: string; readonly rows: readonly RowProps[] }): JSX.Element {
  return (
    <ul class="rows" data-list aria-label={label}>
      {rows.map(({ key, href, isNow, title, detail }) => (
        <li key={key}>
          <a class="row" data-row href={href} aria-current={isNow ? "true" : undefined}><b>{title}</b>{detail && <span class="detail">{detail}</span>}</a>
        </li>
      ))}
    </ul>
  );
}

/* Arrow keys go from tab to tab, as the pattern of the ARIA guide has it. */
export function Tabs<W extends string>({ label, tabs, now, onTab, children }: { readonly label: string; readonly tabs: readonly { readonly value: W; readonly label: string }[]; readonly now: W; readonly onTab: (tab: W) => void; readonly children: ComponentChildren }): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const onKey = (event: KeyboardEvent): void => {
    const at = tabs.findIndex(({ value }) => value === now);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const tab = tabs[(next + tabs.length) % tabs.length]!;
    onTab(tab.value);
    list.current?.querySelector<HTMLElement>(`[data-tab="${tab.value}"]`)?.focus();
  };
  return (
    <>
      <div class="tabs no-print" role="tablist" aria-label={label} ref={list} onKeyDown={onKey}>
        {tabs.map(({ value, label: name }) => (
          <button type="button" class="bare" role="tab" id={`tab-${value}`} data-tab={value} aria-selected={value === now} aria-controls="tab-panel"
            tabIndex={value === now ? 0 : -1} onClick={() => onTab(value)}>{name}</button>
        ))}
      </div>
      <div class="tab-panel" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${now}`}>{children}</div>
    </>
  );
}
