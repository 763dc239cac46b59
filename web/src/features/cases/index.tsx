/* Cases: where are we with each? The funnel, the sheet of one, the gates. */
import { asText, asWord, defineRoom, type RoomProps } from "../../app/room.ts";
import { me } from "../../api/session.ts";
import { useStore } from "../../app/store.ts";
import { Board } from "./board.tsx";
import "./cases.css";
import { Gates } from "./gates.tsx";
import { NewCase } from "./new.tsx";
import { PublicList } from "./public.tsx";
import { CasePage, PARTS, type Part } from "./sheet.tsx";
import { STAGES, STATUSES, type Stage, type Status } from "./types.ts";

export interface Query {
  readonly status: Status;
  readonly stage: Stage;      // the tab of a phone
  readonly search: string;
  readonly part: Part;        // of a sheet
  readonly origin: string;    // a new case comes from this
  readonly id: string;
}

function View(props: RoomProps<Query>) {
  const { role } = useStore(me);
  const [first] = props.path;
  if (first === "gates") return <Gates />;
  if (first === "new") return <NewCase origin={props.query.origin} id={props.query.id} />;
  if (first !== undefined) return <CasePage caseId={first} part={props.query.part} onPart={(part) => props.set({ part }, "replace")} />;
  return role === "coordinator" || role === "partner" || role === "financier" ? <Board {...props} /> : <PublicList />;
}

export const room = defineRoom<Query>({
  query: { status: asWord(STATUSES, "open"), stage: asWord(STAGES, "idea"), search: asText(), part: asWord(PARTS, "gate"), origin: asText(), id: asText() },
  View,
});
