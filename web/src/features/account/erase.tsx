/* What the region file holds about one, and taking it out. */
import { useState } from "preact/hooks";
import { send } from "../../api/client.ts";
import { askWhoWeAre } from "../../api/session.ts";
import { go } from "../../app/router.ts";
import { text } from "../../text/text.ts";
import { Dialog, tell } from "../../ui/index.ts";
import { WithPassword } from "./password.tsx";

export function Erase() {
  const [asks, setAsks] = useState(false);
  const erase = async (current_password: string): Promise<void> => {
    await send("POST", "/me/erase", { current_password });
    await askWhoWeAre();
    go("/");
    tell(text("account.erased"));
  };
  return (
    <>
      <p>{text("account.data_lead")}</p>
      <p class="actions">
        <a class="button" href="/api/v1/me/data" download="knoop-data.json">{text("account.data_get")}</a>
        <button type="button" onClick={() => setAsks(true)}>{text("account.erase")}</button>
      </p>
      {asks && (
        <Dialog title={text("account.erase")} onClose={() => setAsks(false)}>
          <WithPassword label={text("account.erase_now")} hint={text("account.erase_lead")} onDone={erase} />
        </Dialog>
      )}
    </>
  );
}
