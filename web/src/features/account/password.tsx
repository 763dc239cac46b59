import { useState } from "preact/hooks";
import { send } from "../../api/client.ts";
import { text } from "../../text/text.ts";
import { ProblemNote, Submit, TextField, tell } from "../../ui/index.ts";
import { takeCsrf, useTask, wrongField } from "./task.ts";

export const LEAST = 12;
export const isLong = (password: string): boolean => [...password].length >= LEAST;

/* The server judges; what it refuses is told in these words. */
export const passwordWords = (): Record<string, string> => ({
  password: text("account.password_weak"),
  current_password: text("account.password_wrong"),
  totp: text("account.code_wrong"),
  name: text("account.name_missing"),
});

export function ChangePassword() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [isShort, setShort] = useState(false);
  const task = useTask();
  const wrong = wrongField(task.problem, passwordWords());
  const save = (event: Event): void => {
    event.preventDefault();
    setShort(!isLong(next));
    if (!isLong(next)) return;
    void task.run(async () => {
      takeCsrf((await send("POST", "/me/password", { current_password: current, password: next })).body);
      setCurrent("");
      setNext("");
      tell(text("account.password_changed"));
    });
  };
  return (
    <form class="form" noValidate onSubmit={save}>
      {task.problem && !wrong && <ProblemNote problem={task.problem} />}
      <TextField name="current" type="password" label={text("account.password_current")} value={current} onValue={setCurrent} autocomplete="current-password"
        error={wrong?.[0] === "current_password" ? wrong[1] : undefined} />
      <TextField name="next" type="password" label={text("account.password_new")} hint={text("account.password_hint")} value={next} onValue={setNext}
        autocomplete="new-password" error={isShort ? text("account.password_short") : wrong?.[0] === "password" ? wrong[1] : undefined} />
      <p class="actions"><button type="submit">{task.isBusy ? text("common.busy") : text("account.password_change")}</button></p>
    </form>
  );
}

/* Asks for one's own password before something that matters. */
export function WithPassword({ label, hint, onDone }: { readonly label: string; readonly hint?: string; readonly onDone: (password: string) => Promise<void> }) {
  const [password, setPassword] = useState("");
  const task = useTask();
  const wrong = wrongField(task.problem, passwordWords());
  const submit = (event: Event): void => {
    event.preventDefault();
    void task.run(() => onDone(password));
  };
  return (
    <form class="form" noValidate onSubmit={submit}>
      {hint && <p>{hint}</p>}
      {task.problem && !wrong && <ProblemNote problem={task.problem} />}
      <TextField name="own-password" type="password" label={text("account.password_current")} value={password} onValue={setPassword} autocomplete="current-password"
        error={wrong?.[0] === "current_password" ? wrong[1] : undefined} />
      <p class="actions"><Submit label={label} isBusy={task.isBusy} /></p>
    </form>
  );
}
