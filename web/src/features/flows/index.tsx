/* What flows through the region today, as far as it was reported, balanced so that it adds up: the picture, folded by place, sector, area or
 * stream, and its table with what is not certain. */
import { useGet } from "../../api/use.ts";
import { asWord, defineRoom, type RoomProps } from "../../app/room.ts";
import { useStore } from "../../app/store.ts";
import { formatCount, formatNumber } from "../../format/numbers.ts";
import { language, text } from "../../text/text.ts";
import { Choice, Dot, Empty, Page, Table, Wait } from "../../ui/index.ts";
import type { ResourceClass } from "../../ui/figure.tsx";
import { Picture } from "./picture.tsx";
import "./flows.css";

const FOLDS = ["auto", "place", "sector", "area", "stream"] as const;
interface Query { readonly fold: (typeof FOLDS)[number] }
interface Ribbon { readonly from: string; readonly to: string; readonly class: ResourceClass; readonly unit: string; readonly quantity: number | null; readonly sd: number | null; readonly flow_count: number }
interface Flows { readonly items: readonly Ribbon[]; readonly flow_count: number; readonly p_value: number | null }

function View({ query, set }: RoomProps<Query>) {
  const tongue = useStore(language);
  const flows = useGet<Flows>("/flows/sankey", { query: { fold: query.fold, language: tongue } });
  return (
    <Page title={text("common.room.flows")} lead={text("flows.lead")}>
      <div class="filters"><Choice label={text("flows.fold")} value={query.fold} options={FOLDS.map((value) => ({ value, label: text(`flows.fold.${value}`) }))} onValue={(fold) => set({ fold })} /></div>
      <Wait of={flows} lines={10}>{({ items, flow_count, p_value }) => items.length === 0 ? <Empty>{text("flows.none")}</Empty> : (
        <>
          <figure class="sankey">
            <div class="sankey-scroll" tabIndex={0} role="group" aria-label={text("common.room.flows")}><Picture source={`/api/v1/flows/sankey?format=svg&language=${tongue}&fold=${query.fold}`} label={text("flows.picture", { n: items.length })} /></div>
            <figcaption class="source">{text("flows.paler")} {p_value !== null && text(p_value < 0.05 ? "flows.contradict" : "flows.agree")}</figcaption>
          </figure>
          <Table caption={text("flows.caption", { flows: formatCount(flow_count) })} rows={items} keyOf={(one) => `${one.from} ${one.to} ${one.class}`} csv="flows.csv" narrow={["from", "to", "quantity"]}
            columns={[
              { name: "from", head: text("flows.from"), value: (one) => one.from },
              { name: "to", head: text("flows.to"), value: (one) => one.to },
              { name: "class", head: text("flows.class"), value: (one) => text(`common.class.${one.class}`), cell: (one) => <><Dot of={one.class} />{text(`common.class.${one.class}`)}</> },
              { name: "quantity", head: text("flows.quantity"), isNumber: true, value: (one) => one.quantity, cell: (one) => formatNumber(one.quantity, one.unit) },
              { name: "sd", head: text("flows.sd"), isNumber: true, value: (one) => one.sd, cell: (one) => formatNumber(one.sd, one.unit, 1) },
            ]} />
        </>
      )}</Wait>
    </Page>
  );
}

export const room = defineRoom<Query>({ query: { fold: asWord(FOLDS, "auto") }, View });
