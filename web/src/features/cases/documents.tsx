/* Documents: small files kept in the region file, or links to where they are. */
import { useRef, useState } from "preact/hooks";
import { send } from "../../api/client.ts";
import { formatDate } from "../../format/dates.ts";
import { formatNumber } from "../../format/numbers.ts";
import { personName } from "../../text/person.ts";
import { text } from "../../text/text.ts";
import { Card, Empty } from "../../ui/index.ts";
import { FormDialog, wordOf } from "./form.tsx";
import type { PartProps } from "./sheet.tsx";
import type { Document_ } from "./types.ts";

const MOST_BYTES = 2 * 1024 * 1024;
const ENDS: Readonly<Record<string, string>> = {
  pdf: "application/pdf", png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", txt: "text/plain", csv: "text/csv",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation", odt: "application/vnd.oasis.opendocument.text", ods: "application/vnd.oasis.opendocument.spreadsheet",
};
const typeOf = (name: string): string | undefined => ENDS[name.slice(name.lastIndexOf(".") + 1).toLowerCase()];

async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(binary);
}

export function DocumentsPart(props: PartProps) {
  const { sheet, doing } = props;
  const [isLink, setLink] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const picker = useRef<HTMLInputElement>(null);
  const path = `/cases/${sheet.case_id}/documents`;
  async function onFile(file: File | undefined): Promise<void> {
    if (picker.current) picker.current.value = "";
    if (!file) return;
    const type = typeOf(file.name);
    setWrong(!type ? text("cases.file_kind") : file.size > MOST_BYTES ? text("cases.file_size") : undefined);
    if (!type || file.size > MOST_BYTES) return;
    const base64 = await base64Of(file);
    await doing(() => send("POST", path, { name: file.name, type, base64 }), text("cases.file_kept", { name: file.name }));
  }
  const detail = (one: Document_): string => [one.size !== null && `${formatNumber(one.size / 1024)} kB`, personName(one.account_name), formatDate(one.made), one.is_for_finance && text("cases.for_finance")].filter(Boolean).join(" · ");
  return (
    <>
      {sheet.is_inside && (
        <div class="add-file">
          <label class="button" for="f-file">{text("cases.file_new")}</label>
          <input class="unseen" ref={picker} type="file" id="f-file" name="file" accept={Object.keys(ENDS).map((end) => `.${end}`).join(",")} aria-describedby="f-file-hint" onChange={(event) => void onFile(event.currentTarget.files?.[0])} />
          <button type="button" onClick={() => setLink(true)}>{text("cases.link_new")}</button>
          <p class="quiet small" id="f-file-hint">{text("cases.file_hint")}</p>
          {wrong && <p class="error" role="alert">{wrong}</p>}
        </div>
      )}
      {sheet.documents.length === 0 && <Empty>{text("cases.no_documents")}</Empty>}
      {sheet.documents.map((one) => (
        <Card key={one.case_document_id} detail={detail(one)}
          title={one.link ? <a href={one.link} rel="noreferrer noopener external" target="_blank">{one.name}<span class="unseen"> ({text("cases.elsewhere")})</span></a> : <a href={`/api/v1${path}/${one.case_document_id}`} download>{one.name}</a>}
          action={sheet.is_inside && (
            <span class="actions">
              {sheet.is_mine_to_move && <button type="button" class="plain" onClick={() => void doing(() => send("PATCH", `${path}/${one.case_document_id}`, { is_for_finance: !one.is_for_finance }), text("common.form.saved"))}>{text(one.is_for_finance ? "cases.hide_finance" : "cases.show_finance")}<span class="unseen">: {one.name}</span></button>}
              {(sheet.is_mine_to_move || one.is_own) && <button type="button" class="plain" onClick={() => void doing(() => send("DELETE", `${path}/${one.case_document_id}`), text("cases.file_gone", { name: one.name }))}>{text("cases.remove")}<span class="unseen">: {one.name}</span></button>}
            </span>
          )} />
      ))}
      {isLink && (
        <FormDialog title={text("cases.link_new")} onClose={() => setLink(false)}
          fields={[{ name: "name", label: text("cases.field.name"), required: true, max: 200 }, { name: "link", label: text("cases.field.link"), hint: text("cases.link_hint"), required: true }]}
          onSubmit={async (values) => {
            await send("POST", path, { name: wordOf(values["name"]), link: wordOf(values["link"]) });
            await doing(async () => undefined, text("common.form.saved"));
          }} />
      )}
    </>
  );
}
