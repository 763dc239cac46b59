/* A dialog with a few fields: what is missing is said beside its field, what the server refuses above them. */
import type { ComponentChildren, JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Problem } from "../../api/client.ts";
import { text } from "../../text/text.ts";
import { AreaField, CheckField, Dialog, ProblemNote, SelectField, Submit, TextField, announce, fieldError, tell, type Option } from "../../ui/index.ts";

export type Value = string | boolean;
export type Values = Readonly<Record<string, Value>>;
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly kind?: "text" | "area" | "number" | "date" | "select" | "check";
  readonly options?: readonly Option[];
  readonly required?: boolean;
  readonly max?: number;
  readonly when?: (values: Values) => boolean;
}
export interface FormProps {
  readonly title: string;
  readonly fields: readonly Field[];
  readonly initial?: Values;
  readonly submit?: string;
  readonly onSubmit: (values: Values) => Promise<void>;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

/* What a field holds, as the API wants it: blank is null. */
export const wordOf = (value: Value | undefined): string | null => (typeof value === "string" && value.trim() !== "" ? value.trim() : null);
export const numberOf = (value: Value | undefined): number | null => {
  const word = wordOf(value);
  return word === null ? null : Number(word.replaceAll(/\s/g, "").replace(",", "."));
};
export const flagOf = (value: Value | undefined): boolean => value === true;

const isWrong = (field: Field, value: Value | undefined): string | undefined => {
  if (field.kind === "check") return undefined;
  if (field.required && wordOf(value) === null) return text("common.form.missing");
  if (field.kind === "number" && wordOf(value) !== null && !Number.isFinite(numberOf(value))) return text("common.form.number");
  return undefined;
};

function OneField({ field, value, error, onValue }: { readonly field: Field; readonly value: Value; readonly error: string | undefined; readonly onValue: (value: Value) => void }): JSX.Element {
  const common = { name: field.name, label: field.label, hint: field.hint, error, onValue };
  const word = typeof value === "string" ? value : "";
  switch (field.kind) {
    case "check": return <CheckField name={field.name} label={field.label} checked={value === true} onValue={onValue} />;
    case "area": return <AreaField {...common} value={word} rows={4} />;
    case "select": return <SelectField {...common} value={word} options={field.options ?? []} />;
    case "number": return <TextField {...common} value={word} inputMode="decimal" />;
    default: return <TextField {...common} value={word} type={field.kind ?? "text"} {...(field.max === undefined ? {} : { maxLength: field.max })} />;
  }
}

export function FormDialog({ title, fields, initial = {}, submit, onSubmit, onClose, children }: FormProps): JSX.Element {
  const [values, setValues] = useState<Values>(initial);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const shown = fields.filter((field) => field.when?.(values) ?? true);
  async function onSend(event: Event): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    const wrong = Object.fromEntries(shown.flatMap((field) => { const error = isWrong(field, values[field.name]); return error ? [[field.name, error]] : []; }));
    setErrors(wrong);
    const first = Object.keys(wrong)[0];
    if (first) { form.current?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus(); return; }
    setBusy(true);
    setProblem(undefined);
    try {
      await onSubmit(values);
      onClose();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setBusy(false);
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <form class="form" ref={form} noValidate onSubmit={(event) => void onSend(event)}>
        {problem && <ProblemNote problem={problem} />}
        {shown.map((field) => (
          <OneField key={field.name} field={field} value={values[field.name] ?? ""} error={errors[field.name] ?? fieldError(problem, field.name)}
            onValue={(value) => setValues((old) => ({ ...old, [field.name]: value }))} />
        ))}
        <p class="actions"><Submit label={submit ?? text("common.form.save")} isBusy={isBusy} /><button type="button" onClick={onClose}>{text("common.form.cancel")}</button></p>
      </form>
    </Dialog>
  );
}

/* Does one thing at the server, says so, and shows what became of it. */
export function useDoing(again: () => void): { problem: Problem | undefined; doing: (work: () => Promise<unknown>, said: string, undo?: () => void | Promise<void>) => Promise<boolean> } {
  const [problem, setProblem] = useState<Problem>();
  async function doing(work: () => Promise<unknown>, said: string, undo?: () => void | Promise<void>): Promise<boolean> {
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      again();
      return false;
    }
    announce(said);
    tell(said, undo);
    again();
    return true;
  }
  return { problem, doing };
}

export const optionsOf = <W extends string>(words: readonly W[], key: (word: W) => string): readonly Option[] => words.map((value) => ({ value, label: key(value) }));
