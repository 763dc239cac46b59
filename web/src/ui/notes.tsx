/* What is said about a row, and what it was: for any row of any table, by whoever sees it.
 *
 *   <RowNotes table="offer" rowKey={id} columnText={...} onChange={again} />                              */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get, Problem, send, type Page } from "../api/client.ts";
import { me } from "../api/session.ts";
import { useAll, useGet } from "../api/use.ts";
import { useStore } from "../app/store.ts";
import { formatAgo, formatDateTime } from "../format/dates.ts";
import { exactNumber } from "../format/numbers.ts";
import { personName } from "../text/person.ts";
import { language, loadTexts, text } from "../text/text.ts";
import { AreaField, TextField } from "./forms.tsx";
import { tell } from "./messages.tsx";
import { ProblemNote, Skeleton, Wait } from "./states.tsx";

interface Comment {
  readonly comment_id: number;
  readonly reply_to: number | null;
  readonly text: string;
  readonly made: string;
  readonly resolved: string | null;
  readonly resolved_by: string | null;
  readonly who: string | null;
  readonly who_role: string | null;
  readonly is_mine: boolean;
  readonly mentions: readonly { readonly actor_id: string; readonly name: string | null }[];
}
interface Edit {
  readonly edit_id: number;
  readonly what: "add" | "change" | "remove";
  readonly made: string;
  readonly undo_of: number | null;
  readonly undone_by: number | null;
  readonly who: string | null;
  readonly who_role: string | null;
  readonly changes: readonly { readonly column: string; readonly before: unknown; readonly after: unknown }[];
}

const whoText = (who: string | null, role: string | null): string => personName(who) ?? text("notes.somebody", { role: text(`common.role.${role ?? "public"}`) });

/* An actor, looked up while one types. */
function Mention({ name, value, onValue }: { readonly name: string; readonly value: string; readonly onValue: (value: string) => void }): JSX.Element {
  const [found, setFound] = useState<readonly { readonly key: string; readonly title: string }[]>([]);
  useEffect(() => {
    if (value.trim().length < 2) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      get<{ groups: readonly { readonly items: readonly { readonly key: string; readonly title: string }[] }[] }>("/search", { query: { q: value, kind: "actor", limit: 12 }, signal: stop.signal })
        .then(({ groups }) => setFound(groups[0]?.items ?? []), () => undefined);
    }, 120);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [value]);
  return (
    <>
      <TextField name={name} label={text("notes.mention")} hint={text("notes.mention_hint")} value={value} onValue={onValue} list={`${name}-list`} />
      <datalist id={`${name}-list`}>{found.map(({ key, title }) => <option value={key}>{title}</option>)}</datalist>
    </>
  );
}

function CommentForm({ path, replyTo, label, hint, onDone, onLeave }: { readonly path: string; readonly replyTo: number | null; readonly label: string; readonly hint?: string; readonly onDone: () => void; readonly onLeave?: () => void }): JSX.Element {
  const [said, setSaid] = useState("");
  const [actor, setActor] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (said.trim() === "" || isBusy) return;
    setBusy(true);
    try {
      await send("POST", path, { text: said, ...(replyTo === null ? {} : { reply_to: replyTo }), ...(actor.trim() === "" ? {} : { mentions: [actor.trim()] }) });
      setSaid("");
      setActor("");
      setProblem(undefined);
      onDone();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      {problem && <ProblemNote problem={problem} />}
      <AreaField name={`comment-${replyTo ?? "new"}`} label={label} hint={hint} rows={3} value={said} onValue={setSaid} />
      <Mention name={`mention-${replyTo ?? "new"}`} value={actor} onValue={setActor} />
      <div class="actions">
        <button type="submit" aria-disabled={isBusy || undefined}>{text("notes.send")}</button>
        {onLeave && <button type="button" class="plain" onClick={onLeave}>{text("notes.cancel")}</button>}
      </div>
    </form>
  );
}

function CommentView({ comment }: { readonly comment: Comment }): JSX.Element {
  return (
    <>
      <p class="said">{comment.text}</p>
      <p class="detail">
        {whoText(comment.who, comment.who_role)}, <time dateTime={comment.made} title={formatDateTime(comment.made)}>{formatAgo(comment.made)}</time>
        {comment.mentions.length > 0 && <>, {text("notes.called", { who: comment.mentions.map(({ name, actor_id }) => name ?? actor_id).join(", ") })}</>}
      </p>
    </>
  );
}

function Comments({ path, onChange }: { readonly path: string; readonly onChange: () => void }): JSX.Element {
  const comments = useAll<Comment>(`${path}/comments`);
  const { role } = useStore(me);
  const [replying, setReplying] = useState<number | null>(null);
  const again = (): void => { setReplying(null); comments.again(); onChange(); };
  const act = async (method: "POST" | "DELETE", to: string, body?: unknown): Promise<void> => {
    try {
      await send(method, to, body);
      again();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      tell(error.happened);
    }
  };
  return (
    <Wait of={comments} lines={3}>
      {(all) => {
        const first = all.filter((one) => one.reply_to === null);
        return (
          <>
            {first.length === 0 && <p class="detail">{text("notes.none")}</p>}
            <ol class="threads" data-list>
              {first.map((one) => (
                <li key={one.comment_id} class={one.resolved ? "settled" : undefined} data-row tabIndex={-1}>
                  <CommentView comment={one} />
                  {all.filter((reply) => reply.reply_to === one.comment_id).map((reply) => <div class="answer" key={reply.comment_id}><CommentView comment={reply} /></div>)}
                  {one.resolved && <p class="detail">{text("notes.resolved", { who: one.resolved_by ?? "" })}</p>}
                  {replying === one.comment_id
                    ? <CommentForm path={`${path}/comments`} replyTo={one.comment_id} label={text("notes.reply_to")} onDone={again} onLeave={() => setReplying(null)} />
                    : (
                      <p class="actions no-print">
                        <button type="button" class="plain" onClick={() => setReplying(one.comment_id)}>{text("notes.reply")}</button>
                        <button type="button" class="plain" onClick={() => void act("POST", `/comments/${one.comment_id}/resolve`, { is_resolved: !one.resolved })}>{text(one.resolved ? "notes.reopen" : "notes.resolve")}</button>
                        {(one.is_mine || role === "coordinator") && <button type="button" class="plain" onClick={() => void act("DELETE", `/comments/${one.comment_id}`)}>{text("notes.remove")}</button>}
                      </p>
                    )}
                </li>
              ))}
            </ol>
            <CommentForm path={`${path}/comments`} replyTo={null} label={text("notes.write")} hint={text("notes.write_hint")} onDone={again} />
          </>
        );
      }}
    </Wait>
  );
}

const valueText = (value: unknown): string =>
  value === null || value === undefined || value === "" ? text("notes.blank") : typeof value === "number" ? exactNumber(value) : String(value);

function History({ path, columnText, onChange }: { readonly path: string; readonly columnText: (column: string) => string; readonly onChange: () => void }): JSX.Element {
  const edits = useGet<Page<Edit>>(`${path}/history`, { query: { limit: 50 } });
  const { role } = useStore(me);
  const undo = async (edit: Edit): Promise<void> => {
    try {
      await send("POST", `/edits/${edit.edit_id}/undo`);
      tell(text("notes.undid"));
      edits.again();
      onChange();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      tell(error.kind === "conflict" ? text("notes.undo_failed") : error.happened);
    }
  };
  return (
    <Wait of={edits} lines={3}>
      {({ items }) => items.length === 0 ? <p class="detail">{text("notes.history_none")}</p> : (
        <ol class="threads" data-list>
          {items.map((edit, i) => (
            <li key={edit.edit_id} data-row tabIndex={-1}>
              <p class="said">{text(`notes.what.${edit.what}`, { who: whoText(edit.who, edit.who_role) })}</p>
              {edit.what === "change" && <ul>{edit.changes.map((one) => <li>{text("notes.from_to", { column: columnText(one.column), before: valueText(one.before), after: valueText(one.after) })}</li>)}</ul>}
              <p class="detail">
                <time dateTime={edit.made} title={formatDateTime(edit.made)}>{formatAgo(edit.made)}</time>
                {edit.undo_of !== null && <>, {text("notes.undo_of")}</>}
                {edit.undone_by !== null && <>, {text("notes.undone")}</>}
              </p>
              {i === 0 && (role === "coordinator" || role === "partner") && <p class="actions no-print"><button type="button" class="plain" onClick={() => void undo(edit)}>{text("notes.undo")}</button></p>}
            </li>
          ))}
        </ol>
      )}
    </Wait>
  );
}

export interface RowNotesProps {
  readonly table: string;
  readonly rowKey: string;
  readonly columnText?: (column: string) => string;
  readonly hasHistory?: boolean;
  readonly onChange?: () => void;   // something was said or taken back
}

/* Its texts are a catalogue of their own, so that any room can show it. */
export function RowNotes({ table, rowKey, columnText = (column) => column, hasHistory = true, onChange = () => undefined }: RowNotesProps): JSX.Element {
  const [isReady, setReady] = useState(false);
  useStore(language);
  useEffect(() => { void loadTexts(["notes"]).then(() => setReady(true)); }, []);
  if (!isReady) return <Skeleton lines={3} />;
  const path = `/tables/${table}/rows/${encodeURIComponent(rowKey)}`;
  return (
    <div class="row-notes">
      <h3>{text("notes.comments")}</h3>
      <Comments key={`c ${path}`} path={path} onChange={onChange} />
      {hasHistory && <><h3>{text("notes.history")}</h3><History key={`h ${path}`} path={path} columnText={columnText} onChange={onChange} /></>}
    </div>
  );
}
