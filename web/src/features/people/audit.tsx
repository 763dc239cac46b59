/* Who did what, for good; and whether the log is as it was written. */
import { useEffect, useState } from "preact/hooks";
import { get, Problem, type Page as Answer } from "../../api/client.ts";
import { useGet } from "../../api/use.ts";
import { hrefOf } from "../../app/router.ts";
import { formatDateTime } from "../../format/dates.ts";
import { formatCount } from "../../format/numbers.ts";
import { hasText, text } from "../../text/text.ts";
import { Empty, ProblemNote, Table, TextField, Wait, type Column } from "../../ui/index.ts";
import type { Props } from "./index.tsx";
import type { AuditLine } from "./types.ts";

interface Check {
  readonly is_whole: boolean;
  readonly line_count: number;
  readonly broken_at: number | null;
}

/* The log speaks English; what is known of it reads in the language of now. */
const keyOf = (what: string): string => `people.did.${what.replace(/[^a-z]+/g, "_")}`;
const said = (what: string): string => (hasText(keyOf(what)) ? text(keyOf(what)) : what);

/* What it was done to: an account one can go to, an invitation by its number, or as the log has it. */
function about({ about: thing }: AuditLine) {
  const [kind, number] = (thing ?? "").split(" ");
  if (kind === "account" && number) return <a href={hrefOf("people", number)}>{text("people.about_account", { number })}</a>;
  return kind === "invitation" && number ? text("people.about_invitation", { number }) : (thing ?? "–");
}

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
  const who = (line: AuditLine): string => line.account_name || (line.account_id === 0 ? text("people.nobody") : text("people.number", { number: String(line.account_id) }));
  const columns: readonly Column<AuditLine>[] = [
    { name: "made", head: text("people.when"), value: (line) => line.made, cell: (line) => formatDateTime(line.made) },
    { name: "account", head: text("people.who"), value: who },
    { name: "what", head: text("people.what"), value: (line) => said(line.what) },
    { name: "about", head: text("people.about"), value: (line) => line.about ?? "–", cell: about },
  ];
  return (
    <>
      <Whole />
      <div class="people-tools">
        <TextField name="what" label={text("people.what")} value={query.what} onValue={(what) => set({ what }, "replace")} list="audit-whats" />
        <datalist id="audit-whats">{["sign-in", "sign-in refused", "invitation", "account", "password", "second factor", "erased"].map((what) => <option key={what} value={what} />)}</datalist>
        <TextField name="account" label={text("people.who_number")} value={query.account} onValue={(account) => set({ account: account.replace(/\D/g, "") }, "replace")} inputMode="numeric" />
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
