import { useState } from "preact/hooks";
import { Problem, send, type Page as Items } from "../../api/client.ts";
import { me } from "../../api/session.ts";
import { useGet } from "../../api/use.ts";
import { go } from "../../app/router.ts";
import { useStore } from "../../app/store.ts";
import { formatDateTime } from "../../format/dates.ts";
import { text } from "../../text/text.ts";
import { Dialog, Empty, Page, ProblemNote, Rows, Section, Submit, TextField, Wait } from "../../ui/index.ts";
import type { MeetingRow } from "./types.ts";

export const whenOf = (meeting: { readonly begins: string | null }): string => (meeting.begins ? formatDateTime(meeting.begins) : text("session.no_date"));

function detailOf(meeting: MeetingRow): string {
  const parts = [whenOf(meeting), meeting.place, text(`session.status.${meeting.status}`)];
  if (meeting.actor_count > 0) parts.push(text("session.coming", { coming: meeting.coming_count, n: meeting.actor_count }));
  if (meeting.opportunity_count > 0) parts.push(text("session.opportunities_n", { n: meeting.opportunity_count }));
  if (meeting.open_count > 0 && meeting.status !== "cancelled") parts.push(text("session.still_open_n", { n: meeting.open_count }));
  return parts.filter(Boolean).join(" · ");
}

/* A session needs a title only; everything else can come later. */
export function NewDialog({ actors, composed, onClose }: { readonly actors?: readonly string[]; readonly composed?: unknown; readonly onClose: () => void }) {
  const [title, setTitle] = useState("");
  const [begins, setBegins] = useState("");
  const [place, setPlace] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  async function onSubmit(event: Event): Promise<void> {
    event.preventDefault();
    if (isBusy || !title.trim()) return;
    setBusy(true);
    try {
      const { body } = await send<{ meeting_id: number }>("POST", "/meetings", { title, begins: begins || null, place: place || null, actors: actors ?? [], composed: composed ?? null });
      onClose();
      go(`/session/${body.meeting_id}`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setBusy(false);
    }
  }
  return (
    <Dialog title={text("session.new")} onClose={onClose}>
      <form class="form" onSubmit={(event) => void onSubmit(event)}>
        {problem && <ProblemNote problem={problem} />}
        <TextField name="title" label={text("session.title_label")} hint={text("session.title_hint")} value={title} onValue={setTitle} required maxLength={200} />
        <div class="field">
          <label for="f-begins">{text("session.begins")}</label>
          <input id="f-begins" name="begins" type="datetime-local" value={begins} onInput={(event) => setBegins(event.currentTarget.value)} />
        </div>
        <TextField name="place" label={text("session.place")} value={place} onValue={setPlace} maxLength={300} />
        <p class="actions"><Submit label={text("session.plan_it")} isBusy={isBusy} /></p>
      </form>
    </Dialog>
  );
}

export function ListPage() {
  const meetings = useGet<Items<MeetingRow>>("/meetings", { query: { limit: 200 } });
  const { role } = useStore(me);
  const [isNew, setNew] = useState(false);
  const isCoordinator = role === "coordinator";
  const actions = isCoordinator && (
    <>
      <a class="button first" href="/session/compose">{text("session.compose")}</a>
      <button type="button" onClick={() => setNew(true)}>{text("session.new")}</button>
    </>
  );
  return (
    <Page title={text("common.room.session")} lead={text(isCoordinator ? "session.lead" : "session.lead_partner")} actions={actions}>
      <Wait of={meetings}>{({ items }) => {
        const ahead = items.filter(({ status }) => status === "planned" || status === "invited" || status === "open");
        const past = items.filter(({ status }) => status === "held" || status === "cancelled");
        const rows = (list: readonly MeetingRow[]) => list.map((one) => ({ key: String(one.meeting_id), href: `/session/${one.meeting_id}`, title: one.title, detail: detailOf(one) }));
        return items.length === 0
          ? <Empty action={isCoordinator ? <a class="button" href="/session/compose">{text("session.compose")}</a> : <a class="button" href="/chances">{text("common.room.chances")}</a>}>{text(isCoordinator ? "session.none" : "session.none_partner")}</Empty>
          : <>
            {ahead.length > 0 && <Section title={text("session.ahead")}><Rows label={text("session.ahead")} rows={rows(ahead)} /></Section>}
            {past.length > 0 && <Section title={text("session.past")}><Rows label={text("session.past")} rows={rows(past)} /></Section>}
          </>;
      }}</Wait>
      {isNew && <NewDialog onClose={() => setNew(false)} />}
    </Page>
  );
}
