/* A tour in five steps: each goes to a room and says what it is for. It stands beside the room, takes nothing away, and ends when one wants. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { me, type Role } from "../api/session.ts";
import { loadTexts, text } from "../text/text.ts";
import { remember } from "./memory.ts";
import { go, hrefOf } from "./router.ts";
import { rooms } from "./rooms.ts";
import { Store, useStore } from "./store.ts";

const STEPS_MOST = 5;
/* Rooms by how much they tell each role; the first five that exist and that the role may enter. */
const STEPS: Readonly<Record<Role, readonly string[]>> = {
  coordinator: ["today", "knot", "chances", "cases", "session", "plan", "data"],
  partner: ["chances", "today", "cases", "knot", "map", "session"],
  planner: ["knot", "map", "plan", "experiments", "public"],
  financier: ["cases", "knot", "plan", "map", "public"],
  viewer: ["knot", "map", "plan", "chances", "public"],
  public: ["public", "knot", "map", "chances", "experiments"],
};
export const stepsOf = (role: Role): readonly string[] => STEPS[role].filter((name) => rooms.some((room) => room.name === name && room.roles.includes(role))).slice(0, STEPS_MOST);

const at = new Store<number>(-1);   // -1: nobody is on tour

function stepTo(step: number): void {
  const name = stepsOf(me.value.role)[step];
  at.set(name === undefined ? -1 : step);
  if (name === undefined) remember("knoop.tour", "done");
  else go(hrefOf(name));
}
export async function startTour(): Promise<void> {
  await loadTexts(["tour"]);
  stepTo(0);
}

export function TourCard(): JSX.Element | null {
  const step = useStore(at);
  const { role } = useStore(me);
  const box = useRef<HTMLElement>(null);
  useEffect(() => { if (step >= 0) box.current?.focus(); }, [step]);
  const steps = stepsOf(role), name = steps[step];
  if (name === undefined) return null;
  return (
    <section class="tour" ref={box} tabIndex={-1} aria-label={text("tour.step", { at: step + 1, n: steps.length })} onKeyDown={(event) => { if (event.key === "Escape") stepTo(-1); }}>
      <p class="kicker">{text("tour.step", { at: step + 1, n: steps.length })}</p>
      <h2>{text(`common.room.${name}`)}</h2>
      <p>{text(`tour.${name}`)}</p>
      <p class="actions">
        <button type="button" class="first" onClick={() => stepTo(step + 1)}>{text(step + 1 < steps.length ? "tour.next" : "tour.done")}</button>
        {step > 0 && <button type="button" onClick={() => stepTo(step - 1)}>{text("tour.back")}</button>}
        <button type="button" class="plain" onClick={() => stepTo(-1)}>{text("tour.stop")}</button>
      </p>
    </section>
  );
}
