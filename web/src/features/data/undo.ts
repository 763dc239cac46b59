/* What was done in this room, so that it can be taken back and done again. An edit taken back is itself an edit, so both ways are
 * the same call. */
import { Problem, send } from "../../api/client.ts";
import { text } from "../../text/text.ts";
import { tell } from "../../ui/index.ts";

type Edits = readonly number[];
const done: Edits[] = [];
let taken: Edits[] = [];

export function remember(edits: Edits): void {
  if (edits.length === 0) return;
  done.push(edits);
  taken = [];
}

async function turnNow(from: Edits[], to: Edits[], message: string, after: () => void): Promise<void> {
  const edits = from.pop();
  if (!edits) {
    tell(text("data.undo_none"));
    return;
  }
  try {
    const { body } = await send<{ edits: Edits }>("POST", "/edits/undo", { edits });
    to.push(body.edits);
    tell(message);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    tell(error.kind === "conflict" ? text("data.undo_failed") : error.happened);
  }
  after();
}

/* One after the other: who presses quickly takes back what the press before has just done again. */
let last = Promise.resolve();
function turn(from: Edits[], to: Edits[], message: string, after: () => void): Promise<void> {
  const mine = last.then(() => turnNow(from, to, message, after));
  last = mine.catch(() => undefined);
  return mine;
}

export const undo = (after: () => void): Promise<void> => turn(done, taken, text("data.undone"), after);
export const redo = (after: () => void): Promise<void> => turn(taken, done, text("data.redone"), after);
