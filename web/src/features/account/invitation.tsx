/* Where a link of the coordinator leads. The token stands behind the #, which browsers send to nobody; from here it goes in a body. */
import { useEffect, useState } from "preact/hooks";
import { Problem, send } from "../../api/client.ts";
import { askWhoWeAre } from "../../api/session.ts";
import { go } from "../../app/router.ts";
import { formatDate } from "../../format/dates.ts";
import { language, text } from "../../text/text.ts";
import { Page, ProblemNote, Skeleton, Submit, TextField, tell } from "../../ui/index.ts";
import { isLong, passwordWords } from "./password.tsx";
import { useTask, wrongField } from "./task.ts";

interface Link {
  readonly kind: "account" | "password";
  readonly email: string;
  readonly role: string;
  readonly name: string | null;
  readonly actors: readonly string[];
  readonly ends: string;
  readonly ends_second_factor: boolean;
}

function Fill({ link, token }: { readonly link: Link; readonly token: string }) {
  const [name, setName] = useState(link.name ?? "");
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState<Readonly<Record<string, string>>>({});
  const task = useTask();
  const wrong = wrongField(task.problem, passwordWords());
  const isNew = link.kind === "account";
  const submit = (event: Event): void => {
    event.preventDefault();
    const found: Record<string, string> = {};
    if (isNew && !name.trim()) found["name"] = text("account.name_missing");
    if (!isLong(password)) found["password"] = text("account.password_short");
    setMissing(found);
    if (Object.keys(found).length > 0) return;
    void task.run(async () => {
      await send("POST", "/invitations/take", { token, password, ...(isNew ? { name: name.trim(), language: language.value } : {}) });
      await askWhoWeAre();
      go(isNew ? "/" : "/account/sign-in", "replace");
      tell(text(isNew ? "account.welcome" : "account.password_set", { name: name.trim() }));
    });
  };
  return (
    <form class="form" noValidate onSubmit={submit}>
      {task.problem && !wrong && <ProblemNote problem={task.problem} />}
      <dl class="facts">
        <dt>{text("account.email")}</dt><dd>{link.email}</dd>
        <dt>{text("account.role")}</dt><dd>{text(`common.role.${link.role}`)}</dd>
        {link.actors.length > 0 && <><dt>{text("account.speaks_for")}</dt><dd>{link.actors.join(", ")}</dd></>}
      </dl>
      {isNew && <TextField name="name" label={text("account.name")} hint={text("account.name_hint")} value={name} onValue={setName} autocomplete="name" maxLength={200}
        error={missing["name"] ?? (wrong?.[0] === "name" ? wrong[1] : undefined)} />}
      <TextField name="password" type="password" label={text(isNew ? "account.password" : "account.password_new")} hint={text("account.password_hint")} value={password}
        onValue={setPassword} autocomplete="new-password" error={missing["password"] ?? (wrong?.[0] === "password" ? wrong[1] : undefined)} />
      <p class="actions"><Submit label={text(isNew ? "account.invitation_take" : "account.password_change")} isBusy={task.isBusy} /></p>
      <p class="quiet small">{text("account.invitation_ends", { date: formatDate(link.ends) })}</p>
    </form>
  );
}

export function InvitationPage() {
  const [token] = useState(() => location.hash.slice(1));
  const [link, setLink] = useState<Link>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    // Out of the address, so that it stands in no history and on no screenshot.
    history.replaceState(history.state, "", location.pathname);
    send<Link>("POST", "/invitations/look", { token }).then(({ body }) => setLink(body), (error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    });
  }, [token]);
  const isGone = problem !== undefined && (problem.status === 410 || problem.status === 422);
  const lead = link && text(link.kind === "account" ? "account.invitation_lead" : link.ends_second_factor ? "account.reset_lead_factor" : "account.reset_lead");
  return (
    <Page title={text(link?.kind === "password" ? "account.reset" : "account.invitation")} lead={lead}>
      {isGone && <div class="note bad" role="alert"><p><b>{text("account.link_gone")}</b></p><p>{text("account.link_gone_next")}</p></div>}
      {problem && !isGone && <ProblemNote problem={problem} />}
      {link ? <Fill link={link} token={token} /> : !problem && <Skeleton />}
    </Page>
  );
}
