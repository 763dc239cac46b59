/* The second factor: begun with the password, proved with a code, with codes on paper for who loses the telephone. */
import { useState } from "preact/hooks";
import { encode } from "uqr";
import { send } from "../../api/client.ts";
import { text } from "../../text/text.ts";
import { Dialog, ProblemNote, Submit, TextField, tell } from "../../ui/index.ts";
import { WithPassword, passwordWords } from "./password.tsx";
import { takeCsrf, useTask, wrongField } from "./task.ts";

interface Begun {
  readonly secret: string;
  readonly uri: string;
}

/* Made here, so that the secret goes nowhere else. White ground, also in the dark. */
function Qr({ of }: { readonly of: string }) {
  const { data, size } = encode(of, { border: 2 });
  const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={text("account.factor_qr")} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" /><path d={path} fill="#000" />
    </svg>
  );
}

function Codes({ codes, onClose }: { readonly codes: readonly string[]; readonly onClose: () => void }) {
  return (
    <Dialog title={text("account.codes")} onClose={onClose}>
      <p>{text("account.codes_lead")}</p>
      <ul class="codes">{codes.map((code) => <li key={code} class="secret">{code}</li>)}</ul>
      <p class="actions"><button type="button" onClick={() => print()}>{text("account.codes_print")}</button></p>
    </Dialog>
  );
}

function Prove({ begun, onCodes }: { readonly begun: Begun; readonly onCodes: (codes: readonly string[]) => void }) {
  const [code, setCode] = useState("");
  const task = useTask();
  const wrong = wrongField(task.problem, passwordWords());
  const submit = (event: Event): void => {
    event.preventDefault();
    void task.run(async () => {
      const { body } = await send<{ recovery_codes: string[] }>("PUT", "/me/second-factor", { totp: code });
      takeCsrf(body);
      onCodes(body.recovery_codes);
    });
  };
  return (
    <>
      <p>{text("account.factor_scan")}</p>
      <div class="factor">
        <Qr of={begun.uri} />
        <dl>
          <dt class="quiet">{text("account.factor_secret")}</dt><dd class="secret">{begun.secret.match(/.{4}/g)?.join(" ")}</dd>
          <dt class="quiet">{text("account.factor_uri")}</dt><dd><a class="secret small" href={begun.uri}>{begun.uri}</a></dd>
        </dl>
      </div>
      <form class="form" noValidate onSubmit={submit}>
        {task.problem && !wrong && <ProblemNote problem={task.problem} />}
        <TextField name="totp" label={text("account.code")} hint={text("account.code_hint")} value={code} onValue={setCode} inputMode="numeric" autocomplete="one-time-code"
          error={wrong?.[0] === "totp" ? wrong[1] : undefined} />
        <p class="actions"><Submit label={text("account.factor_prove")} isBusy={task.isBusy} /></p>
      </form>
    </>
  );
}

export function Factor({ isOn, again }: { readonly isOn: boolean; readonly again: () => void }) {
  const [asks, setAsks] = useState<"begin" | "end" | "codes">();
  const [begun, setBegun] = useState<Begun>();
  const [codes, setCodes] = useState<readonly string[]>();
  const begin = async (current_password: string): Promise<void> => {
    setBegun((await send<Begun>("POST", "/me/second-factor", { current_password })).body);
    setAsks(undefined);
  };
  const end = async (current_password: string): Promise<void> => {
    takeCsrf((await send("POST", "/me/second-factor/off", { current_password })).body);
    setAsks(undefined);
    tell(text("account.factor_ended"));
    again();
  };
  const renew = async (current_password: string): Promise<void> => {
    setCodes((await send<{ recovery_codes: string[] }>("POST", "/me/recovery-codes", { current_password })).body.recovery_codes);
    setAsks(undefined);
  };
  return (
    <>
      <p>{text(isOn ? "account.factor_is_on" : "account.factor_is_off")}</p>
      {!asks && !begun && (
        <p class="actions">
          {isOn ? <><button type="button" onClick={() => setAsks("codes")}>{text("account.codes_new")}</button>
            <button type="button" onClick={() => setAsks("end")}>{text("account.factor_end")}</button></>
            : <button type="button" onClick={() => setAsks("begin")}>{text("account.factor_begin")}</button>}
        </p>
      )}
      {asks === "begin" && <WithPassword label={text("account.factor_next")} onDone={begin} />}
      {asks === "end" && <WithPassword label={text("account.factor_end")} onDone={end} />}
      {asks === "codes" && <WithPassword label={text("account.codes_new")} onDone={renew} />}
      {begun && !codes && <Prove begun={begun} onCodes={setCodes} />}
      {codes && <Codes codes={codes} onClose={() => { setCodes(undefined); setBegun(undefined); again(); }} />}
    </>
  );
}
