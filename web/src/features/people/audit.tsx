/* Who did what, for good; and whether the log is as it was written. */
import { useEffect, useState } from "preact/hooks";
import { get, Problem, type Page as Answer } from "../../api/client.ts";
import { useGet } from "../../api/use.ts";
import { hrefOf } from "../../app/router.ts";
import { formatDateTime } from "../../format/dates.ts";
import { formatCount } from "../../format/numbers.ts";
import { erasedName } from "../../text/person.ts";
import { hasText, text } from "../../text/text.ts";
import { Empty, ProblemNote, SelectField, Table, TextField, Wait, type Column, type Option } from "../../ui/index.ts";
import type { Props } from "./index.tsx";
import type { AuditLine, Person } from "./types.ts";

interface Check {
  readonly is_whole: boolean;
  readonly line_count: number;
  readonly broken_at: number | null;
}

/* The log speaks English; what is known of it reads in the language of now. */
const keyOf = (what: string): string => `people.did.${what.replace(/[^a-z]+/g, "_")}`;
const said = (what: string): string => (hasText(keyOf(what)) ? text(keyOf(what)) : what);

/* What it was done to, by its name where it still has one; the log itself has numbers alone, so that who was erased stays erased. */
const ROOM: Readonly<Record<string, string>> = { account: "people", case: "cases", meeting: "session" };
interface Thing { readonly kind: string; readonly number: string; readonly label: string }
function thingOf({ about, about_name }: AuditLine): Thing {
  const [, kind = "", number = ""] = /(?:^| of )(account|invitation|case|meeting|job) (\d+)$/.exec(about ?? "") ?? [];
  if (kind === "") return { kind, number, label: about ?? "–" };
  return { kind, number, label: about_name || (kind === "account" ? erasedName(number) : text(`people.about_${kind}`, { number })) };
}
function about(line: AuditLine) {
  const { kind, number, label } = thingOf(line), to = ROOM[kind];
  return to ? <a href={hrefOf(to, number)}>{label}</a> : label;
}

/* What one may look for: parts of what the log says. */
const WHATS = ["sign-in", "account", "invitation", "password", "second factor", "erased", "case", "outcome", "meeting", "introduction", "import", "job"] as const;

function Whole() {
  const check = useGet<Check>("/audit/check");
  return (
    <Wait of={check} lines={1}>{({ is_whole, line_count, broken_at }) => is_whole
      ? <p>{text("people.audit_whole", { lines: formatCount(line_count) })}</p>
      : <div class="note bad" role="alert"><p><b>{text("people.audit_broken", { line: broken_at ?? 0 })}</b></p><p>{text("people.audit_broken_next")}</p></div>}</Wait>
  );
}

export function Audit({ query, set }: Props) {
  const asked = { account: query.account, what: query.what, from: query.from, limit: 100 };
  const key = JSON.stringify(asked);
  const first = useGet<Answer<AuditLine>>("/audit", { query: asked });
  const [more, setMore] = useState<{ readonly items: readonly AuditLine[]; readonly next: string | null }>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => setMore(undefined), [key]);
  const load = async (cursor: string): Promise<void> => {
    try {
      const page = await get<Answer<AuditLine>>("/audit", { query: { ...asked, cursor } });
      setMore((old) => ({ items: [...(old?.items ?? []), ...page.items], next: page.next }));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  };
  const people = useGet<Answer<Person>>("/people", { query: { limit: 1000 } });
  const whom = (number: number): string => erasedName(String(number));
  const who = (line: AuditLine): string => line.account_name || (line.account_id === 0 ? text("people.nobody") : whom(line.account_id));
  const persons = (people.data?.items ?? []).map((one) => ({ value: String(one.account_id), label: one.erased ? whom(one.account_id) : one.name }));
  const whats = WHATS.map((what) => ({ value: what as string, label: text(`people.look.${what.replace(/[^a-z]+/g, "_")}`) }));
  const among = (options: readonly Option<string>[], value: string): readonly Option<string>[] =>
    [{ value: "", label: text("people.all") }, ...options, ...(value === "" || options.some((one) => one.value === value) ? [] : [{ value, label: value }])];
  const columns: readonly Column<AuditLine>[] = [
    { name: "made", head: text("people.when"), value: (line) => line.made, cell: (line) => formatDateTime(line.made) },
    { name: "account", head: text("people.who"), value: who },
    { name: "what", head: text("people.what"), value: (line) => said(line.what) },
    { name: "about", head: text("people.about"), value: (line) => thingOf(line).label, cell: about },
  ];
  return (
    <>
      <Whole />
      <div class="people-tools">
        <SelectField name="what" label={text("people.what")} value={query.what} onValue={(what) => set({ what })} options={among(whats, query.what)} />
        <SelectField name="account" label={text("people.who")} value={query.account} onValue={(account) => set({ account })} options={among(persons, query.account)} />
        <TextField name="from" type="date" label={text("people.from")} value={query.from} onValue={(from) => set({ from }, "replace")} />
      </div>
      {problem && <ProblemNote problem={problem} />}
      <Wait of={first}>{(page) => {
        const rows = [...page.items, ...(more?.items ?? [])], next = more ? more.next : page.next;
        return rows.length === 0 ? <Empty>{text("people.audit_none")}</Empty> : (
          <>
            <Table caption={text("people.tab.audit")} columns={columns} rows={rows} keyOf={(line) => line.audit_id} csv={`/api/v1/audit?format=csv&account=${query.account}&what=${encodeURIComponent(query.what)}&from=${query.from}`.replace(/&(account|what|from)=(?=&|$)/g, "")} />
            {next && <p class="actions"><button type="button" onClick={() => void load(next)}>{text("people.older")}</button></p>}
          </>
        );
      }}</Wait>
    </>
  );
}
