/* Tasks and partners of a case. */
import { useState } from "preact/hooks";
import { send } from "../../api/client.ts";
import { useAll } from "../../api/use.ts";
import { formatDate } from "../../format/dates.ts";
import { personName } from "../../text/person.ts";
import { text } from "../../text/text.ts";
import { Card, Empty } from "../../ui/index.ts";
import { FormDialog, numberOf, optionsOf, wordOf, type Field } from "./form.tsx";
import type { PartProps } from "./sheet.tsx";
import { PARTNER_ROLES, type Partner, type Task } from "./types.ts";

export const today = (): string => {
  const now = new Date();
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
};

/* ---------------------------------------------------------------- tasks */
function TaskDialog({ sheet, doing, of, onClose }: PartProps & { readonly of: Task | null; readonly onClose: () => void }) {
  const path = `/cases/${sheet.case_id}/tasks`;
  return (
    <FormDialog title={text(of ? "cases.task" : "cases.task_new")} onClose={onClose} initial={{ what: of?.what ?? "", owner_id: of?.owner_id ? String(of.owner_id) : "", due: of?.due ?? "" }}
      fields={[
        { name: "what", label: text("cases.field.what"), required: true, max: 500 },
        { name: "owner_id", label: text("cases.field.owner"), kind: "select", options: [{ value: "", label: text("cases.nobody") }, ...sheet.people.map((one) => ({ value: String(one.account_id), label: one.name }))] },
        { name: "due", label: text("cases.field.due"), kind: "date" },
      ]}
      onSubmit={async (values) => {
        const body = { what: wordOf(values["what"]), owner_id: numberOf(values["owner_id"]), due: wordOf(values["due"]) };
        await (of ? send("PATCH", `${path}/${of.case_task_id}`, body) : send("POST", path, body));
        await doing(async () => undefined, text("common.form.saved"));
      }} />
  );
}

export function TasksPart(props: PartProps) {
  const { sheet, doing } = props;
  const [open, setOpen] = useState<Task | "new">();
  const path = `/cases/${sheet.case_id}/tasks`;
  const set = (task: Task, done: string | null): Promise<unknown> => send("PATCH", `${path}/${task.case_task_id}`, { done });
  return (
    <>
      <p class="actions"><button type="button" onClick={() => setOpen("new")}>{text("cases.task_new")}</button></p>
      {sheet.tasks.length === 0 && <Empty>{text("cases.no_tasks")}</Empty>}
      <ul class="tasks" aria-label={text("cases.part.tasks")}>
        {sheet.tasks.map((task) => (
          <li key={task.case_task_id}>
            <label class="check" for={`task-${task.case_task_id}`}>
              <input type="checkbox" id={`task-${task.case_task_id}`} checked={task.done !== null}
                onChange={(event) => { const before = task.done; void doing(() => set(task, event.currentTarget.checked ? today() : null), text("common.form.saved"), async () => { await set(task, before); props.again(); }); }} />
              <span class={task.done ? "quiet" : undefined}>{task.what}</span>
            </label>
            <span class={`detail${!task.done && task.due && task.due < today() ? " late" : ""}`}>
              {[personName(task.owner_name) ?? text("cases.nobody"), task.done ? text("cases.done_on", { date: formatDate(task.done) }) : task.due && text(task.due < today() ? "cases.late" : "cases.due", { date: formatDate(task.due) })].filter(Boolean).join(" · ")}
              {" "}<button type="button" class="plain" onClick={() => setOpen(task)}>{text("common.form.edit")}<span class="unseen">: {task.what}</span></button>
            </span>
          </li>
        ))}
      </ul>
      {open && <TaskDialog {...props} of={open === "new" ? null : open} onClose={() => setOpen(undefined)} />}
    </>
  );
}

/* ---------------------------------------------------------------- partners */
interface Actor {
  readonly actor_id: string;
  readonly name: string;
}

function PartnerDialog({ sheet, doing, of, onClose }: PartProps & { readonly of: Partner | null; readonly onClose: () => void }) {
  const path = `/cases/${sheet.case_id}/partners`;
  const actors = useAll<Actor>(of ? null : "/cases/actors");
  const contacts = of ? sheet.people.filter((one) => one.actors.includes(of.actor_id)) : [];
  const fields: Field[] = [];
  if (!of) fields.push({ name: "actor", label: text("cases.field.actor"), kind: "select", required: true, options: [{ value: "", label: text("cases.choose") }, ...[...(actors.data ?? [])].sort((a, b) => a.name.localeCompare(b.name)).map((one) => ({ value: one.actor_id, label: one.name }))] });
  if (sheet.is_mine_to_move) fields.push({ name: "role", label: text("cases.field.role"), kind: "select", options: optionsOf(PARTNER_ROLES, (one) => text(`cases.partner_role.${one}`)) });
  fields.push({ name: "brings", label: text("cases.field.brings"), hint: text("cases.brings_hint"), kind: "area" });
  if (contacts.length > 0) fields.push({ name: "contact_id", label: text("cases.field.contact"), kind: "select", options: [{ value: "", label: text("cases.nobody") }, ...contacts.map((one) => ({ value: String(one.account_id), label: one.name }))] });
  return (
    <FormDialog title={of?.actor_name ?? text("cases.partner_new")} onClose={onClose} fields={fields}
      initial={{ actor: "", role: of?.role ?? "other", brings: of?.brings ?? "", contact_id: of?.contact_id ? String(of.contact_id) : "" }}
      onSubmit={async (values) => {
        const body = { brings: wordOf(values["brings"]), ...(sheet.is_mine_to_move ? { role: wordOf(values["role"]) } : {}), ...(contacts.length > 0 ? { contact_id: numberOf(values["contact_id"]) } : {}) };
        await (of ? send("PATCH", `${path}/${of.case_partner_id}`, body) : send("POST", path, { ...body, actor_id: wordOf(values["actor"]) }));
        await doing(async () => undefined, text("common.form.saved"));
      }} />
  );
}

export function PartnersPart(props: PartProps) {
  const { sheet, doing } = props;
  const [open, setOpen] = useState<Partner | "new">();
  const path = `/cases/${sheet.case_id}/partners`;
  return (
    <>
      {sheet.is_mine_to_move && <p class="actions"><button type="button" onClick={() => setOpen("new")}>{text("cases.partner_new")}</button></p>}
      {sheet.partners.length === 0 && <Empty>{text("cases.partners_none")}</Empty>}
      {sheet.partners.map((one) => (
        <Card key={one.case_partner_id} title={<a href={`/company/${encodeURIComponent(one.actor_id)}`}>{one.actor_name ?? one.actor_id}</a>}
          detail={[text(`cases.partner_role.${one.role}`), one.contact_name && text("cases.contact", { name: one.contact_name }), !one.is_told && text("cases.not_told")].filter(Boolean).join(" · ")}
          action={(sheet.is_mine_to_move || (sheet.is_inside && one.is_own)) && (
            <span class="actions">
              {!one.is_told && <button type="button" class="plain" onClick={() => void doing(() => send("PATCH", `${path}/${one.case_partner_id}`, { is_told: true }), text("cases.told", { name: one.actor_name ?? one.actor_id }))}>{text("cases.tell")}<span class="unseen">: {one.actor_name}</span></button>}
              <button type="button" class="plain" onClick={() => setOpen(one)}>{text("common.form.edit")}<span class="unseen">: {one.actor_name}</span></button>
              {sheet.is_mine_to_move && <button type="button" class="plain" onClick={() => void doing(() => send("DELETE", `${path}/${one.case_partner_id}`), text("cases.partner_gone", { name: one.actor_name ?? one.actor_id }))}>{text("cases.remove")}<span class="unseen">: {one.actor_name}</span></button>}
            </span>
          )}>
          {one.brings && <p class="long">{one.brings}</p>}
        </Card>
      ))}
      {open && <PartnerDialog {...props} of={open === "new" ? null : open} onClose={() => setOpen(undefined)} />}
    </>
  );
}
