/* Who should meet, and what happens in the room? The list; a session; its wall; and the composer, which proposes whom to bring together. */
import { asNumber, asWord, defineRoom, type RoomProps } from "../../app/room.ts";
import { ComposePage } from "./compose.tsx";
import { ListPage } from "./list.tsx";
import { SheetPage } from "./sheet.tsx";
import { WallPage } from "./wall.tsx";
import "./session.css";

const TABS = ["who", "agenda", "outcome"] as const;
export type SheetTab = (typeof TABS)[number];
export interface Query {
  readonly tab: SheetTab;
  readonly count: number | null;       // sessions to compose
  readonly least: number | null;       // of partners in each
  readonly most: number | null;
}

function View(props: RoomProps<Query>) {
  const [first, second] = props.path;
  if (first === "compose") return <ComposePage {...props} />;
  const id = Number(first);
  if (first !== undefined && Number.isInteger(id)) return second === "wall" ? <WallPage id={id} /> : <SheetPage id={id} {...props} />;
  return <ListPage />;
}

export const room = defineRoom<Query>({
  query: { tab: asWord(TABS, "who"), count: asNumber(2), least: asNumber(4), most: asNumber(10) },
  View,
});
