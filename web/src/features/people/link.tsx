/* A link that was made just now. knoop sends no mail, and the link is not kept: it is shown once, to be handed over. */
import { useRef } from "preact/hooks";
import { formatDateTime } from "../../format/dates.ts";
import { text } from "../../text/text.ts";
import { announce } from "../../ui/index.ts";
import type { MadeLink } from "./types.ts";

export function Link({ made, email }: { readonly made: MadeLink; readonly email: string }) {
  const box = useRef<HTMLInputElement>(null);
  const address = `${location.origin}${made.path}`;
  const copy = (): void => {
    box.current?.select();
    void navigator.clipboard?.writeText(address).then(() => announce(text("people.link_copied")), () => undefined);
  };
  return (
    <div class="link-made" role="status">
      <p><b>{text("people.link_made", { email })}</b></p>
      <p>{text("people.link_no_mail")}</p>
      <input ref={box} readOnly value={address} aria-label={text("people.link")} onFocus={(event) => event.currentTarget.select()} />
      <p class="actions"><button type="button" onClick={copy}>{text("people.link_copy")}</button>
        <span class="quiet small">{text("people.link_ends", { when: formatDateTime(made.ends) })}</span></p>
    </div>
  );
}
