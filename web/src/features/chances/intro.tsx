/* One introduction, as one's side sees it: where it stands, what one knows of the other, what one may do now, what happened. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Problem, send } from "../../api/client.ts";
import { me } from "../../api/session.ts";
import { useGet, type Fetched } from "../../api/use.ts";
import { useStore } from "../../app/store.ts";
import { formatDateTime, formatDate } from "../../format/dates.ts";
import { text } from "../../text/text.ts";
import { AreaField, Page, ProblemNote, Section, TextField, Wait, tell, type ResourceClass } from "../../ui/index.ts";
import { isOver, titleOf } from "./intros.tsx";
import { CardFacts, amountText, nameOf, sectorText, whoText, type CardData, type Intro, type Kind } from "./shared.tsx";

interface Event_ {
  readonly event_id: number;
  readonly side: "asker" | "other" | "broker";
  readonly what: string;
  readonly step: number | null;
  readonly note: string | null;
  readonly made: string;
}
interface Figures {
  readonly kind: Kind;
  readonly resource_name: string;
  readonly resource_name_nl: string | null;
  readonly class: ResourceClass;
  readonly quantity: number | null;
  readonly fate: string | null;
  readonly eur: number | null;
  readonly description: string | null;
}
interface Full extends Intro {
  readonly note: string | null;
  readonly reason: string | null;
  readonly refused_by: string | null;
  readonly their_contact: string | null;
  readonly figures: Figures | null;
  readonly asker_step: number | null;
  readonly other_step: number | null;
  readonly asker_card: CardData | null;
  readonly has_asker_account: boolean | null;
  readonly has_other_account: boolean | null;
  readonly case_id: string | null;
  readonly events: readonly Event_[];
}
type Do = (action: string, more?: Readonly<Record<string, string | number>>) => Promise<void>;
const STEPS = [1, 2, 3, 4] as const;

export function IntroPage({ id }: { readonly id: string }): JSX.Element {
  const intro = useGet<Full>(`/introductions/${id}`);
  return intro.data ? <Thread intro={intro.data} of={intro} /> : <Page title={text("chances.part.introductions")}><Wait of={intro}>{() => null}</Wait></Page>;
}

function Thread({ intro, of }: { readonly intro: Full; readonly of: Fetched<Full> }): JSX.Element {
  const [problem, setProblem] = useState<Problem>();
  const act: Do = async (action, more = {}) => {
    setProblem(undefined);
    try {
      await send("POST", `/introductions/${intro.intro_id}/steps`, { action, ...more });
      tell(text("chances.done"));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
    of.again();
  };
  return (
    <Page kicker={<a href="/chances/introductions">{text("chances.part.introductions")}</a>} title={titleOf(intro)} lead={text(`chances.now.${intro.side}.${intro.state}`)}
      aside={<Past intro={intro} />}>
      {problem && <ProblemNote problem={problem} />}
      {intro.is_stale && <div class="note"><p>{text("chances.stale_since", { date: formatDate(intro.moved) })}</p></div>}
      {intro.side === "broker" ? <BrokerView intro={intro} act={act} /> : <SideView intro={intro} act={act} />}
    </Page>
  );
}

/* ---------------------------------------------------------------- a side */
function SideView({ intro, act }: { readonly intro: Full; readonly act: Do }): JSX.Element {
  return (
    <>
      <Section title={text("chances.what_you_know")}>
        {intro.card && <p>{whoText(intro.card)}</p>}
        {intro.card && intro.level < 4 && <CardFacts card={intro.card} />}
        <Known intro={intro} />
      </Section>
      {!isOver(intro) && <Moves intro={intro} act={act} />}
      {intro.reason && <Section title={text("chances.reason")}><p class="long">{intro.reason}</p></Section>}
    </>
  );
}

function Known({ intro }: { readonly intro: Full }): JSX.Element | null {
  if (intro.level === 0) return null;
  return (
    <dl class="facts">
      <dt>{text("chances.reveal.1")}</dt><dd>{sectorText(intro.their_nace) ?? text("common.not_known")}</dd>
      {intro.level >= 2 && <><dt>{text("chances.reveal.2")}</dt><dd>{intro.their_name}</dd></>}
      {intro.level >= 3 && <><dt>{text("chances.reveal.3")}</dt><dd class="long">{intro.their_contact}</dd></>}
      {intro.level >= 4 && intro.figures && (
        <><dt>{text("chances.reveal.4")}</dt>
          <dd>{nameOf(intro.figures.resource_name, intro.figures.resource_name_nl)}: {amountText(intro.figures.quantity, intro.figures.class)}
            {intro.figures.fate && `, ${text(`chances.fate.${intro.figures.fate}`)}`}{intro.figures.description && <span class="quiet">. {intro.figures.description}</span>}</dd></>
      )}
    </dl>
  );
}

function Moves({ intro, act }: { readonly intro: Full; readonly act: Do }): JSX.Element {
  const isAsked = intro.side === "other" && intro.state === "accepted";
  const canReveal = intro.state === "willing" || intro.state === "introduced";
  const mine = intro.my_step ?? 0, theirs = intro.their_step ?? 0;
  return (
    <Section title={text("chances.your_move")}>
      {isAsked && <><p>{text("chances.asked_lead")}</p><p class="actions"><button type="button" class="first" onClick={() => void act("willing")}>{text("chances.willing")}</button></p>
        <WithReason label={text("chances.unwilling")} hint={text("chances.reason_hint")} onSend={(reason) => act("unwilling", { reason })} /></>}
      {canReveal && (
        <>
          <ol class="ladder">
            {STEPS.map((one) => (
              <li class={one <= Math.min(mine, theirs) ? "is-shared" : undefined}>
                <b>{text(`chances.reveal.${one}`)}</b>{" "}
                <span class="quiet">{one <= mine && one <= theirs ? text("chances.both_show") : one <= mine ? text("chances.you_show") : one <= theirs ? text("chances.they_show") : text("chances.nobody_shows")}</span>
              </li>
            ))}
          </ol>
          {mine < 4 ? <Reveal step={mine + 1} act={act} /> : <p class="quiet">{text("chances.all_shown")}</p>}
        </>
      )}
      {!isAsked && !canReveal && <p>{text("chances.wait")}</p>}
      {intro.state === "introduced" && <p><button type="button" class="plain" onClick={() => void act("end")}>{text("chances.end")}</button></p>}
      {(intro.side === "asker" || canReveal) && <WithReason label={text("chances.withdraw")} hint={text("chances.withdraw_hint")} isFree onSend={(reason) => act("withdraw", reason ? { reason } : {})} />}
    </Section>
  );
}

function Reveal({ step, act, side }: { readonly step: number; readonly act: Do; readonly side?: "asker" | "other" }): JSX.Element {
  const { account } = useStore(me);
  const [contact, setContact] = useState(account ? [account.name, account.email].filter(Boolean).join(", ") : "");
  const name = `contact-${side ?? "own"}`;
  return (
    <form class="form" onSubmit={(event) => { event.preventDefault(); void act("reveal", { step, ...(side ? { side } : {}), ...(step === 3 ? { contact } : {}) }); }}>
      <p>{text(side ? `chances.reveal_for.${side}` : `chances.reveal_lead.${step}`, { what: text(`chances.reveal.${step}`) })}</p>
      {step === 3 && <TextField name={name} label={text("chances.contact")} value={contact} onValue={setContact} maxLength={500} />}
      <p class="actions"><button type="submit" class={side ? undefined : "first"}>{text("chances.show", { what: text(`chances.${side ? "reveal" : "yours"}.${step}`) })}</button></p>
    </form>
  );
}

function WithReason({ label, hint, onSend, isFree = false }: { readonly label: string; readonly hint: string; readonly onSend: (reason: string) => Promise<void>; readonly isFree?: boolean }): JSX.Element {
  const [reason, setReason] = useState("");
  const [error, setError] = useState<string>();
  return (
    <details class="more">
      <summary>{label}</summary>
      <form class="form" onSubmit={(event) => {
        event.preventDefault();
        if (!isFree && reason.trim() === "") setError(text("chances.reason_missing"));
        else void onSend(reason.trim());
      }}>
        <AreaField name={`reason-${label.length}`} label={text("chances.reason")} hint={hint} rows={2} value={reason} onValue={setReason} error={error} />
        <p class="actions"><button type="submit">{label}</button></p>
      </form>
    </details>
  );
}

/* ---------------------------------------------------------------- the broker */
function BrokerView({ intro, act }: { readonly intro: Full; readonly act: Do }): JSX.Element {
  const [caseId, setCaseId] = useState("");
  const canReveal = intro.state === "willing" || intro.state === "introduced";
  return (
    <>
      <Section title={text("chances.the_match")}>
        {intro.asker_card && <><p>{whoText(intro.asker_card)}</p><CardFacts card={intro.asker_card} /></>}
        {intro.note && <p class="long">“{intro.note}” <span class="quiet">{intro.asker_name}</span></p>}
        <dl class="facts">
          <dt>{intro.asker_name}</dt><dd>{text("chances.shows", { what: text(`chances.reveal.${intro.asker_step ?? 0}`) })}{intro.has_asker_account === false && <span class="quiet">. {text("chances.no_account")}</span>}</dd>
          <dt>{intro.other_name}</dt><dd>{text("chances.shows", { what: text(`chances.reveal.${intro.other_step ?? 0}`) })}{intro.has_other_account === false && <span class="quiet">. {text("chances.no_account")}</span>}</dd>
          {intro.reason && <><dt>{text("chances.reason")}</dt><dd class="long">{intro.reason}</dd></>}
        </dl>
      </Section>
      {!isOver(intro) && (
        <Section title={text("chances.your_move")}>
          {intro.state === "asked" && <>
            <p class="actions"><button type="button" class="first" onClick={() => void act("accept")}>{text("chances.accept")}</button></p>
            <WithReason label={text("chances.decline")} hint={text("chances.decline_hint")} onSend={(reason) => act("decline", { reason })} /></>}
          {intro.state === "accepted" && intro.has_other_account === false && <>
            <p>{text("chances.answer_for", { name: intro.other_name ?? "" })}</p>
            <p class="actions"><button type="button" onClick={() => void act("willing", { side: "other" })}>{text("chances.willing_for")}</button></p>
            <WithReason label={text("chances.unwilling_for")} hint={text("chances.reason_hint")} onSend={(reason) => act("unwilling", { side: "other", reason })} /></>}
          {intro.state === "accepted" && intro.has_other_account !== false && <p>{text("chances.wait")}</p>}
          {canReveal && (["asker", "other"] as const).map((side) => {
            const shown = (side === "asker" ? intro.asker_step : intro.other_step) ?? 0;
            const hasAccount = side === "asker" ? intro.has_asker_account : intro.has_other_account;
            return hasAccount === false && shown < 4 && <Reveal key={side} side={side} step={shown + 1} act={act} />;
          })}
          {intro.state === "introduced" && (
            <form class="form" onSubmit={(event) => { event.preventDefault(); void act("case", { case_id: caseId.trim() }); }}>
              <p>{text("chances.case_lead")} <a href="/cases">{text("chances.to_cases")}</a></p>
              <TextField name="case" label={text("chances.case_id")} value={caseId} onValue={setCaseId} maxLength={60} />
              <p class="actions"><button type="submit">{text("chances.case_made")}</button></p>
            </form>
          )}
          <p><button type="button" class="plain" onClick={() => void act("end")}>{text("chances.end")}</button></p>
        </Section>
      )}
    </>
  );
}

function Past({ intro }: { readonly intro: Full }): JSX.Element {
  const who = (side: Event_["side"]): string =>
    side === intro.side ? text("chances.by_you") : side === "broker" ? text("chances.by_broker") : intro.side === "broker" ? ((side === "asker" ? intro.asker_name : intro.other_name) ?? "") : text("chances.by_them");
  return (
    <section>
      <h2>{text("chances.past")}</h2>
      <ol class="past">
        {intro.events.map((one) => (
          <li key={one.event_id}>
            <span>{who(one.side)} {text(`chances.did.${one.what}`, { what: text(`chances.reveal.${one.step ?? 0}`) })}</span>
            <time class="quiet small" dateTime={one.made}>{formatDateTime(one.made)}</time>
            {one.note && <q class="small">{one.note}</q>}
          </li>
        ))}
      </ol>
    </section>
  );
}
