/* Who comes in, as what, and what they did. For coordinators. */
import { asText, asWord, defineRoom, type RoomProps } from "../../app/room.ts";
import { text } from "../../text/text.ts";
import { Page, Tabs } from "../../ui/index.ts";
import { Audit } from "./audit.tsx";
import { Invitations } from "./invitations.tsx";
import { List } from "./list.tsx";
import { PersonPage } from "./person.tsx";
import "./people.css";

const TABS = ["people", "invitations", "audit"] as const;
export interface Query {
  readonly tab: (typeof TABS)[number];
  readonly q: string;        // part of a name or address
  readonly what: string;     // part of what was done
  readonly account: string;  // number of who did it
  readonly from: string;     // date
}
export type Props = RoomProps<Query>;

function View(props: Props) {
  const { path, query, set } = props;
  if (path[0] !== undefined) return <PersonPage id={path[0]} />;
  return (
    <Page title={text("people.title")} lead={text("people.lead")}>
      <Tabs label={text("people.title")} tabs={TABS.map((value) => ({ value, label: text(`people.tab.${value}`) }))} now={query.tab} onTab={(tab) => set({ tab })}>
        {query.tab === "people" ? <List {...props} /> : query.tab === "invitations" ? <Invitations /> : <Audit {...props} />}
      </Tabs>
    </Page>
  );
}

export const room = defineRoom<Query>({ query: { tab: asWord(TABS, "people"), q: asText(), what: asText(), account: asText(), from: asText() }, View });
