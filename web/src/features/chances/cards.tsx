import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem, get, send } from "../../api/client.ts";
import { useGet } from "../../api/use.ts";
import { go } from "../../app/router.ts";
import { text } from "../../text/text.ts";
import { AreaField, Card, Dialog, Dot, Empty, Page, ProblemNote, Section, Skeleton, Submit, Wait, announce, tell } from "../../ui/index.ts";
import type { Page as List } from "../../api/client.ts";
import { CardFacts, amountText, nameOf, whoText, type CardData, type Entry, type Kind } from "./shared.tsx";

interface Cards {
  readonly items: readonly CardData[];
  readonly is_current: boolean;
  readonly is_limited: boolean;
}
const AGAIN_MS = 200;

/* What fits an own row. A row that was saved a moment ago is matched within a second: asked again until it is, one question at a time. */
export function CardsPage({ kind, row }: { readonly kind: string; readonly row: string }): JSX.Element {
  const mine = useGet<List<Entry>>("/entries", { query: { limit: 500 } });
  const own = mine.data?.items.find((one) => one.row_id === row);
  const path = `/chances/${kind}/${encodeURIComponent(row)}`;
  const cards = useGet<Cards>(path);
  const [asked, setAsked] = useState<CardData | null>(null);
  const isFresh = cards.data?.is_current === true;
  useEffect(() => {
    if (!cards.data || isFresh) return undefined;
    const stop = new AbortController();
    const ask = async (): Promise<void> => {
      const { is_current } = await get<Cards>(path, { signal: stop.signal });
      if (is_current) cards.again();
      else timer = setTimeout(() => void ask().catch(() => undefined), AGAIN_MS);
    };
    let timer = setTimeout(() => void ask().catch(() => undefined), AGAIN_MS);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [cards.data === undefined, isFresh]);
  useEffect(() => { if (isFresh) announce(text("chances.found", { n: cards.data.items.length })); }, [isFresh]);
  return (
    <Page kicker={<a href="/chances/mine">{text("chances.part.mine")}</a>} title={own ? (own.resource_name ? nameOf(own.resource_name, own.resource_name_nl) : (own.words ?? "")) : text(`chances.kind.${kind}`)}
      lead={own && text(`chances.own_${own.kind}`, { amount: amountText(own.quantity, own.class), site: own.site_name ?? "", seen: text(`chances.seen_by.${own.disclosure ?? "partners"}`) })}
      actions={own?.entry_id && <a class="button" href={`/chances/mine/${own.entry_id}`}>{text("chances.change")}</a>}>
      <Wait of={cards}>{({ items, is_current, is_limited }) => items.length === 0 && !is_current ? <><p>{text("chances.matching")}</p><Skeleton lines={3} /></> : (
        <Section title={text("chances.fits", { n: items.length })}>
          {is_limited && <div class="note"><p>{text("chances.limited")}</p></div>}
          {items.some((card) => !card.is_open) && <p class="quiet">{text("chances.blind_lead")}</p>}
          {items.length === 0 ? <Empty>{text("chances.fits_none")}</Empty> : items.slice(0, 20).map((card) => <MatchCard key={card.token} card={card} onAsk={() => setAsked(card)} />)}
          {items.length > 20 && <details class="more"><summary>{text("chances.more", { n: items.length - 20 })}</summary>{items.slice(20).map((card) => <MatchCard key={card.token} card={card} onAsk={() => setAsked(card)} />)}</details>}
        </Section>
      )}</Wait>
      {asked && <AskDialog kind={kind as Kind} row={row} card={asked} onClose={() => setAsked(null)} />}
    </Page>
  );
}

function MatchCard({ card, onAsk }: { readonly card: CardData; readonly onAsk: () => void }): JSX.Element {
  return (
    <Card title={<><Dot of={card.class} isHollow={!card.is_open} />{whoText(card)}</>} detail={card.is_open ? card.open?.is_own && text("chances.is_own") : text("chances.is_blind")}
      action={card.kind !== "gateway" && !card.open?.is_own && <button type="button" onClick={onAsk}>{text("chances.ask")}</button>}>
      <CardFacts card={card} />
    </Card>
  );
}

function AskDialog({ kind, row, card, onClose }: { readonly kind: Kind; readonly row: string; readonly card: CardData; readonly onClose: () => void }): JSX.Element {
  const [note, setNote] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  async function onSubmit(event: Event): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    try {
      const { body } = await send<{ intro_id: string }>("POST", "/introductions", { kind, row_id: row, token: card.token, note });
      onClose();
      tell(text("chances.asked"));
      go(`/chances/introductions/${body.intro_id}`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setBusy(false);
    }
  }
  return (
    <Dialog title={text("chances.ask")} onClose={onClose}>
      <form class="form" onSubmit={(event) => void onSubmit(event)}>
        <p>{text("chances.ask_lead")}</p>
        {problem && <ProblemNote problem={problem} />}
        <AreaField name="note" label={text("chances.ask_note")} hint={text("chances.ask_note_hint")} rows={3} value={note} onValue={setNote} />
        <p class="actions"><Submit label={text("chances.ask_send")} isBusy={isBusy} /></p>
      </form>
    </Dialog>
  );
}
