/* Something that is sent by a form: while it is under way, and what went wrong. */
import { useState } from "preact/hooks";
import { csrf, Problem } from "../../api/client.ts";

export interface Task {
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  readonly run: (work: () => Promise<void>) => Promise<boolean>;
  readonly forget: () => void;
}

export function useTask(): Task {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = async (work: () => Promise<void>): Promise<boolean> => {
    if (isBusy) return false;
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, problem, run, forget: () => setProblem(undefined) };
}

/* A change of rights gives the session a new token, and with it a new value for the header. */
export function takeCsrf(body: unknown): void {
  const value = (body as { csrf?: unknown } | null)?.csrf;
  if (typeof value === "string") csrf.set(value);
}

/* The field that a problem is about, in our words; undefined: it is about none of these. */
export function wrongField(problem: Problem | undefined, words: Readonly<Record<string, string>>): readonly [string, string] | undefined {
  const field = problem?.fields[0]?.field;
  return field !== undefined && words[field] !== undefined ? [field, words[field]] : undefined;
}
