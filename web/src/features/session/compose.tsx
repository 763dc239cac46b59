/* Whom to bring together: groups in which the ties of the plan reach most, with a bound that says how much more could be. */
import { useEffect, useState } from "preact/hooks";
import { Problem, send } from "../../api/client.ts";
import type { RoomProps } from "../../app/room.ts";
import { formatEur, formatShare } from "../../format/numbers.ts";
import { text } from "../../text/text.ts";
import { Card, Empty, Page, ProblemNote, Section, SelectField, Skeleton } from "../../ui/index.ts";
import type { Query } from "./index.tsx";
import { NewDialog } from "./list.tsx";
import type { Composed, ComposedActor, Composition } from "./types.ts";

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => ({ value: String(from + i), label: String(from + i) }));

function reasonOf(actor: ComposedActor): string {
  const best = actor.ties[0];
  if (!best) return text("session.compose.fresh");
  return text(actor.ties.length > 1 ? "session.compose.reason_more" : "session.compose.reason", { resource: best.resource, name: best.name, eur: formatEur(best.eur), n: actor.ties.length - 1 });
}

function Proposal({ session, at, onTake }: { readonly session: Composed; readonly at: number; readonly onTake: () => void }) {
  return (
    <section class="proposal">
      <h2>{text("session.compose.session", { at: at + 1 })}</h2>
      <p class="lead">{text("session.compose.together", { eur: formatEur(session.eur), n: session.actors.length, sectors: session.sectors, municipalities: session.municipalities })}</p>
      <div data-list>
        {session.actors.map((actor) => (
          <Card key={actor.actor_id} title={<a data-row href={`/company/${encodeURIComponent(actor.actor_id)}`}>{actor.name}</a>} detail={reasonOf(actor)}
            action={actor.is_newcomer && <span class="quiet small">{text("session.compose.newcomer")}</span>} />
        ))}
      </div>
      <p class="actions"><button type="button" class={at === 0 ? "first" : ""} onClick={onTake}>{text("session.compose.take")}</button></p>
    </section>
  );
}

export function ComposePage({ query, set }: RoomProps<Query>) {
  const [composition, setComposition] = useState<Composition>();
  const [problem, setProblem] = useState<Problem>();
  const [taken, setTaken] = useState<Composed>();
  const count = query.count ?? 2, least = query.least ?? 4, most = Math.max(query.most ?? 10, query.least ?? 4);
  useEffect(() => {
    const stop = new AbortController();
    setProblem(undefined);
    send<Composition>("POST", "/meetings/compose", { count, least, most }, { signal: stop.signal }).then(
      ({ body }) => setComposition(body),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setProblem(error);
      });
    return () => stop.abort();
  }, [count, least, most]);
  return (
    <Page title={text("session.compose.title")} kicker={<a href="/session">{text("common.room.session")}</a>} lead={text("session.compose.lead")}>
      <div class="filters compose-filters">
        <SelectField name="count" label={text("session.compose.count")} value={String(count)} options={numbers(1, 6)} onValue={(value) => set({ count: Number(value) })} />
        <SelectField name="least" label={text("session.compose.least")} value={String(least)} options={numbers(2, 12)} onValue={(value) => set({ least: Number(value) })} />
        <SelectField name="most" label={text("session.compose.most")} value={String(most)} options={numbers(least, 30)} onValue={(value) => set({ most: Number(value) })} />
      </div>
      {problem && <ProblemNote problem={problem} />}
      {!composition && !problem && <Skeleton lines={8} />}
      {composition && composition.sessions.length === 0 && <Empty action={<a class="button" href="/plan">{text("common.room.plan")}</a>}>{text("session.compose.nothing")}</Empty>}
      {composition && composition.sessions.length > 0 && (
        <>
          {composition.sessions.map((session, at) => <Proposal key={at} session={session} at={at} onTake={() => setTaken(session)} />)}
          <Section title={text("session.compose.how")}>
            <p class="quiet small">{text("session.compose.proof", { eur: formatEur(composition.expected_eur), bound: formatEur(composition.bound_eur),
              share: formatShare(composition.bound_eur > 0 ? composition.expected_eur / composition.bound_eur : 1) })}</p>
          </Section>
        </>
      )}
      {taken && <NewDialog actors={taken.actors.map(({ actor_id }) => actor_id)} composed={taken} onClose={() => setTaken(undefined)} />}
    </Page>
  );
}
