/* Entering in three small steps: what it is, how much and where, what happens today and who may see it. What is not known stays open. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem, send } from "../../api/client.ts";
import { useGet } from "../../api/use.ts";
import { me } from "../../api/session.ts";
import type { RoomProps } from "../../app/room.ts";
import { go } from "../../app/router.ts";
import { useStore } from "../../app/store.ts";
import { formatNumber } from "../../format/numbers.ts";
import { text } from "../../text/text.ts";
import { Choice, Dot, Page, ProblemNote, SelectField, Submit, TextField, Wait, announce, tell, type ResourceClass } from "../../ui/index.ts";
import type { Query } from "./index.tsx";
import { isByYear, nameOf, unitOf, type Disclosure, type Entry, type Kind, type Proposal } from "./shared.tsx";

interface Site {
  readonly site_id: string;
  readonly name: string;
  readonly actor_name: string;
}
interface Spoken {
  readonly is_understood: boolean;
  readonly quantity: number | null;
  readonly unit: string;
  readonly number?: number;
  readonly times?: number;
  readonly one?: number;
  readonly unit_id?: string;
  readonly is_number_assumed?: boolean;
  readonly is_time_assumed?: boolean;
  readonly is_estimate?: boolean;
}
interface Draft {
  readonly kind: Kind;
  readonly words: string;
  readonly what: Proposal | null;
  readonly amount: string;
  readonly site: string;
  readonly fate: string;
  readonly cost: string;
  readonly disclosure: Disclosure;
}
const FATES = ["unknown", "landfill", "incineration", "energy_recovery", "recycling", "reuse", "storage", "discharge", "vacant", "idle", "unused"] as const;
const REST_MS = 300;
const NO_ENTRY: Draft = { kind: "offer", words: "", what: null, amount: "", site: "", fate: "unknown", cost: "", disclosure: "broker" };

/* Asks the server when the words have rested; what came last counts. */
function useAsked<T>(path: string, body: Readonly<Record<string, string>> | null): T | undefined {
  const [answer, setAnswer] = useState<{ key: string; data: T }>();
  const key = body === null ? null : JSON.stringify(body);
  useEffect(() => {
    if (key === null) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      send<T>("POST", path, body, { signal: stop.signal }).then(({ body: data }) => setAnswer({ key, data }), () => undefined);
    }, REST_MS);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [key]);
  return answer && answer.key === key ? answer.data : undefined;
}

export function EntryPage({ query, entry }: RoomProps<Query> & { readonly entry?: string }): JSX.Element {
  const before = useGet<Entry>(entry ? `/entries/${entry}` : null);
  if (!entry) return <EntryForm initial={{ ...NO_ENTRY, kind: query.kind, words: query.q }} id={null} />;
  return before.data ? <EntryForm key={before.data.entry_id} id={entry} row={before.data.row_id} initial={draftOf(before.data)} /> : <Page title={text("chances.change")}><Wait of={before}>{() => null}</Wait></Page>;
}

const draftOf = (entry: Entry): Draft => ({
  kind: entry.kind,
  words: entry.words ?? "",
  what: entry.resource_id || entry.everyday_id ? { resource_id: entry.resource_id, everyday_id: entry.everyday_id ?? null, name: entry.resource_name ?? entry.words ?? "",
    name_nl: entry.resource_name_nl, class: entry.class ?? "material", unit: unitOf(entry.class), code_low: null, alike: 1 } : null,
  amount: entry.amount ?? (entry.quantity === null ? "" : `${entry.quantity} ${unitOf(entry.class)}`),
  site: entry.site_id ?? "",
  fate: entry.fate ?? "unknown",
  cost: entry.cost_eur === null || entry.cost_eur === undefined ? "" : String(entry.cost_eur),
  disclosure: entry.disclosure ?? "broker",
});

function EntryForm({ initial, id, row = null }: { readonly initial: Draft; readonly id: string | null; readonly row?: string | null }): JSX.Element {
  const [draft, setDraft] = useState(initial);
  const [step, setStep] = useState(1);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const heading = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    if (isFirst.current) isFirst.current = false;
    else heading.current?.focus();
  }, [step]);
  const set = (patch: Partial<Draft>): void => setDraft((old) => ({ ...old, ...patch }));

  async function save(): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    setProblem(undefined);
    const cost = draft.cost.trim() === "" ? null : Number(draft.cost.replaceAll(/[^\d,.-]/g, "").replace(/[.,](?=\d{3}\b)/g, "").replace(",", "."));
    const body = {
      kind: draft.kind, words: draft.words, resource_id: draft.what?.resource_id ?? null, everyday_id: draft.what?.everyday_id ?? null,
      amount: draft.amount.trim() || null, site_id: draft.site || null, disclosure: draft.disclosure,
      fate: draft.kind === "offer" ? draft.fate : null, cost_eur: cost !== null && Number.isFinite(cost) ? cost : null,
    };
    try {
      const { body: saved } = id ? await send<Entry>("PATCH", `/entries/${id}`, body) : await send<Entry>("POST", "/entries", body);
      tell(text(saved.row_id ? "chances.saved" : "chances.saved_draft"));
      go(saved.row_id ? `/chances/mine/${saved.kind}/${encodeURIComponent(saved.row_id)}` : "/chances/mine");
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setBusy(false);
    }
  }
  async function remove(): Promise<void> {
    try {
      await send("DELETE", `/entries/${id}`);
      tell(text("chances.removed"));
      go("/chances/mine");
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  }
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    if (draft.words.trim() === "") {
      document.querySelector<HTMLElement>("[name=words]")?.focus();
      return;
    }
    if (step < 3) setStep(step + 1);
    else void save();
  };
  return (
    <Page kicker={<a href="/chances/mine">{text("chances.part.mine")}</a>} title={text(id ? "chances.change" : `chances.enter_${draft.kind}`)} lead={id ? undefined : text("chances.enter_lead")}>
      <form class="form entry" noValidate onSubmit={onSubmit}>
        <h2 ref={heading} tabIndex={-1} class="step-title"><span class="quiet">{text("chances.step", { n: step, of: 3 })}</span> {text(`chances.step_${step}`)}</h2>
        {problem && (problem.status === 429 ? <div class="note bad" role="alert"><p>{text("chances.too_many")}</p></div> : <ProblemNote problem={problem} />)}
        {step === 1 && <What draft={draft} set={set} isKindFixed={id !== null} />}
        {step === 2 && <HowMuch draft={draft} set={set} />}
        {step === 3 && <Today draft={draft} set={set} />}
        <p class="actions">
          <Submit label={text(step < 3 ? "chances.next" : "chances.save")} isBusy={isBusy} />
          {step > 1 && <button type="button" onClick={() => setStep(step - 1)}>{text("chances.back")}</button>}
          {step < 3 && draft.words.trim() !== "" && <button type="button" class="plain" onClick={() => void save()}>{text("chances.save_now")}</button>}
        </p>
        {id && <p><button type="button" class="plain" onClick={() => void remove()}>{text(row ? "chances.remove" : "chances.remove_draft")}</button></p>}
      </form>
    </Page>
  );
}

interface PartProps {
  readonly draft: Draft;
  readonly set: (patch: Partial<Draft>) => void;
}

function What({ draft, set, isKindFixed }: PartProps & { readonly isKindFixed: boolean }): JSX.Element {
  const words = draft.words.trim();
  const found = useAsked<{ readonly items: readonly Proposal[] }>("/words", words.length > 1 ? { text: words } : null);
  const same = (one: Proposal, other: Proposal | null): boolean => other !== null && one.resource_id === other.resource_id && one.everyday_id === other.everyday_id;
  useEffect(() => {
    if (!found) return;
    announce(text("chances.proposals", { n: found.items.length }));
    /* The first proposal, unless one of these was chosen already. */
    if (!draft.what || !found.items.some((one) => same(one, draft.what))) set({ what: found.items[0] ?? null });
  }, [found]);
  return (
    <>
      {!isKindFixed && <Choice label={text("chances.have_or_seek")} value={draft.kind} onValue={(kind) => set({ kind })} options={[{ value: "offer", label: text("chances.have") }, { value: "need", label: text("chances.seek") }]} />}
      <TextField name="words" label={text(`chances.words_${draft.kind}`)} hint={text("chances.words_hint")} value={draft.words} onValue={(value) => set({ words: value })} maxLength={300} required />
      {found && found.items.length > 0 && (
        <fieldset class="proposals">
          <legend>{text("chances.is_it")}</legend>
          {found.items.slice(0, 5).map((one, i) => (
            <label class="proposal-choice" for={`p-${i}`}>
              <input type="radio" id={`p-${i}`} name="what" checked={same(one, draft.what)} onChange={() => set({ what: one })} />
              <span><b>{nameOf(one.name, one.name_nl)}</b> <span class="quiet small"><Dot of={one.class} />{text(`common.class.${one.class}`)}{one.resource_id === null && `. ${text("chances.is_new")}`}</span></span>
            </label>
          ))}
          <label class="proposal-choice" for="p-none">
            <input type="radio" id="p-none" name="what" checked={draft.what === null} onChange={() => set({ what: null })} />
            <span>{text("chances.none_of_these")}</span>
          </label>
        </fieldset>
      )}
      {found && found.items.length === 0 && <p class="quiet">{text("chances.no_proposal")}</p>}
    </>
  );
}

function understoodText(spoken: Spoken, of: ResourceClass): string {
  if (!spoken.is_understood || spoken.quantity === null) return text("chances.not_understood", { example: text(`chances.amount_example.${of}`) });
  const parts = [text(isByYear(of) ? "chances.understood" : "chances.understood_once", { amount: formatNumber(spoken.quantity, spoken.unit, 3) })];
  if (isByYear(of) && spoken.times !== 1) parts.push(text("chances.understood_how", { number: formatNumber(spoken.number, undefined, 4), one: formatNumber(spoken.one, spoken.unit, 3), times: formatNumber(spoken.times, undefined, 4) }));
  else if (spoken.one !== 1) parts.push(text("chances.understood_one", { number: formatNumber(spoken.number, undefined, 4), one: formatNumber(spoken.one, spoken.unit, 3) }));
  if (spoken.is_time_assumed) parts.push(text("chances.assumed_year"));
  if (spoken.is_estimate) parts.push(text("chances.assumed_load"));
  return parts.join(" ");
}

function HowMuch({ draft, set }: PartProps): JSX.Element {
  const { role } = useStore(me);
  const [sought, setSought] = useState("");
  const sites = useGet<{ readonly items: readonly Site[] }>("/own-sites", { query: { q: sought } });
  const of = draft.what?.class ?? "material";
  const spoken = useAsked<Spoken>("/amounts", draft.amount.trim() !== "" ? { text: draft.amount.trim(), class: of } : null);
  useEffect(() => { if (spoken) announce(understoodText(spoken, of)); }, [spoken]);
  const list = sites.data?.items ?? [];
  useEffect(() => { if (draft.site === "" && list.length === 1 && role === "partner") set({ site: list[0]!.site_id }); }, [list.length]);
  return (
    <>
      <TextField name="amount" label={text("chances.amount")} hint={text("chances.amount_hint", { example: text(`chances.amount_example.${of}`) })} value={draft.amount} onValue={(amount) => set({ amount })} maxLength={300} />
      {spoken && <p class={spoken.is_understood ? "understood" : "understood quiet"}>{understoodText(spoken, of)}</p>}
      {role === "coordinator" && <TextField name="sought" label={text("chances.site_search")} value={sought} onValue={setSought} />}
      <SelectField name="site" label={text("chances.site")} value={draft.site} onValue={(site) => set({ site })}
        options={[{ value: "", label: text("chances.site_later") }, ...list.map((one) => ({ value: one.site_id, label: one.name === one.actor_name ? one.name : `${one.actor_name}, ${one.name}` }))]} />
    </>
  );
}

function Today({ draft, set }: PartProps): JSX.Element {
  return (
    <>
      {draft.kind === "offer" && <SelectField name="fate" label={text("chances.fate")} value={draft.fate} onValue={(fate) => set({ fate })} options={FATES.map((fate) => ({ value: fate, label: text(`chances.fate.${fate}`) }))} />}
      <TextField name="cost" label={text(`chances.cost_${draft.kind}`)} hint={text("chances.cost_hint")} inputMode="decimal" value={draft.cost} onValue={(cost) => set({ cost })} />
      <fieldset class="proposals">
        <legend>{text("chances.who_sees")}</legend>
        {(["broker", "partners", "public"] as const).map((one) => (
          <label class="proposal-choice" for={`d-${one}`}>
            <input type="radio" id={`d-${one}`} name="disclosure" checked={draft.disclosure === one} onChange={() => set({ disclosure: one })} />
            <span><b>{text(`chances.seen_by.${one}`)}</b> <span class="quiet small">{text(`chances.seen_by_more.${one}`)}</span></span>
          </label>
        ))}
      </fieldset>
    </>
  );
}
