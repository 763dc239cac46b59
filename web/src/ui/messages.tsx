/* What the app says by itself: to screen readers (announce) and to everybody, for a while, with a way back (tell). */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Store, useStore } from "../app/store.ts";
import { text } from "../text/text.ts";

const STAYS_MS = 8000;

const said = new Store<string>("");
interface Toast {
  readonly id: number;
  readonly message: string;
  readonly undo: (() => void | Promise<void>) | undefined;
}
const toasts = new Store<readonly Toast[]>([]);
let last = 0;

/* Said by a screen reader when it has time; the same sentence twice is said twice. */
export function announce(message: string): void {
  said.set(said.value === message ? `${message}\u200b` : message);
}

const drop = (id: number): void => toasts.set(toasts.value.filter((toast) => toast.id !== id));

/* tell("Saved.", () => putBack()); what was said last and cannot be taken back is not repeated beside itself */
export function tell(message: string, undo?: () => void | Promise<void>): void {
  const others = undo ? toasts.value : toasts.value.filter((toast) => toast.message !== message || toast.undo);
  toasts.set([...others.slice(-2), { id: ++last, message, undo }]);
}

export function Announcer(): JSX.Element {
  return <div class="unseen" role="status" aria-live="polite">{useStore(said)}</div>;
}

function ToastView({ toast }: { readonly toast: Toast }): JSX.Element {
  useEffect(() => {
    let timer = setTimeout(() => drop(toast.id), STAYS_MS);
    const keep = (): void => clearTimeout(timer);
    const leave = (): void => { timer = setTimeout(() => drop(toast.id), STAYS_MS); };
    const box = document.getElementById(`toast-${toast.id}`);
    for (const name of ["pointerenter", "focusin"]) box?.addEventListener(name, keep);
    for (const name of ["pointerleave", "focusout"]) box?.addEventListener(name, leave);
    return keep;
  }, [toast.id]);
  return (
    <div class="toast" id={`toast-${toast.id}`}>
      <span>{toast.message}</span>
      {toast.undo && <button type="button" class="plain" onClick={() => { drop(toast.id); void toast.undo?.(); }}>{text("common.undo")}</button>}
      <button type="button" class="plain" onClick={() => drop(toast.id)}>{text("common.close")}</button>
    </div>
  );
}

export function Toasts(): JSX.Element {
  return <div class="toasts" role="status" aria-live="polite">{useStore(toasts).map((toast) => <ToastView key={toast.id} toast={toast} />)}</div>;
}
