/* What stands beside the map: a site with what is there, or a tie. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Need, Offer, Site, Tie } from "../../api/look.ts";
import { useAll, useGet } from "../../api/use.ts";
import { hrefOf } from "../../app/router.ts";
import { formatCo2, formatEur, formatKm } from "../../format/numbers.ts";
import { nameIn } from "../../format/names.ts";
import { richText, text } from "../../text/text.ts";
import { Cell, Dot, Figure, levelText, Rows, Wait } from "../../ui/index.ts";
import { endName } from "./model.ts";

const TIES_SHOWN = 8;

/* The heading of what was just chosen. */
function Heading({ words, takesFocus }: { readonly words: string; readonly takesFocus: boolean }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => { if (takesFocus) heading.current?.focus(); }, []);
  return <h2 ref={heading} tabIndex={-1}>{words}</h2>;
}

function Held({ offers, needs }: { readonly offers: readonly Offer[]; readonly needs: readonly Need[] }): JSX.Element {
  const line = (row: Offer | Need, key: string): JSX.Element => (
    <li key={key} class="map-held">
      <a href={hrefOf("resource", row.resource_id)}><Dot of={row.class} isHollow={row.is_estimate} />{nameIn(row, "resource_name")}</a>
      <span class="nowrap"><Cell value={row.quantity} unit={row.unit} relSd={row.rel_sd} isEstimate={row.is_estimate} /></span>
    </li>
  );
  return (
    <>
      {offers.length > 0 && <><h3>{text("map.offers")}</h3><ul>{offers.map((offer) => line(offer, offer.offer_id))}</ul></>}
      {needs.length > 0 && <><h3>{text("map.needs")}</h3><ul>{needs.map((need) => line(need, need.need_id))}</ul></>}
      {offers.length + needs.length === 0 && <p class="quiet">{text("map.nothing_here")}</p>}
    </>
  );
}

export function SiteDetail({ takesFocus, site, run, tieHref }: { readonly takesFocus: boolean; readonly site: Site; readonly run: number | null; readonly tieHref: (tie: Tie) => string }): JSX.Element {
  const offers = useAll<Offer>("/offers", { query: { site_id: site.site_id } }), needs = useAll<Need>("/needs", { query: { site_id: site.site_id } });
  const ties = useAll<Tie>(run === null ? null : `/plans/${run}/ties`, { query: { site_id: site.site_id } });
  const sorted = [...(ties.data ?? [])].sort((a, b) => Math.abs(b.eur) - Math.abs(a.eur));
  return (
    <section class="map-detail">
      <Heading words={site.name} takesFocus={takesFocus} />
      <p><a href={hrefOf("company", site.actor_id)}>{site.actor_name}</a>{site.area_name && <>, {site.area_name}</>}</p>
      {site.address && <p class="quiet small">{site.address}</p>}
      {site.location_quality && site.location_quality !== "surveyed" && site.location_quality !== "address" && <p class="quiet small">{text(`map.quality.${site.location_quality}`)}</p>}
      <Wait of={offers} lines={3}>{(held) => <Wait of={needs} lines={1}>{(lacked) => <Held offers={held} needs={lacked} />}</Wait>}</Wait>
      {sorted.length > 0 && (
        <>
          <h3>{text("map.ties", { n: sorted.length })}</h3>
          <Rows label={text("map.ties", { n: sorted.length })} rows={sorted.slice(0, TIES_SHOWN).map((tie) => ({
            key: String(tie.tie_id), href: tieHref(tie), title: <><Dot of={tie.class} isHollow={tie.is_estimate} />{nameIn(tie, "resource_name")}</>,
            detail: tie.from_site_id === site.site_id ? text("map.tie_to", { to: endName(tie, "to"), eur: formatEur(tie.eur) }) : text("map.tie_from", { from: endName(tie, "from"), eur: formatEur(tie.eur) }),
          }))} />
          {sorted.length > TIES_SHOWN && <p class="quiet small">{text("map.ties_more", { n: sorted.length - TIES_SHOWN })}</p>}
        </>
      )}
    </section>
  );
}

export function TieDetail({ takesFocus, run, id, siteHref }: { readonly takesFocus: boolean; readonly run: number; readonly id: string; readonly siteHref: (id: string) => string }): JSX.Element {
  const tie = useGet<Tie>(`/plans/${run}/ties/${encodeURIComponent(id)}`);
  return <Wait of={tie} lines={5}>{(one) => <TieFacts takesFocus={takesFocus} tie={one} siteHref={siteHref} />}</Wait>;
}

function TieFacts({ takesFocus, tie, siteHref }: { readonly takesFocus: boolean; readonly tie: Tie; readonly siteHref: (id: string) => string }): JSX.Element {
  const end = (side: "from" | "to"): JSX.Element => {
    const id = tie[`${side}_site_id`];
    return id ? <a href={siteHref(id)}>{endName(tie, side)}</a> : <>{endName(tie, side)}</>;
  };
  return (
    <section class="map-detail">
      <Heading words={nameIn(tie, "resource_name")} takesFocus={takesFocus} />
      <p>{richText("map.tie_said", { from: end("from"), to: end("to") })}</p>
      <dl class="facts">
        <dt>{text("map.fact.quantity")}</dt><dd><Figure value={tie.quantity} unit={tie.unit} isEstimate={tie.is_estimate} /></dd>
        <dt>{text("map.fact.eur")}</dt><dd><Figure value={tie.eur} unit="EUR" isEstimate={tie.is_estimate} /></dd>
        <dt>{text("map.fact.co2")}</dt><dd>{formatCo2(tie.co2_kg)}</dd>
        <dt>{text("map.fact.km")}</dt><dd>{formatKm(tie.km)}</dd>
        {tie.level && <><dt>{text("map.fact.level")}</dt><dd>{levelText(tie.level)}</dd></>}
      </dl>
      {tie.has_to_verify && <p class="note">{text("map.to_verify")}</p>}
      <p><a href={hrefOf("resource", tie.resource_id)}>{text("map.all_of", { resource: nameIn(tie, "resource_name") })}</a></p>
    </section>
  );
}
