/* The field in which a cell is edited: a text, a choice, or a reference that is looked up while one types. */
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { get } from "../../api/client.ts";
import { text } from "../../text/text.ts";
import { wordText, type ColumnDef } from "./tables.ts";

interface Group { readonly kind: string; readonly items: readonly { readonly key: string; readonly title: string }[] }

/* Rows of the table that a reference is to, by what is typed. */
export function useLookUp(column: ColumnDef, typed: string): readonly { readonly key: string; readonly title: string }[] {
  const [found, setFound] = useState<readonly { readonly key: string; readonly title: string }[]>([]);
  useEffect(() => {
    if (column.kind !== "reference" || typed.trim().length < 2) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      get<{ groups: readonly Group[] }>("/search", { query: { q: typed, kind: column.target, limit: 12 }, signal: stop.signal })
        .then(({ groups }) => setFound(groups[0]?.items ?? []), () => undefined);
    }, 120);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [column, typed]);
  return found;
}

export interface EditorProps {
  readonly column: ColumnDef;
  readonly id: string;
  readonly label: string;
  readonly initial: string;
  readonly isTyped: boolean;   // it begins with what was typed; else all of it is selected
  readonly error: string | undefined;
  readonly onSave: (value: string, step: "stay" | "down" | "right" | "left") => void;
  readonly onLeave: () => void;
}

export function Editor({ column, id, label, initial, isTyped, error, onSave, onLeave }: EditorProps): JSX.Element {
  const box = useRef<HTMLInputElement & HTMLSelectElement>(null);
  const [typed, setTyped] = useState(initial);
  const isOver = useRef(false);
  const found = useLookUp(column, typed);
  // At once: the next letter typed must find the field.
  useLayoutEffect(() => {
    box.current?.focus();
    if (!(box.current instanceof HTMLInputElement)) return;
    if (isTyped) box.current.setSelectionRange(initial.length, initial.length);
    else box.current.select();
  }, []);
  const save = (step: "stay" | "down" | "right" | "left"): void => {
    if (isOver.current) return;
    isOver.current = true;
    onSave(box.current?.value ?? "", step);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === "Escape") { isOver.current = true; event.preventDefault(); onLeave(); }
    else if (event.key === "Enter") { event.preventDefault(); save("down"); }
    else if (event.key === "Tab") { event.preventDefault(); save(event.shiftKey ? "left" : "right"); }
  };
  const common = { id, "aria-label": label, "aria-invalid": error ? ("true" as const) : undefined, "aria-describedby": error ? `${id}-error` : undefined, onKeyDown, onBlur: () => save("stay") };
  if (column.kind === "word" || column.kind === "flag") {
    const options = column.kind === "flag" ? [["1", text("data.yes")], ["0", text("data.no")]] : (column.words ?? []).map((word) => [word, wordText(word)]);
    return (
      <select ref={box} {...common} class="cell-edit">
        {!column.is_required && <option value="" selected={initial === ""} />}
        {options.map(([value, name]) => <option value={value} selected={value === initial}>{name}</option>)}
      </select>
    );
  }
  return (
    <>
      <input ref={box} {...common} class="cell-edit" type="text" inputMode={column.kind === "number" || column.kind === "integer" ? "decimal" : "text"}
        defaultValue={initial} autocomplete="off" spellcheck={false} list={column.kind === "reference" ? `${id}-list` : undefined} onInput={(event) => setTyped(event.currentTarget.value)} />
      {column.kind === "reference" && <datalist id={`${id}-list`}>{found.map(({ key, title }) => <option value={key}>{title}</option>)}</datalist>}
    </>
  );
}
