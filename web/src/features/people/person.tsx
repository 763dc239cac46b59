import { useState } from "preact/hooks";
import { send } from "../../api/client.ts";
import type { Role } from "../../api/session.ts";
import { useGet } from "../../api/use.ts";
import { go } from "../../app/router.ts";
import { formatDate } from "../../format/dates.ts";
import { personName } from "../../text/person.ts";
import { text } from "../../text/text.ts";
import { CheckField, Dialog, Page, ProblemNote, SelectField, Submit, Wait, tell } from "../../ui/index.ts";
import { useTask, wrongField, type Task } from "../account/task.ts";
import { ActorsField } from "./actors.tsx";
import { MEMBERS } from "./invitations.tsx";
import { Link } from "./link.tsx";
import { stateOf } from "./list.tsx";
import type { ActorName, MadeLink, Person } from "./types.ts";

/* The last coordinator stays: what the server refuses with a conflict. */
function Note({ task }: { readonly task: Task }) {
  if (!task.problem) return null;
  return task.problem.status === 409 ? <div class="note bad" role="alert"><p><b>{text("people.last")}</b></p><p>{text("people.last_next")}</p></div> : <ProblemNote problem={task.problem} />;
}

function Rights({ person, again }: { readonly person: Person; readonly again: () => void }) {
  const [role, setRole] = useState<Role>(person.role);
  const [actors, setActors] = useState<readonly ActorName[]>(person.actors);
  const task = useTask();
  const wrong = wrongField(task.problem, { actors: text("people.actors_wrong") });
  const save = (event: Event): void => {
    event.preventDefault();
    void task.run(async () => {
      await send("PATCH", `/people/${person.account_id}`, { role, actors: role === "partner" ? actors.map((actor) => actor.actor_id) : [] });
      tell(text("people.saved"));
      again();
    });
  };
  return (
    <form class="form" noValidate onSubmit={save}>
      {!wrong && <Note task={task} />}
      <SelectField<Role> name="role" label={text("people.role")} hint={text(`people.role_hint.${role}`)} value={role} onValue={setRole}
        options={MEMBERS.map((value) => ({ value, label: text(`common.role.${value}`) }))} />
      {role === "partner" && <ActorsField chosen={actors} onChosen={setActors} error={wrong?.[1]} />}
      <p class="quiet small">{text("people.rights_note")}</p>
      <p class="actions"><Submit label={text("people.save")} isBusy={task.isBusy} /></p>
    </form>
  );
}

function Reset({ person }: { readonly person: Person }) {
  const [factor, setFactor] = useState(false);
  const [made, setMade] = useState<MadeLink>();
  const task = useTask();
  const make = (): void => void task.run(async () => setMade((await send<MadeLink>("POST", `/people/${person.account_id}/reset`, { second_factor: factor })).body));
  return (
    <>
      <p>{text("people.reset_lead")}</p>
      <Note task={task} />
      {person.has_second_factor && <CheckField name="factor" label={text("people.reset_factor")} checked={factor} onValue={setFactor} />}
      <p class="actions"><button type="button" onClick={make}>{text("people.reset")}</button></p>
      {made && <Link made={made} email={person.email} />}
    </>
  );
}

function Ending({ person, again }: { readonly person: Person; readonly again: () => void }) {
  const [asks, setAsks] = useState(false);
  const task = useTask();
  const at = `/people/${person.account_id}`;
  const close = (is_closed: boolean): void => void task.run(async () => { await send("PATCH", at, { is_closed }); tell(text(is_closed ? "people.closed" : "people.opened")); again(); });
  const out = (): void => void task.run(async () => { await send("POST", `${at}/sign-out`, {}); tell(text("people.signed_out")); });
  const erase = (): void => void task.run(async () => { await send("POST", `${at}/erase`, {}); setAsks(false); tell(text("people.erased")); go("/people"); });
  return (
    <>
      <Note task={task} />
      <p class="actions">
        <button type="button" onClick={out}>{text("people.sign_out")}</button>
        <button type="button" onClick={() => close(!person.is_closed)}>{text(person.is_closed ? "people.open" : "people.close")}</button>
        <a class="button" href={`/api/v1/people/${person.account_id}/data`} download="knoop-data.json">{text("people.data")}</a>
        <button type="button" onClick={() => setAsks(true)}>{text("people.erase")}</button>
      </p>
      {asks && (
        <Dialog title={text("people.erase")} onClose={() => setAsks(false)}>
          <p>{text("people.erase_lead", { name: person.name })}</p>
          <p class="actions"><button type="button" class="first" onClick={erase}>{text("people.erase_now")}</button></p>
        </Dialog>
      )}
    </>
  );
}

export function PersonPage({ id }: { readonly id: string }) {
  const found = useGet<Person>(`/people/${encodeURIComponent(id)}`);
  return (
    <Page title={personName(found.data?.name) ?? text("people.person")} kicker={<a href="/people">{text("people.title")}</a>}>
      <Wait of={found}>{(person) => (
        <>
          <dl class="facts">
            {!person.erased && <><dt>{text("people.email")}</dt><dd>{person.email}</dd></>}
            <dt>{text("people.state")}</dt><dd>{stateOf(person)}</dd>
            <dt>{text("people.since")}</dt><dd>{formatDate(person.made)}</dd>
            <dt>{text("people.factor")}</dt><dd>{text(person.has_second_factor ? "people.yes" : "people.no")}</dd>
          </dl>
          <p class="person-link"><a href={`/people?tab=audit&account=${person.account_id}`}>{text("people.did")}</a></p>
          {!person.erased && (
            <>
              <section class="person-part"><h2>{text("people.rights")}</h2><Rights key={person.role} person={person} again={found.again} /></section>
              {!person.is_closed && <section class="person-part"><h2>{text("people.password")}</h2><Reset person={person} /></section>}
              <section class="person-part"><h2>{text("people.ending")}</h2><Ending person={person} again={found.again} /></section>
            </>
          )}
        </>
      )}</Wait>
    </Page>
  );
}
