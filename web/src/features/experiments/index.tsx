/* Experiments: space that is lent under conditions for a period. */
import { asText, asWord, defineRoom, type RoomProps } from "../../app/room.ts";
import "./experiments.css";
import { NewExperiment } from "./form.tsx";
import { ListPage } from "./list.tsx";
import { ExperimentPage } from "./sheet.tsx";

export const VIEWS = ["list", "month"] as const;
export interface Query {
  readonly view: (typeof VIEWS)[number];
  readonly month: string;     // YYYY-MM; "": this one
}

function View(props: RoomProps<Query>) {
  const [first] = props.path;
  if (first === "new") return <NewExperiment />;
  return first === undefined ? <ListPage {...props} /> : <ExperimentPage id={first} />;
}

export const room = defineRoom<Query>({ query: { view: asWord(VIEWS, "list"), month: asText() }, View });
