/* For whom a partner speaks: added by name from the region's actors. */
import { useState } from "preact/hooks";
import { useAll } from "../../api/use.ts";
import { text } from "../../text/text.ts";
import { TextField } from "../../ui/index.ts";
import type { ActorName } from "./types.ts";

export function ActorsField({ chosen, onChosen, error }: { readonly chosen: readonly ActorName[]; readonly onChosen: (actors: readonly ActorName[]) => void; readonly error?: string | undefined }) {
  const all = useAll<ActorName>("/actors");
  const [typed, setTyped] = useState("");
  const take = (value: string): void => {
    const found = all.data?.find((actor) => actor.name === value || actor.actor_id === value);
    setTyped(found ? "" : value);
    if (found && !chosen.some((actor) => actor.actor_id === found.actor_id)) onChosen([...chosen, found]);
  };
  return (
    <>
      <TextField name="actor" label={text("people.speaks_for")} hint={text("people.actor_hint")} value={typed} onValue={take} list="people-actors" error={error} />
      <datalist id="people-actors">{all.data?.map((actor) => <option key={actor.actor_id} value={actor.name} />)}</datalist>
      {chosen.length > 0 && (
        <ul class="actor-list">
          {chosen.map((actor) => (
            <li key={actor.actor_id}>{actor.name}{" "}
              <button type="button" class="plain" aria-label={text("people.actor_drop", { name: actor.name })} onClick={() => onChosen(chosen.filter((one) => one !== actor))}>{text("people.drop")}</button></li>
          ))}
        </ul>
      )}
    </>
  );
}
