import { me, signOut } from "../../api/session.ts";
import { go } from "../../app/router.ts";
import { useStore } from "../../app/store.ts";
import { text } from "../../text/text.ts";
import { Page, tell } from "../../ui/index.ts";

export function AccountPage() {
  const { account, role, actors } = useStore(me);
  return (
    <Page title={account?.name ?? text("account.title")} kicker={text("account.title")}>
      <dl class="facts">
        {account && <><dt>{text("account.email")}</dt><dd>{account.email}</dd></>}
        <dt>{text("account.role")}</dt><dd>{text(`common.role.${role}`)}</dd>
        {actors.length > 0 && <><dt>{text("account.speaks_for")}</dt><dd>{actors.map((actor) => actor.name).join(", ")}</dd></>}
      </dl>
      <p class="actions"><button type="button" onClick={() => void signOut().then(() => { go("/"); tell(text("common.signed_out")); })}>{text("common.sign_out")}</button></p>
    </Page>
  );
}
