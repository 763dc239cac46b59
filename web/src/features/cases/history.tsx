/* What people said, and every step of the case. */
import { useState } from "preact/hooks";
import { send } from "../../api/client.ts";
import { formatDateTime } from "../../format/dates.ts";
import { personName } from "../../text/person.ts";
import { text } from "../../text/text.ts";
import { AreaField, Empty, Submit } from "../../ui/index.ts";
import type { PartProps } from "./sheet.tsx";

export function TalkPart({ sheet, doing }: PartProps) {
  const [comment, setComment] = useState("");
  async function onSubmit(event: Event): Promise<void> {
    event.preventDefault();
    if (comment.trim() && (await doing(() => send("POST", `/cases/${sheet.case_id}/comments`, { comment }), text("cases.said")))) setComment("");
  }
  return (
    <>
      {sheet.comments.length === 0 && <Empty>{text("cases.no_comments")}</Empty>}
      <ol class="talk">
        {sheet.comments.map((one) => (
          <li key={one.case_comment_id}><p class="detail"><b>{personName(one.account_name) ?? text("cases.somebody")}</b> · {formatDateTime(one.made)}</p><p class="long">{one.comment}</p></li>
        ))}
      </ol>
      <form class="form" onSubmit={(event) => void onSubmit(event)}>
        <AreaField name="comment" label={text("cases.field.comment")} hint={text("cases.comment_hint")} value={comment} onValue={setComment} rows={3} />
        <p class="actions"><Submit label={text("cases.say")} isBusy={false} /></p>
      </form>
    </>
  );
}

export function HistoryPart({ sheet }: PartProps) {
  return (
    <ol class="history" reversed>
      {[...sheet.steps].reverse().map((one) => (
        <li key={one.case_step_id}>
          <p><b>{text(`cases.step_was.${one.step}`, { stage: text(`cases.stage.${one.to_stage}`) })}</b>{one.is_override && <span class="not-met"> {text("cases.was_override")}</span>}</p>
          <p class="detail">{[formatDateTime(one.made), personName(one.account_name) ?? text("cases.somebody"), one.reason && one.reason !== "override" && text(`cases.reason.${one.reason}`)].filter(Boolean).join(" · ")}</p>
          {one.reason_text && <p class="long">{one.reason_text}</p>}
        </li>
      ))}
    </ol>
  );
}
