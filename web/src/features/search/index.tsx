/* Everything that holds some words, by kind. */
import type { JSX } from "preact";
import { asText, defineRoom, type RoomProps } from "../../app/room.ts";
import { rooms } from "../../app/rooms.ts";
import { useGet } from "../../api/use.ts";
import { useStore } from "../../app/store.ts";
import { hasText, language, text } from "../../text/text.ts";
import { Empty, Page, Rows, SearchBox, Section, Wait } from "../../ui/index.ts";
import "./search.css";

interface Query { readonly q: string; readonly kind: string }
interface Hit { readonly key: string; readonly title: string; readonly text: string }
interface Found { readonly q: string; readonly groups: readonly { readonly kind: string; readonly score: number; readonly items: readonly Hit[]; readonly has_more: boolean }[] }

/* What a hit says of itself: codes of areas and gateways as words; the key alone says nothing to people. */
function detailOf(kind: string, said: string): string | undefined {
  const key = `search.detail.${kind}.${said.trim()}`;
  return hasText(key) ? text(key) : said.trim() || undefined;
}

/* The room where a thing is at home, where there is one; else its row in the data. */
export function placeOf(kind: string, key: string): string {
  const has = (name: string): boolean => rooms.some((room) => room.name === name);
  const id = encodeURIComponent(key);
  if (kind === "actor" && has("company")) return `/company/${id}`;
  if (kind === "resource" && has("resource")) return `/resource/${id}`;
  if ((kind === "case" || kind === "story") && has("cases")) return `/cases/${id}`;
  return `/data/${kind}?only=${id}&row=${id}`;
}

function View({ query, set, href }: RoomProps<Query>): JSX.Element {
  const isAsked = query.q.trim().length >= 2;
  const found = useGet<Found>(isAsked ? "/search" : null, { query: { q: query.q, kind: query.kind, language: useStore(language) } });
  return (
    <Page title={text("search.title")} lead={text("search.lead")}>
      <SearchBox value={query.q} label={text("search.label")} placeholder={text("search.placeholder")} onValue={(q) => set({ q }, "replace")} />
      {isAsked && (
        <Wait of={found} lines={6}>
          {({ groups }) => (
            <div class="search-found" aria-live="polite">
              <p class="unseen">{groups.length > 0 ? text("search.found", { n: groups.length }) : ""}</p>
              {groups.length === 0 && <Empty>{text("search.none", { q: query.q })}</Empty>}
              {query.kind !== "" && <p><a href={href({ kind: "" })}>{text("search.all")}</a></p>}
              {[...groups].sort((a, b) => b.score - a.score).map((group) => (
                <Section key={group.kind} title={text(`search.kind.${group.kind}`)}>
                  <Rows label={text(`search.kind.${group.kind}`)} rows={group.items.map((hit) => ({ key: hit.key, href: placeOf(group.kind, hit.key), title: hit.title, detail: detailOf(group.kind, hit.text) }))} />
                  {group.has_more && query.kind === "" && <p><a href={href({ kind: group.kind })}>{text("search.more")}</a></p>}
                </Section>
              ))}
            </div>
          )}
        </Wait>
      )}
    </Page>
  );
}

export const room = defineRoom<Query>({ query: { q: asText(), kind: asText() }, View });
