/* Fields with their label, hint and error tied to them. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Problem } from "../api/client.ts";
import { text } from "../text/text.ts";

interface Common {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
}

const ids = (name: string): { field: string; hint: string; error: string } => ({ field: `f-${name}`, hint: `f-${name}-hint`, error: `f-${name}-error` });
const described = ({ name, hint, error }: Common): string | undefined =>
  [hint && ids(name).hint, error && ids(name).error].filter(Boolean).join(" ") || undefined;

/* That something is missing is true no more once it is filled in. */
const settled = <C extends Common>(common: C, value: string): C => (common.error === text("common.form.missing") && value.trim() !== "" ? { ...common, error: undefined } : common);

function Around(props: Common & { readonly children: ComponentChildren }): JSX.Element {
  const { field, hint, error } = ids(props.name);
  return (
    <div class="field">
      <label for={field}>{props.label}</label>
      {props.hint && <span class="hint" id={hint}>{props.hint}</span>}
      {props.children}
      {props.error && <span class="error" id={error}>{props.error}</span>}
    </div>
  );
}

export interface TextFieldProps extends Common {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: "text" | "email" | "password" | "number" | "date" | "url" | "tel";
  readonly autocomplete?: string;
  readonly inputMode?: "text" | "numeric" | "decimal" | "email" | "url";
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly list?: string;      // id of a <datalist>
  readonly maxLength?: number;
}

export function TextField({ value, onValue, type = "text", autocomplete = "off", inputMode, placeholder, required, list, maxLength, ...rest }: TextFieldProps): JSX.Element {
  const common = settled(rest, value);
  return (
    <Around {...common}>
      <input type={type as "text"} id={ids(common.name).field} name={common.name} value={value} autocomplete={autocomplete} inputMode={inputMode} placeholder={placeholder}
        required={required} list={list} maxLength={maxLength} aria-invalid={common.error ? "true" : undefined} aria-describedby={described(common)}
        onInput={(event) => onValue(event.currentTarget.value)} />
    </Around>
  );
}

export function AreaField({ value, onValue, rows = 4, required, ...rest }: Common & { readonly value: string; readonly onValue: (value: string) => void; readonly rows?: number; readonly required?: boolean }): JSX.Element {
  const common = settled(rest, value);
  return (
    <Around {...common}>
      <textarea id={ids(common.name).field} name={common.name} rows={rows} value={value} required={required} aria-invalid={common.error ? "true" : undefined}
        aria-describedby={described(common)} onInput={(event) => onValue(event.currentTarget.value)} />
    </Around>
  );
}

export interface Option<W extends string = string> {
  readonly value: W;
  readonly label: string;
}

export function SelectField<W extends string>({ value, onValue, options, ...rest }: Common & { readonly value: W; readonly onValue: (value: W) => void; readonly options: readonly Option<W>[] }): JSX.Element {
  const common = settled(rest, value);
  return (
    <Around {...common}>
      <select id={ids(common.name).field} name={common.name} value={value} aria-invalid={common.error ? "true" : undefined} aria-describedby={described(common)}
        onChange={(event) => onValue(event.currentTarget.value as W)}>
        {options.map((option) => <option value={option.value} selected={option.value === value}>{option.label}</option>)}
      </select>
    </Around>
  );
}

export function CheckField({ name, label, checked, onValue }: { readonly name: string; readonly label: ComponentChildren; readonly checked: boolean; readonly onValue: (checked: boolean) => void }): JSX.Element {
  return (
    <label class="check" for={ids(name).field}>
      <input type="checkbox" id={ids(name).field} name={name} checked={checked} onChange={(event) => onValue(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

/* One of a few words. */
export function Choice<W extends string>({ label, value, options, onValue }: { readonly label: string; readonly value: W; readonly options: readonly Option<W>[]; readonly onValue: (value: W) => void }): JSX.Element {
  return (
    <div class="choice" role="group" aria-label={label}>
      <span aria-hidden="true">{label}</span>
      {options.map((option) => (
        <button type="button" class="bare" aria-pressed={option.value === value} onClick={() => onValue(option.value)}>{option.label}</button>
      ))}
    </div>
  );
}

/* Any of a few words; none chosen means all. */
export function Choices<W extends string>({ label, values, options, onValue }: { readonly label: string; readonly values: readonly W[]; readonly options: readonly (Option<W> & { readonly mark?: ComponentChildren })[]; readonly onValue: (values: readonly W[]) => void }): JSX.Element {
  return (
    <div class="choice" role="group" aria-label={label}>
      <span aria-hidden="true">{label}</span>
      {options.map((option) => {
        const isOn = values.includes(option.value);
        return (
          <button type="button" class="bare" aria-pressed={isOn}
            onClick={() => onValue(isOn ? values.filter((one) => one !== option.value) : [...values, option.value])}>{option.mark}{option.label}</button>
        );
      })}
    </div>
  );
}

/* The box that / focuses. Says what is typed after a short rest. */
export function SearchBox({ value, onValue, label, placeholder, restMs = 150 }: { readonly value: string; readonly onValue: (value: string) => void; readonly label: string; readonly placeholder?: string; readonly restMs?: number }): JSX.Element {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const box = useRef<HTMLInputElement>(null);
  const tell = useRef(onValue);
  tell.current = onValue; // what else was chosen during the rest is not undone
  useEffect(() => { if (box.current && box.current !== document.activeElement) box.current.value = value; }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <div class="search" role="search">
      <input ref={box} type="search" aria-label={label} placeholder={placeholder ?? label} defaultValue={value} autocomplete="off" spellcheck={false}
        onInput={(event) => {
          const typed = event.currentTarget.value;
          clearTimeout(timer.current);
          timer.current = setTimeout(() => tell.current(typed), restMs);
        }} />
    </div>
  );
}

/* The error of a field from what the server said, in its words. */
export const fieldError = (problem: Problem | undefined, name: string): string | undefined => problem?.fields.find(({ field }) => field === name)?.detail;

export function Submit({ label, isBusy }: { readonly label: string; readonly isBusy: boolean }): JSX.Element {
  return <button type="submit" class="first" aria-disabled={isBusy || undefined}>{isBusy ? text("common.busy") : label}</button>;
}
