/* The picture as the server draws it, within the page: in its type, light or dark as the page is, with what a ribbon is where one points at it.
 *
 * Its own style goes into a shadow root by a constructed sheet: the content security policy refuses style in markup, rightly. */
import { useEffect, useRef, useState } from "preact/hooks";
import { text } from "../../text/text.ts";

function draw(root: ShadowRoot, source: string, label: string): void {
  // The policy looks at style while markup is read, so it is taken out before.
  let style = "";
  const bare = source.replace(/<style>([^]*?)<\/style>/, (_, inner: string) => { style = inner; return ""; }).replaceAll(' style="', ' data-style="');
  const svg = new DOMParser().parseFromString(bare, "image/svg+xml").documentElement;
  if (svg.localName !== "svg") throw new Error("no picture");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`${style.replaceAll(":root", ":host")}\nsvg { display: block; width: 100%; height: auto; background: none; font-family: inherit; }\nrect.ground { visibility: hidden; }`);
  svg.removeAttribute("aria-labelledby");
  svg.setAttribute("aria-label", label);
  for (const one of svg.querySelectorAll<SVGElement>("[data-style]")) one.style.cssText = one.dataset.style ?? "";
  root.adoptedStyleSheets = [sheet];
  root.replaceChildren(document.adoptNode(svg));
}

export function Picture({ source, label }: { readonly source: string; readonly label: string }) {
  const host = useRef<HTMLDivElement>(null);
  const [fails, setFails] = useState(false);
  useEffect(() => {
    const gone = new AbortController();
    const load = async (): Promise<void> => {
      const answer = await fetch(source, { signal: gone.signal });
      if (!answer.ok) throw new Error(answer.statusText);
      const drawn = await answer.text();
      if (host.current) draw(host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" }), drawn, label);
      setFails(false);
    };
    load().catch(() => { if (!gone.signal.aborted) setFails(true); });
    return () => gone.abort();
  }, [source, label]);
  return <>{fails && <p class="quiet" role="status">{text("flows.no_picture")}</p>}<div class="sankey-picture" ref={host} /></>;
}
