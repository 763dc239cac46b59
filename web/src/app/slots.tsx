/* Places that one feature leaves for another: pages about a row of the region end with its comments and history, which the room
 * that has them sets here (notes: () => import("../features/data/notes.tsx")). Nothing is drawn while nobody does. */
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

export interface NotesProps {
  readonly table: string;    // "resource", "actor", "offer" ...
  readonly rowKey: string;
}
interface Slots {
  readonly notes?: () => Promise<{ readonly Notes: ComponentType<NotesProps> }>;
}
export const slots: Slots = {};

export function Notes(props: NotesProps): JSX.Element | null {
  const [View, setView] = useState<ComponentType<NotesProps>>();
  useEffect(() => {
    let isCurrent = true;
    void slots.notes?.().then((module) => { if (isCurrent) setView(() => module.Notes); });
    return () => { isCurrent = false; };
  }, []);
  return View ? <View {...props} /> : null;
}
