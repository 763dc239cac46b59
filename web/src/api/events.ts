/* Server-sent events. A browser reconnects by itself after a break, but not after an answer that is no stream; this does
 * both, ever slower up to half a minute, and stops with its signal. */
import { urlOf, type Query } from "./client.ts";

const FIRST_WAIT_MS = 1000, LONGEST_WAIT_MS = 30_000;

export interface Listening {
  readonly query?: Query;
  readonly signal: AbortSignal;
  readonly onBreak?: () => void;   // the line is down; it comes back or stays away
  readonly onOpen?: () => void;
}

export function listen(path: string, handlers: Readonly<Record<string, (data: unknown) => void>>, options: Listening): void {
  let wait = FIRST_WAIT_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource | undefined;
  const open = (): void => {
    const stream = new EventSource(urlOf(path, options.query), { withCredentials: true });
    source = stream;
    stream.onopen = () => {
      wait = FIRST_WAIT_MS;
      options.onOpen?.();
    };
    stream.onerror = () => {
      options.onBreak?.();
      if (stream.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
    for (const [name, handler] of Object.entries(handlers))
      stream.addEventListener(name, (event) => handler(JSON.parse((event as MessageEvent<string>).data) as unknown));
  };
  options.signal.addEventListener("abort", () => {
    clearTimeout(timer);
    source?.close();
  }, { once: true });
  if (!options.signal.aborted) open();
}
