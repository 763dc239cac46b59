import { send } from "../../api/client.ts";
import { askWhoWeAre } from "../../api/session.ts";
import { useAll } from "../../api/use.ts";
import { go } from "../../app/router.ts";
import { formatAgo } from "../../format/dates.ts";
import { text } from "../../text/text.ts";
import { ProblemNote, Wait, tell } from "../../ui/index.ts";
import { useTask } from "./task.ts";

interface Session {
  readonly session_id: string;
  readonly agent: string | null;
  readonly address: string | null;
  readonly made: string;
  readonly seen: string;
  readonly is_current: boolean;
}

/* "Firefox, Linux" from what a browser calls itself; null: it did not say, or we do not know it. */
export function agentName(agent: string | null): string | null {
  const first = (known: readonly (readonly [RegExp, string])[]): string | undefined => known.find(([sign]) => sign.test(agent ?? ""))?.[1];
  const browser = first([[/Firefox\//, "Firefox"], [/Edg\//, "Edge"], [/OPR\//, "Opera"], [/Chrom(e|ium)\//, "Chrome"], [/Safari\//, "Safari"]]);
  const system = first([[/Android/, "Android"], [/iPhone|iPad/, "iOS"], [/Windows/, "Windows"], [/Mac OS X/, "macOS"], [/Linux/, "Linux"]]);
  return [browser, system].filter(Boolean).join(", ") || null;
}

export function Sessions() {
  const list = useAll<Session>("/me/sessions");
  const task = useTask();
  const end = (path: string, isOwn: boolean): void => void task.run(async () => {
    await send("DELETE", path);
    if (isOwn) {
      await askWhoWeAre();
      go("/");
    } else list.again();
    tell(text("account.session_ended"));
  });
  return (
    <>
      <p>{text("account.sessions_lead")}</p>
      {task.problem && <ProblemNote problem={task.problem} />}
      <Wait of={list}>{(sessions) => (
        <>
          <ul class="sessions" data-list aria-label={text("account.sessions")}>
            {sessions.map((session) => (
              <li key={session.session_id}>
                <p><b>{agentName(session.agent) ?? text("account.session_unknown")}</b>{session.is_current && <span> {text("account.session_this")}</span>}<br />
                  <span class="quiet small">{text("account.session_seen", { ago: formatAgo(session.seen), address: session.address ?? text("common.not_known") })}</span></p>
                <button type="button" class="plain" onClick={() => end(`/me/sessions/${session.session_id}`, session.is_current)}>{text("account.session_end")}</button>
              </li>
            ))}
          </ul>
          <p class="actions">
            {sessions.length > 1 && <button type="button" onClick={() => end("/me/sessions?others=true", false)}>{text("account.sessions_end_others")}</button>}
            <button type="button" onClick={() => end("/me/sessions", true)}>{text("account.sessions_end_all")}</button>
          </p>
        </>
      )}</Wait>
    </>
  );
}
