/* Keys: / searches, j and k walk through lists, ? helps. None of them while one types, and none with a modifier. */
import type { JSX } from "preact";
import { Store, useStore } from "../app/store.ts";
import { go } from "../app/router.ts";
import { rooms } from "../app/rooms.ts";
import { text } from "../text/text.ts";
import { Dialog } from "./dialog.tsx";

const isHelpOpen = new Store(false);

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/* The next row of the list that has the focus, or of the first list of the page. */
function walk(step: 1 | -1): boolean {
  const now = document.activeElement?.closest("[data-list]") ?? document.querySelector("main [data-list]");
  if (!now) return false;
  const rows = [...now.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return next !== undefined;
}

function focusSearch(): boolean {
  const box = document.querySelector<HTMLInputElement>("main input[type=search]");
  if (box) {
    box.focus();
    box.select();
    return true;
  }
  const room = rooms.find((one) => one.name === "search") ?? rooms.find((one) => one.name === "chances");
  if (room) go(`/${room.name}`);
  return room !== undefined;
}

function onKey(event: KeyboardEvent): void {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const done = event.key === "/" ? focusSearch()
    : event.key === "j" ? walk(1)
    : event.key === "k" ? walk(-1)
    : event.key === "?" ? (isHelpOpen.set(true), true)
    : false;
  if (done) event.preventDefault();
}

export function startKeys(): () => void {
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

export function Help(): JSX.Element | null {
  if (!useStore(isHelpOpen)) return null;
  return (
    <Dialog title={text("common.help.title")} onClose={() => isHelpOpen.set(false)}>
      <dl>
        {([["/", "search"], ["j", "next"], ["k", "previous"], ["Enter", "open"], ["Esc", "close"], ["?", "help"]] as const).map(([key, what]) => (
          <><dt><kbd>{key}</kbd></dt><dd>{text(`common.help.${what}`)}</dd></>
        ))}
      </dl>
    </Dialog>
  );
}
