/* One's own account: who one is here, password, second factor, sessions, and what the file holds about one. */
import { useState } from "preact/hooks";
import { send } from "../../api/client.ts";
import { askWhoWeAre, me, signOut } from "../../api/session.ts";
import { useGet } from "../../api/use.ts";
import { go } from "../../app/router.ts";
import { useStore } from "../../app/store.ts";
import { language, speak, text, type Language } from "../../text/text.ts";
import { Page, ProblemNote, SelectField, TextField, tell } from "../../ui/index.ts";
import { Erase } from "./erase.tsx";
import { Factor } from "./factor.tsx";
import { ChangePassword } from "./password.tsx";
import { Sessions } from "./sessions.tsx";
import { useTask } from "./task.ts";

export interface OwnAccount {
  readonly account_id: number;
  readonly has_second_factor: boolean;
}

function Profile() {
  const { account } = useStore(me);
  const now = useStore(language);
  const [name, setName] = useState(account?.name ?? "");
  const task = useTask();
  const save = (event: Event): void => {
    event.preventDefault();
    void task.run(async () => {
      await send("PATCH", "/me", { name: name.trim(), language: now });
      await askWhoWeAre();
      tell(text("account.saved"));
    });
  };
  return (
    <form class="form" onSubmit={save}>
      {task.problem && <ProblemNote problem={task.problem} />}
      <TextField name="name" label={text("account.name")} hint={text("account.name_hint")} value={name} onValue={setName} autocomplete="name" maxLength={200} />
      <SelectField<Language> name="language" label={text("common.language")} value={now} onValue={(tongue) => void speak(tongue, true)}
        options={[{ value: "nl", label: text("common.language.nl") }, { value: "en", label: text("common.language.en") }]} />
      <p class="actions"><button type="submit">{task.isBusy ? text("common.busy") : text("account.save")}</button></p>
    </form>
  );
}

export function AccountPage() {
  const { account, role, actors } = useStore(me);
  const own = useGet<{ readonly account: OwnAccount | null }>("/me");
  const leave = (): void => void signOut().then(() => { go("/"); tell(text("common.signed_out")); });
  return (
    <Page title={account?.name ?? text("account.title")} kicker={text("account.title")} lead={text("account.lead", { role: text(`common.role.${role}`) })}
      actions={<button type="button" onClick={leave}>{text("common.sign_out")}</button>}>
      <dl class="facts">
        {account?.email && <><dt>{text("account.email")}</dt><dd>{account.email}</dd></>}
        <dt>{text("account.role")}</dt><dd>{text(`common.role.${role}`)}</dd>
        {actors.length > 0 && <><dt>{text("account.speaks_for")}</dt><dd>{actors.map((actor) => actor.name).join(", ")}</dd></>}
      </dl>
      <section class="account-part"><h2>{text("account.profile")}</h2><Profile /></section>
      <section class="account-part"><h2>{text("account.password")}</h2><ChangePassword /></section>
      <section class="account-part"><h2>{text("account.factor")}</h2>{own.data?.account && <Factor isOn={own.data.account.has_second_factor} again={own.again} />}</section>
      <section class="account-part"><h2>{text("account.sessions")}</h2><Sessions /></section>
      <section class="account-part"><h2>{text("account.data")}</h2><Erase /></section>
    </Page>
  );
}

