import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../../api/client.ts";
import { me, signIn } from "../../api/session.ts";
import { go } from "../../app/router.ts";
import { useStore } from "../../app/store.ts";
import { text } from "../../text/text.ts";
import { Page, ProblemNote, Submit, TextField, announce, fieldError } from "../../ui/index.ts";

/* Only an address of this portal: what follows a slash that no slash follows. */
export const safeTarget = (to: string): string => (/^\/(?![/\\])/.test(to) ? to : "/");

/* The server says that a code of the authenticator is asked for. */
const asksCode = (problem: Problem | undefined): boolean => problem?.type.endsWith("totp-required") === true;

export function SignInPage({ to }: { readonly to: string }) {
  const { account } = useStore(me);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<Problem>();
  const [needsCode, setNeedsCode] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => { if (account) go(safeTarget(to), "replace"); }, [account]);

  async function onSubmit(event: Event): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    const missing: Record<string, string> = {};
    if (!email.includes("@")) missing["email"] = text("account.email_missing");
    if (!password) missing["password"] = text("account.password_missing");
    if (needsCode && code.trim() === "") missing["totp"] = text("account.code_missing");
    setErrors(missing);
    const first = Object.keys(missing)[0];
    if (first) {
      form.current?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
      return;
    }
    setBusy(true);
    setProblem(undefined);
    try {
      await signIn(email.trim(), password, code.replaceAll(" ", "") || undefined);
      announce(text("account.welcome", { name: me.value.account?.name ?? "" }));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (asksCode(error)) setNeedsCode(true);
      else setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  const isCodeWrong = problem?.type.endsWith("totp-wrong") === true;
  const isRefused = !isCodeWrong && (problem?.status === 401 || problem?.status === 403);
  return (
    <Page title={text("account.sign_in")} lead={text("account.sign_in_lead")}>
      <form class="form" ref={form} noValidate onSubmit={(event) => void onSubmit(event)}>
        {isRefused && <div class="note bad" role="alert"><p>{text("account.refused")}</p></div>}
        {problem && !isRefused && !isCodeWrong && <ProblemNote problem={problem} />}
        <TextField name="email" type="email" label={text("account.email")} value={email} onValue={setEmail} autocomplete="username" required
          error={errors["email"] ?? fieldError(problem, "email")} />
        <TextField name="password" type="password" label={text("account.password")} value={password} onValue={setPassword} autocomplete="current-password" required
          error={errors["password"] ?? fieldError(problem, "password")} />
        {needsCode && (
          <TextField name="totp" label={text("account.code")} hint={text("account.code_hint")} value={code} onValue={setCode} inputMode="numeric"
            autocomplete="one-time-code" error={errors["totp"] ?? (isCodeWrong ? text("account.code_wrong") : undefined)} />
        )}
        <p class="actions"><Submit label={text("account.sign_in")} isBusy={isBusy} /></p>
        <p class="quiet small">{text("account.no_account")}</p>
      </form>
    </Page>
  );
}
