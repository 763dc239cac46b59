/* One session: who comes, the agenda, what came of it; and the steps from planned to held. */
import { useEffect, useState } from "preact/hooks";
import { Problem, send } from "../../api/client.ts";
import { me } from "../../api/session.ts";
import { useGet, type Fetched } from "../../api/use.ts";
import type { RoomProps } from "../../app/room.ts";
import { go } from "../../app/router.ts";
import { useStore } from "../../app/store.ts";
import { formatDate } from "../../format/dates.ts";
import { text } from "../../text/text.ts";
import { AreaField, Card, Dialog, Empty, Page, ProblemNote, Section, Submit, Tabs, TextField, Wait, announce, tell } from "../../ui/index.ts";
import { ClosingDialog } from "./closing.tsx";
import type { Query, SheetTab } from "./index.tsx";
import { whenOf } from "./list.tsx";
import type { ActorState, Meeting, MeetingActor, MeetingState, Opportunity } from "./types.ts";

/* Does something to the session and reads it again; a problem is told, and what was there stays. */
function useDoing(meeting: Fetched<Meeting>): [(act: () => Promise<unknown>, said?: string) => Promise<boolean>, Problem | undefined] {
  const [problem, setProblem] = useState<Problem>();
  return [async (act, said) => {
    try {
      await act();
      setProblem(undefined);
      meeting.again();
      if (said) tell(said);
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      return false;
    }
  }, problem];
}
type Doing = ReturnType<typeof useDoing>[0];

/* ---------------------------------------------------------------- who */
const ANSWERS: readonly ActorState[] = ["accepted", "refused"];
const AFTERWARDS: readonly ActorState[] = ["attended", "absent"];

function AnswerButtons({ meeting, actor, doing, isCoordinator }: { readonly meeting: Meeting; readonly actor: MeetingActor; readonly doing: Doing; readonly isCoordinator: boolean }) {
  const set = (status: ActorState) => void doing(() => send("PUT", `/meetings/${meeting.meeting_id}/actors/${encodeURIComponent(actor.actor_id)}`, { status }), text("session.noted"));
  if (actor.status === "proposed")
    return isCoordinator ? <button type="button" class="plain" onClick={() => void doing(() => send("DELETE", `/meetings/${meeting.meeting_id}/actors/${encodeURIComponent(actor.actor_id)}`))}>{text("session.take_off")}</button> : null;
  const choices = meeting.status === "held" ? (isCoordinator ? AFTERWARDS : []) : meeting.status === "cancelled" ? [] : isCoordinator || actor.is_mine ? ANSWERS : [];
  return (
    <span class="choice" role="group" aria-label={text("session.answer_of", { name: actor.name ?? actor.actor_id })}>
      {choices.map((status) => <button type="button" class="bare" aria-pressed={actor.status === status} onClick={() => set(status)}>{text(`session.do.${status}`)}</button>)}
    </span>
  );
}

function reasonFor(meeting: Meeting, actor: MeetingActor): string | undefined {
  const why = meeting.composed?.actors.find(({ actor_id }) => actor_id === actor.actor_id)?.ties[0];
  return why ? text("session.why", { resource: why.resource, name: why.name }) : undefined;
}

function WhoPanel({ meeting, doing, isCoordinator }: { readonly meeting: Meeting; readonly doing: Doing; readonly isCoordinator: boolean }) {
  const [added, setAdded] = useState("");
  const found = useGet<{ items: readonly { actor_id: string; name: string }[] }>(isCoordinator && added.length > 1 ? "/actors" : null, { query: { q: added, limit: 8 } });
  const add = (actor: string) => void doing(() => send("PATCH", `/meetings/${meeting.meeting_id}`, { actors: [actor] })).then((done) => { if (done) setAdded(""); });
  return (
    <>
      <h2 class="unseen">{text("session.tab.who")}</h2>
      {meeting.actors.length === 0 && <Empty>{text("session.nobody")}</Empty>}
      <div data-list>
        {meeting.actors.map((actor) => (
          <Card key={actor.actor_id} title={<a data-row href={`/company/${encodeURIComponent(actor.actor_id)}`}>{actor.name ?? actor.actor_id}</a>}
            detail={[text(`session.actor.${actor.status}`), reasonFor(meeting, actor), actor.reason].filter(Boolean).join(" · ")}
            action={<AnswerButtons meeting={meeting} actor={actor} doing={doing} isCoordinator={isCoordinator} />} />
        ))}
      </div>
      {isCoordinator && meeting.status !== "held" && meeting.status !== "cancelled" && (
        <div class="add-actor">
          <TextField name="add" label={text("session.add_actor")} hint={text("session.add_actor_hint")} value={added} onValue={setAdded} />
          {found.data && <ul class="rows">{found.data.items.map((actor) => <li key={actor.actor_id}><button type="button" class="bare row" onClick={() => add(actor.actor_id)}><b>{actor.name}</b></button></li>)}</ul>}
        </div>
      )}
    </>
  );
}

/* ---------------------------------------------------------------- agenda */
function AgendaPanel({ meeting, doing, isCoordinator }: { readonly meeting: Meeting; readonly doing: Doing; readonly isCoordinator: boolean }) {
  const [goal, setGoal] = useState(meeting.goal ?? "");
  const [agenda, setAgenda] = useState(meeting.agenda ?? "");
  const [place, setPlace] = useState(meeting.place ?? "");
  const [begins, setBegins] = useState(meeting.begins ?? "");
  useEffect(() => { setGoal(meeting.goal ?? ""); setAgenda(meeting.agenda ?? ""); setPlace(meeting.place ?? ""); setBegins(meeting.begins ?? ""); }, [meeting.meeting_id]);
  if (!isCoordinator)
    return (
      <>
        <Section title={text("session.goal")}><p class="long">{meeting.goal ?? text("common.not_known")}</p></Section>
        <Section title={text("session.agenda")}><p class="long">{meeting.agenda ?? text("session.no_agenda")}</p></Section>
      </>
    );
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    void doing(() => send("PATCH", `/meetings/${meeting.meeting_id}`, { goal: goal || null, agenda: agenda || null, place: place || null, begins: begins || null }), text("session.saved"));
  };
  return (
    <form class="form wide-form" onSubmit={onSubmit}>
      <div class="field">
        <label for="f-begins">{text("session.begins")}</label>
        <input id="f-begins" name="begins" type="datetime-local" value={begins} onInput={(event) => setBegins(event.currentTarget.value)} />
      </div>
      <TextField name="place" label={text("session.place")} value={place} onValue={setPlace} maxLength={300} />
      <AreaField name="goal" label={text("session.goal")} hint={text("session.goal_hint")} value={goal} onValue={setGoal} rows={2} />
      <AreaField name="agenda" label={text("session.agenda")} hint={text("session.agenda_hint")} value={agenda} onValue={setAgenda} rows={8} />
      <p class="actions"><Submit label={text("session.save")} isBusy={false} /></p>
    </form>
  );
}

/* ---------------------------------------------------------------- what came of it */
function OpportunityDialog({ meeting, of, doing, onClose }: { readonly meeting: Meeting; readonly of: Opportunity | null; readonly doing: Doing; readonly onClose: () => void }) {
  const [title, setTitle] = useState(of?.title ?? "");
  const [owners, setOwners] = useState(of?.owners ?? "");
  const [step, setStep] = useState(of?.next_step ?? "");
  const [due, setDue] = useState(of?.due ?? "");
  const [reason, setReason] = useState("");
  const [isAside, setAside] = useState(false);
  const path = `/meetings/${meeting.meeting_id}/opportunities`;
  async function onSubmit(event: Event): Promise<void> {
    event.preventDefault();
    const body = { title, owners: owners || null, next_step: step || null, due: due || null };
    if (await doing(() => (of ? send("PUT", `${path}/${of.opportunity_id}`, body) : send("POST", path, body)), text("session.saved"))) onClose();
  }
  async function onAside(event: Event): Promise<void> {
    event.preventDefault();
    if (await doing(() => send("PUT", `${path}/${of!.opportunity_id}`, { status: "dropped", reason }), text("session.saved"))) onClose();
  }
  if (of && isAside)
    return (
      <Dialog title={text("session.drop_what", { title: of.title })} onClose={onClose}>
        <form class="form" onSubmit={(event) => void onAside(event)}>
          <AreaField name="reason" label={text("session.reason")} hint={text("session.reason_hint")} value={reason} onValue={setReason} rows={2} required />
          <p class="actions"><Submit label={text("session.drop")} isBusy={false} /></p>
        </form>
      </Dialog>
    );
  return (
    <Dialog title={text(of ? "session.opportunity" : "session.opportunity_new")} onClose={onClose}>
      <form class="form" onSubmit={(event) => void onSubmit(event)}>
        <TextField name="title" label={text("session.opportunity_what")} value={title} onValue={setTitle} required maxLength={300} />
        <TextField name="owners" label={text("session.owners")} hint={text("session.owners_hint")} value={owners} onValue={setOwners} />
        <TextField name="step" label={text("session.next_step")} value={step} onValue={setStep} />
        <TextField name="due" type="date" label={text("session.due")} value={due} onValue={setDue} />
        <p class="actions">
          <Submit label={text("session.save")} isBusy={false} />
          {of && of.status !== "dropped" && <button type="button" onClick={() => setAside(true)}>{text("session.closing.aside")}</button>}
        </p>
      </form>
    </Dialog>
  );
}

export const opportunityLine = (one: Pick<Opportunity, "status" | "owners" | "next_step" | "due">): string => [
  text(`session.opportunity.${one.status}`), one.owners && text("session.by", { owners: one.owners }), one.next_step, one.due && text("session.before", { date: formatDate(one.due) }),
].filter(Boolean).join(" · ");

function OutcomePanel({ meeting, doing, isCoordinator }: { readonly meeting: Meeting; readonly doing: Doing; readonly isCoordinator: boolean }) {
  const [open, setOpen] = useState<Opportunity | "new">();
  const [minutes, setMinutes] = useState(meeting.minutes ?? "");
  useEffect(() => setMinutes(meeting.minutes ?? ""), [meeting.meeting_id]);
  async function makeCase(one: Opportunity): Promise<void> {
    await doing(async () => {
      const { body } = await send<{ case_id: number | string }>("POST", "/cases", { title: one.title, origin: { kind: "meeting", id: String(meeting.meeting_id) } });
      await send("PUT", `/meetings/${meeting.meeting_id}/opportunities/${one.opportunity_id}`, { owners: one.owners, next_step: one.next_step, due: one.due, status: one.status, case_id: body.case_id });
      go(`/cases/${body.case_id}`);
    });
  }
  const live = meeting.opportunities.filter(({ status }) => status !== "dropped"), aside = meeting.opportunities.filter(({ status }) => status === "dropped");
  return (
    <>
      <Section title={text("session.opportunities")}>
        {live.length === 0 && <Empty>{text("session.no_opportunities")}</Empty>}
        {live.map((one) => (
          <Card key={one.opportunity_id} title={one.title} detail={opportunityLine(one)}
            action={isCoordinator && (
              <span class="actions">
                <button type="button" class="plain" onClick={() => setOpen(one)}>{text("session.edit")}</button>
                {one.case_id !== null ? <a href={`/cases/${one.case_id}`}>{text("session.to_case")}</a>
                  : <button type="button" class="plain" onClick={() => void makeCase(one)}>{text("session.make_case")}</button>}
              </span>
            )} />
        ))}
        {isCoordinator && meeting.status !== "planned" && <p class="actions"><button type="button" onClick={() => setOpen("new")}>{text("session.opportunity_new")}</button></p>}
      </Section>
      {aside.length > 0 && (
        <Section title={text("session.aside")}>
          {aside.map((one) => (
            <Card key={one.opportunity_id} title={one.title} detail={one.reason}
              action={isCoordinator && <button type="button" class="plain" onClick={() => setOpen(one)}>{text("session.again")}</button>} />
          ))}
        </Section>
      )}
      <Section title={text("session.minutes")}>
        {isCoordinator ? (
          <form class="form wide-form" onSubmit={(event) => { event.preventDefault(); void doing(() => send("PATCH", `/meetings/${meeting.meeting_id}`, { minutes: minutes || null }), text("session.saved")); }}>
            <AreaField name="minutes" label={text("session.minutes_label")} hint={text("session.minutes_hint")} value={minutes} onValue={setMinutes} rows={8} />
            <p class="actions"><button type="submit">{text("session.save")}</button></p>
          </form>
        ) : <p class="long">{meeting.minutes ?? text("session.no_minutes")}</p>}
      </Section>
      {open !== undefined && <OpportunityDialog meeting={meeting} of={open === "new" ? null : open} doing={doing} onClose={() => setOpen(undefined)} />}
    </>
  );
}

/* ---------------------------------------------------------------- the sheet */
/* What came up and has nobody: said on every tab, with the way to say who. */
function StillOpen({ meeting, of, isCoordinator }: { readonly meeting: Meeting; readonly of: Fetched<Meeting>; readonly isCoordinator: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const has = meeting.open_count > 0 && meeting.status !== "cancelled";
  return (
    <>
      {has && (
        <div class="note">
          <p><b>{text("session.still_open", { n: meeting.open_count })}</b> {text("session.still_open_what", { n: meeting.open_count })}</p>
          {isCoordinator && <button type="button" onClick={() => setOpen(true)}>{text("session.go_through")}</button>}
        </div>
      )}
      {isOpen && <ClosingDialog meeting={meeting} of={of} isClosing={false} onClose={() => setOpen(false)} />}
    </>
  );
}

const NEXT: Readonly<Record<MeetingState, readonly MeetingState[]>> = { planned: ["invited", "cancelled"], invited: ["open", "cancelled"], open: ["held"], held: [], cancelled: [] };

function Steps({ meeting, of, doing }: { readonly meeting: Meeting; readonly of: Fetched<Meeting>; readonly doing: Doing }) {
  const [asks, setAsks] = useState<MeetingState>();
  const take = (status: MeetingState) => void doing(() => send("PUT", `/meetings/${meeting.meeting_id}/status`, { status })).then((done) => {
    setAsks(undefined);
    if (done) announce(text(`session.status.${status}`));
  });
  return (
    <>
      {meeting.status === "open" && <a class="button first" href={`/session/${meeting.meeting_id}/wall`}>{text("session.to_wall")}</a>}
      {NEXT[meeting.status].map((status, at) => (
        <button type="button" class={at === 0 && meeting.status !== "open" ? "first" : ""} onClick={() => (status === "held" || status === "cancelled" ? setAsks(status) : take(status))}>{text(`session.do.${status}`)}</button>
      ))}
      {asks === "held" && <ClosingDialog meeting={meeting} of={of} isClosing onClose={() => setAsks(undefined)} />}
      {asks === "cancelled" && (
        <Dialog title={text(`session.sure.${asks}`)} onClose={() => setAsks(undefined)}>
          <p>{text(`session.sure.${asks}_what`)}</p>
          <p class="actions"><button type="button" class="first" onClick={() => take(asks)}>{text(`session.do.${asks}`)}</button></p>
        </Dialog>
      )}
    </>
  );
}

export function SheetPage({ id, query, set }: RoomProps<Query> & { readonly id: number }) {
  const meeting = useGet<Meeting>(`/meetings/${id}`);
  const { role } = useStore(me);
  const [doing, problem] = useDoing(meeting);
  const isCoordinator = role === "coordinator";
  const tabs: readonly { readonly value: SheetTab; readonly label: string }[] = [
    { value: "who", label: text("session.tab.who") }, { value: "agenda", label: text("session.tab.agenda") }, { value: "outcome", label: text("session.tab.outcome") }];
  const at = meeting.data;
  return (
    <Page title={at?.title ?? text("common.room.session")} kicker={<a href="/session">{text("common.room.session")}</a>}
      lead={at && [whenOf(at), at.place, text(`session.status.${at.status}`)].filter(Boolean).join(" · ")} actions={at && isCoordinator && <Steps meeting={at} of={meeting} doing={doing} />}>
      {problem && <ProblemNote problem={problem} />}
      <Wait of={meeting}>{(here) => (
        <>
          {here.room_code && <p class="note">{text("session.room_code")} <b class="code">{here.room_code}</b> <a href={`/meet/${here.room_code}`}>{text("session.enter")}</a></p>}
          <StillOpen meeting={here} of={meeting} isCoordinator={isCoordinator} />
          <Tabs label={text("session.parts")} tabs={tabs} now={query.tab} onTab={(tab) => set({ tab })}>
            {query.tab === "who" && <WhoPanel meeting={here} doing={doing} isCoordinator={isCoordinator} />}
            {query.tab === "agenda" && <AgendaPanel meeting={here} doing={doing} isCoordinator={isCoordinator} />}
            {query.tab === "outcome" && <OutcomePanel meeting={here} doing={doing} isCoordinator={isCoordinator} />}
          </Tabs>
        </>
      )}</Wait>
    </Page>
  );
}
