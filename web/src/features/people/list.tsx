import { useAll } from "../../api/use.ts";
import { hrefOf } from "../../app/router.ts";
import { formatDate } from "../../format/dates.ts";
import { personName } from "../../text/person.ts";
import { text } from "../../text/text.ts";
import { Empty, SearchBox, Table, Wait, type Column } from "../../ui/index.ts";
import type { Props } from "./index.tsx";
import type { Person } from "./types.ts";

export const stateOf = (person: Person): string =>
  text(person.erased ? "people.state.erased" : person.is_closed ? "people.state.closed" : "people.state.open");

export function List({ query, set }: Props) {
  const list = useAll<Person>("/people", { query: { q: query.q } });
  const columns: readonly Column<Person>[] = [
    { name: "name", head: text("people.name"), value: (person) => personName(person.name), cell: (person) => <a data-row href={hrefOf("people", String(person.account_id))}>{personName(person.name)}</a> },
    { name: "email", head: text("people.email"), value: (person) => (person.erased ? text("people.state.erased") : person.email) },
    { name: "role", head: text("people.role"), value: (person) => text(`common.role.${person.role}`) },
    { name: "actors", head: text("people.speaks_for"), value: (person) => person.actors.map((actor) => actor.name).join(", ") || "–" },
    { name: "second_factor", head: text("people.factor"), value: (person) => text(person.has_second_factor ? "people.yes" : "people.no") },
    { name: "state", head: text("people.state"), value: stateOf },
    { name: "made", head: text("people.since"), value: (person) => person.made, cell: (person) => formatDate(person.made) },
  ];
  return (
    <>
      <SearchBox label={text("people.search")} value={query.q} onValue={(q) => set({ q }, "replace")} />
      <Wait of={list}>{(people) => people.length === 0 ? <Empty>{text("people.none")}</Empty>
        : <Table caption={text("people.tab.people")} columns={columns} rows={people} keyOf={(person) => person.account_id} csv="people.csv" />}</Wait>
    </>
  );
}
