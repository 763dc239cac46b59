/* What everybody may read of cases. */
import type { Page as Items } from "../../api/client.ts";
import { useGet } from "../../api/use.ts";
import { text } from "../../text/text.ts";
import { formatDate } from "../../format/dates.ts";
import { Card, Empty, Page, Wait } from "../../ui/index.ts";
import type { PublicCase } from "./types.ts";
import { Way } from "./way.tsx";

export function PublicList() {
  const cases = useGet<Items<PublicCase>>("/cases/public", { query: { limit: 200 } });
  return (
    <Page title={text("cases.public_title")} lead={text("cases.public_lead")}>
      <Wait of={cases}>{({ items }) => items.length === 0 ? <Empty>{text("cases.public_none")}</Empty> : (
        <><h2 class="unseen">{text("common.room.cases")}</h2>{items.map((one) => (
          <Card key={one.case_id} title={<a href={`/cases/${one.case_id}`}>{one.title}</a>}
            detail={[text(`cases.stage.${one.stage}`), one.area_name, text("cases.since", { date: formatDate(one.moved) })].filter(Boolean).join(" · ")}>
            <p class="long">{one.public_text}</p>
          </Card>
        ))}</>
      )}</Wait>
    </Page>
  );
}

export function PublicPage({ one }: { readonly one: PublicCase }) {
  return (
    <Page title={one.title} kicker={<><a href="/cases">{text("common.room.cases")}</a>{one.area_name && ` · ${one.area_name}`}</>}>
      <Way stage={one.stage} status={one.status} />
      <p class="long">{one.public_text}</p>
    </Page>
  );
}
