/* The browser's own dialog: it keeps the focus inside and gives it back. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { text } from "../text/text.ts";

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

let count = 0;

export function Dialog({ title, onClose, children }: DialogProps): JSX.Element {
  const box = useRef<HTMLDialogElement>(null);
  const id = useRef(`dialog-${++count}`);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    // Closed by a key the browser has given the focus back already, and somebody may have gone on since.
    const own = box.current;
    return () => {
      const isLost = document.activeElement === document.body || own?.contains(document.activeElement);
      if (isLost && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog ref={box} aria-labelledby={id.current} onClose={onClose} onClick={(event) => { if (event.target === box.current) box.current?.close(); }}>
      <header>
        <h2 id={id.current}>{title}</h2>
        <button type="button" class="plain" onClick={() => box.current?.close()}>{text("common.close")}</button>
      </header>
      {children}
    </dialog>
  );
}
