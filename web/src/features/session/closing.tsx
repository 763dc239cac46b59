/* Before people leave: what came up and has nobody yet, one thing at a time. Somebody takes it on, with a next step and a day, or it is laid aside
 * with a reason. Then the session can be closed; until then the server refuses to (409, /problems/open-opportunities). */
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem, send } from "../../api/client.ts";
import { useGet, type Fetched } from "../../api/use.ts";
import { text } from "../../text/text.ts";
import { AreaField, CheckField, Dialog, ProblemNote, Submit, TextField, announce, tell } from "../../ui/index.ts";
import type { Meeting, Opportunity, RoomMatch, Wall } from "./types.ts";

const by = (person: string | null, organisation: string | null): string => [person, organisation].filter(Boolean).join(", ");

/* Whose have and want it is, in words; nothing where people saw it themselves. */
export function sidesOf(match: RoomMatch | undefined): string | undefined {
  if (!match || match.have === null || match.want === null) return undefined;
  return text("session.sides", { have: match.have, haver: by(match.have_person, match.have_organisation), want: match.want, wanter: by(match.want_person, match.want_organisation) });
}

/* Names that stand in what was typed are not offered again. */
function Names({ names, value, onValue }: { readonly names: readonly string[]; readonly value: string; readonly onValue: (value: string) => void }) {
  const said = value.split(",").map((name) => name.trim());
  const others = names.filter((name) => !said.includes(name));
  if (others.length === 0) return null;
  return (
    <p class="names">
      {others.map((name) => <button key={name} type="button" class="plain" aria-label={text("session.closing.add", { name })} onClick={() => onValue([...said.filter(Boolean), name].join(", "))}>{name}</button>)}
    </p>
  );
}

interface OneProps {
  readonly meeting: Meeting;
  readonly one: Opportunity;
  readonly match: RoomMatch | undefined;
  readonly people: readonly string[];
  readonly left: readonly Opportunity[];
  readonly onDone: (ids: readonly number[]) => void;
  readonly onLater: () => void;
}

function One({ meeting, one, match, people, left, onDone, onLater }: OneProps) {
  const [owners, setOwners] = useState(one.owners ?? "");
  const [step, setStep] = useState(one.next_step ?? "");
  const [due, setDue] = useState(one.due ?? "");
  const [reason, setReason] = useState("");
  const [isAside, setAside] = useState(false);
  const [isAll, setAll] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const others = left.filter(({ opportunity_id }) => opportunity_id !== one.opportunity_id);
  async function put(list: readonly Opportunity[], body: unknown): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    const done: number[] = [];
    try {
      for (const { opportunity_id } of list) {
        await send("PUT", `/meetings/${meeting.meeting_id}/opportunities/${opportunity_id}`, body);
        done.push(opportunity_id);
      }
      onDone(done);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setBusy(false);
      if (done.length > 0) onDone(done);
    }
  }
  const onTake = (event: Event): void => {
    event.preventDefault();
    void put([one], { owners, next_step: step, due });
  };
  const onAside = (event: Event): void => {
    event.preventDefault();
    void put(isAll ? left : [one], { status: "dropped", reason });
  };
  return (
    <>
      <div class="came-up">
        <h3 ref={heading} tabIndex={-1}>{one.title}</h3>
        <p class="quiet small">{sidesOf(match)}</p>
      </div>
      {problem && <ProblemNote problem={problem} />}
      {isAside ? (
        <form class="form" onSubmit={onAside}>
          <AreaField name="reason" label={text("session.reason")} hint={text("session.reason_hint")} value={reason} onValue={setReason} rows={2} required />
          {others.length > 0 && <CheckField name="all" label={text("session.closing.all", { n: others.length })} checked={isAll} onValue={setAll} />}
          <p class="actions">
            <Submit label={text("session.drop")} isBusy={isBusy} />
            <button type="button" onClick={() => setAside(false)}>{text("session.closing.back")}</button>
          </p>
        </form>
      ) : (
        <form class="form" onSubmit={onTake}>
          <div>
            <TextField name="owners" label={text("session.owners")} value={owners} onValue={setOwners} required maxLength={400} />
            <Names names={people} value={owners} onValue={setOwners} />
          </div>
          <TextField name="step" label={text("session.next_step")} hint={text("session.next_step_hint")} value={step} onValue={setStep} required maxLength={1000} />
          <TextField name="due" type="date" label={text("session.due")} value={due} onValue={setDue} required />
          <p class="actions">
            <Submit label={text("session.closing.agree")} isBusy={isBusy} />
            <button type="button" onClick={() => setAside(true)}>{text("session.closing.aside")}</button>
            {others.length > 0 && <button type="button" class="plain" onClick={onLater}>{text("session.closing.later")}</button>}
          </p>
        </form>
      )}
    </>
  );
}

/* isClosing: at the end the session is closed; else one only goes through what has nobody. */
export function ClosingDialog({ meeting, of, isClosing, onClose }: { readonly meeting: Meeting; readonly of: Fetched<Meeting>; readonly isClosing: boolean; readonly onClose: () => void }) {
  const wall = useGet<Wall>(`/meetings/${meeting.meeting_id}/wall`);
  const [done, setDone] = useState<readonly number[]>([]);     // said here; the session is being read again
  const [later, setLater] = useState<readonly number[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const place = ({ opportunity_id }: Opportunity): number => later.indexOf(opportunity_id);
  const left = meeting.opportunities.filter(({ opportunity_id, is_open }) => is_open && !done.includes(opportunity_id)).sort((a, b) => place(a) - place(b));
  const [now] = left;
  const match = wall.data?.matches.find(({ opportunity_id }) => opportunity_id === now?.opportunity_id);
  const sides = [match?.have_person, match?.want_person].filter((name): name is string => Boolean(name));
  const people = sides.length > 0 ? [...new Set(sides)] : [...new Set(wall.data?.persons?.map(({ name }) => name) ?? [])].slice(0, 12);
  const onDone = (ids: readonly number[]): void => {
    setDone([...done, ...ids]);
    of.again();
    announce(text("session.closing.left", { n: left.length - ids.length }));
  };
  async function onHeld(): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    try {
      await send("PUT", `/meetings/${meeting.meeting_id}/status`, { status: "held" });
      onClose();
      of.again();
      tell(text("session.closing.closed"));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setBusy(false);
      if (error.type === "/problems/open-opportunities") {       // something came up while we talked
        setDone([]);
        of.again();
        wall.again();
        announce(text("session.closing.meanwhile"));
      } else setProblem(error);
    }
  }
  return (
    <Dialog title={text(now ? "session.closing.title" : isClosing ? "session.sure.held" : "session.closing.done")} onClose={onClose}>
      {problem && <ProblemNote problem={problem} />}
      {now ? (
        <>
          <p class="quiet small">{text("session.closing.left", { n: left.length })}</p>
          <One key={`${now.opportunity_id} ${later.length}`} meeting={meeting} one={now} match={match} people={people} left={left} onDone={onDone}
            onLater={() => setLater([...later.filter((id) => id !== now.opportunity_id), now.opportunity_id])} />
        </>
      ) : isClosing ? (
        <>
          <p>{text("session.closing.ready")} {text("session.sure.held_what")}</p>
          <p class="actions"><button type="button" class="first" aria-disabled={isBusy || undefined} onClick={() => void onHeld()}>{text("session.do.held")}</button></p>
        </>
      ) : <p>{text("session.closing.ready")}</p>}
    </Dialog>
  );
}
