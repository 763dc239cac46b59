import { useState } from "preact/hooks";
import { send } from "../../api/client.ts";
import { ROLES, type Role } from "../../api/session.ts";
import { useAll } from "../../api/use.ts";
import { formatDate } from "../../format/dates.ts";
import { personName } from "../../text/person.ts";
import { text } from "../../text/text.ts";
import { Empty, ProblemNote, SelectField, Submit, Table, TextField, Wait, tell, type Column } from "../../ui/index.ts";
import { useTask, wrongField } from "../account/task.ts";
import { ActorsField } from "./actors.tsx";
import { Link } from "./link.tsx";
import type { ActorName, Invitation, MadeLink } from "./types.ts";

export const MEMBERS = ROLES.filter((role) => role !== "public");

function Invite({ onMade }: { readonly onMade: () => void }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("partner");
  const [actors, setActors] = useState<readonly ActorName[]>([]);
  const [made, setMade] = useState<{ readonly link: MadeLink; readonly email: string }>();
  const task = useTask();
  const isThere = task.problem?.status === 409;
  const wrong = wrongField(task.problem, { email: text(isThere ? "people.email_there" : "people.email_wrong"), actors: text("people.actors_wrong") });
  const submit = (event: Event): void => {
    event.preventDefault();
    setMade(undefined);
    void task.run(async () => {
      const body = { email: email.trim(), role, ...(role === "partner" ? { actors: actors.map((actor) => actor.actor_id) } : {}) };
      setMade({ link: (await send<MadeLink>("POST", "/invitations", body)).body, email: email.trim() });
      setEmail("");
      setActors([]);
      onMade();
    });
  };
  return (
    <>
      <form class="form" noValidate onSubmit={submit}>
        {task.problem && !wrong && <ProblemNote problem={task.problem} />}
        <TextField name="email" type="email" label={text("people.email")} value={email} onValue={setEmail} error={wrong?.[0] === "email" ? wrong[1] : undefined} />
        <SelectField<Role> name="role" label={text("people.role")} hint={text(`people.role_hint.${role}`)} value={role} onValue={setRole}
          options={MEMBERS.map((value) => ({ value, label: text(`common.role.${value}`) }))} />
        {role === "partner" && <ActorsField chosen={actors} onChosen={setActors} error={wrong?.[0] === "actors" ? wrong[1] : undefined} />}
        <p class="actions"><Submit label={text("people.invite")} isBusy={task.isBusy} /></p>
      </form>
      {made && <Link made={made.link} email={made.email} />}
    </>
  );
}

export function Invitations() {
  const list = useAll<Invitation>("/invitations");
  const task = useTask();
  const withdraw = (id: number): void => void task.run(async () => {
    await send("DELETE", `/invitations/${id}`);
    list.again();
    tell(text("people.withdrawn"));
  });
  const columns: readonly Column<Invitation>[] = [
    { name: "email", head: text("people.email"), value: (one) => one.email },
    { name: "kind", head: text("people.kind"), value: (one) => text(`people.kind.${one.kind}`) },
    { name: "role", head: text("people.role"), value: (one) => text(`common.role.${one.role}`) },
    { name: "actors", head: text("people.speaks_for"), value: (one) => one.actors.map((actor) => actor.name).join(", ") || "–" },
    { name: "made_by", head: text("people.made_by"), value: (one) => personName(one.made_by_name) },
    { name: "ends", head: text("people.ends"), value: (one) => one.ends, cell: (one) => formatDate(one.ends) },
    { name: "state", head: text("people.state"), value: (one) => text(`people.link_state.${one.state}`),
      cell: (one) => <>{text(`people.link_state.${one.state}`)}{one.state === "open" && <>{" "}<button type="button" class="plain" onClick={() => withdraw(one.invitation_id)}>{text("people.withdraw", { email: one.email })}</button></>}</> },
  ];
  return (
    <>
      <Invite onMade={list.again} />
      <h2>{text("people.links")}</h2>
      {task.problem && <ProblemNote problem={task.problem} />}
      <Wait of={list}>{(links) => links.length === 0 ? <Empty>{text("people.links_none")}</Empty>
        : <Table caption={text("people.links")} columns={columns} rows={links} keyOf={(one) => one.invitation_id} csv="invitations.csv" />}</Wait>
    </>
  );
}
