/* What fits what? The search box for everybody; for partners their own offers and needs, what fits them without who is behind it, and
 * introductions. */
import { asText, asWord, defineRoom, type RoomProps } from "../../app/room.ts";
import { CardsPage } from "./cards.tsx";
import { EntryPage } from "./entry.tsx";
import { IntroPage } from "./intro.tsx";
import { IntrosPage } from "./intros.tsx";
import { MinePage } from "./mine.tsx";
import { SearchPage } from "./search.tsx";
import "./chances.css";

export interface Query {
  readonly q: string;
  readonly kind: "offer" | "need";
}

function View(props: RoomProps<Query>) {
  const [part, first, second] = props.path;
  if (part === "new") return <EntryPage {...props} />;
  if (part === "mine" && first && second) return <CardsPage kind={first} row={second} />;
  if (part === "mine" && first) return <EntryPage key={first} {...props} entry={first} />;
  if (part === "mine") return <MinePage />;
  if (part === "introductions" && first) return <IntroPage key={first} id={first} />;
  if (part === "introductions") return <IntrosPage />;
  return <SearchPage {...props} />;
}

export const room = defineRoom<Query>({ query: { q: asText(), kind: asWord(["offer", "need"] as const, "offer") }, View });
