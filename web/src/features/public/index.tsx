/* What happens here? For citizens, schools and journalists: one page per municipality, from one source. `embed`: without the frame, for the
 * site of the municipality. */
import { useEffect, useState } from "preact/hooks";
import { Problem, send, type Page as Items } from "../../api/client.ts";
import { me } from "../../api/session.ts";
import { useGet } from "../../api/use.ts";
import { asFlag, defineRoom, type RoomProps } from "../../app/room.ts";
import { useStore } from "../../app/store.ts";
import { formatRange } from "../../format/numbers.ts";
import { locale, text } from "../../text/text.ts";
import { AreaField, Card, Dialog, Empty, Page, ProblemNote, Rows, Section, SelectField, Submit, Table, TextField, Wait, tell } from "../../ui/index.ts";
import "./public.css";

interface Query { readonly embed: boolean }
interface AreaRow { readonly area_id: string; readonly name: string; readonly population: number | null; readonly is_in_region: boolean; readonly story_count: number }
interface PublicCase { readonly case_id: number; readonly title: string; readonly public_text: string; readonly area_name: string | null }
interface Story { readonly story_id: number; readonly area_id: string | null; readonly title: string; readonly body: string; readonly link: string | null }
interface Sum { readonly class: string; readonly stream: string | null; readonly unit: string; readonly is_told: boolean; readonly from: number | null; readonly to: number | null }
interface Loop { readonly offer_id: string; readonly class: string; readonly resource: string | null; readonly site: string | null; readonly actor: string | null }
interface AreaPage { readonly area_id: string; readonly name: string; readonly population: number | null; readonly stories: readonly Story[]; readonly sums: readonly Sum[]; readonly loops: readonly Loop[]; readonly loop_count: number }

function useEmbedded(embed: boolean): void {
  useEffect(() => {
    document.documentElement.classList.toggle("embedded", embed);
    return () => document.documentElement.classList.remove("embedded");
  }, [embed]);
}

function StoryPart({ story, isEmbedded = false }: { readonly story: Omit<Story, "area_id">; readonly isEmbedded?: boolean }) {
  return (
    <section class="story">
      <h2>{story.title}</h2>
      <p class="long">{story.body}</p>
      {story.link && <p><a href={story.link} rel="noopener noreferrer" target={isEmbedded ? "_blank" : undefined}>{text("public.more")}</a></p>}
    </section>
  );
}

function Municipalities({ title, areas }: { readonly title: string; readonly areas: readonly AreaRow[] }) {
  if (areas.length === 0) return null;
  return <Section title={title}><div class="areas"><Rows label={title} rows={areas.map((area) => ({ key: area.area_id, href: `/public/${area.area_id}`, title: area.name, detail: area.story_count > 0 ? text("public.story_count", { n: area.story_count }) : undefined }))} /></div></Section>;
}

/* What is told about the whole region, what is being worked on, and the way to each municipality. */
function ListPage() {
  const AT_WORK_MOST = 3;
  const areas = useGet<Items<AreaRow>>("/public", { query: { limit: 1000 } });
  const stories = useGet<Items<Story>>("/public/stories", { query: { limit: 20 } });
  const cases = useGet<Items<PublicCase>>("/cases/public", { query: { limit: 100 } });
  const { role } = useStore(me);
  const atWork = cases.data?.items ?? [];
  return (
    <Page title={text("public.title")} lead={text("public.lead")} actions={role === "coordinator" && <a class="button" href="/public/stories">{text("public.stories_write")}</a>}>
      {stories.data?.items.map((story) => <StoryPart key={story.story_id} story={story} />)}
      {atWork.length > 0 && (
        <Section title={text("public.at_work")}>
          {atWork.slice(-AT_WORK_MOST).reverse().map((one) => <Card key={one.case_id} title={<a href={`/cases/${one.case_id}`}>{one.title}</a>} detail={one.area_name}><p class="long">{one.public_text}</p></Card>)}
          {atWork.length > AT_WORK_MOST && <p><a href="/cases">{text("public.at_work_all")}</a></p>}
        </Section>
      )}
      <Wait of={areas}>{({ items }) => {
        const inside = items.filter(({ is_in_region }) => is_in_region), around = items.filter(({ is_in_region }) => !is_in_region);
        return <><Municipalities title={text(inside.length > 0 ? "public.in_region" : "public.municipalities")} areas={inside.length > 0 ? inside : around} />{inside.length > 0 && <Municipalities title={text("public.around")} areas={around} />}</>;
      }}</Wait>
    </Page>
  );
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const nameOf = (sum: Sum): string => (sum.stream ? text(`public.stream.${sum.stream}`) : text(`common.class.${sum.class}`));

/* One card for a kind of thing, with all who have it. */
function byResource(loops: readonly Loop[]): readonly (readonly [string, readonly string[]])[] {
  const found = new Map<string, Set<string>>();
  for (const loop of loops) {
    const holders = found.get(loop.resource ?? "") ?? new Set<string>();
    holders.add(loop.actor ?? loop.site ?? "");
    found.set(loop.resource ?? "", holders);
  }
  return [...found].map(([resource, holders]) => [resource, [...holders]] as const);
}
const formatList = (words: readonly string[]): string => new Intl.ListFormat(locale(), { type: "conjunction" }).format(words);

function AreaView({ id, query, href }: RoomProps<Query> & { readonly id: string }) {
  const page = useGet<AreaPage>(`/public/${encodeURIComponent(id)}`);
  useEmbedded(query.embed);
  const lead = page.data && text("public.area_lead", { name: page.data.name });
  return (
    <Page title={page.data?.name ?? text("public.title")} kicker={!query.embed && <a href="/public">{text("public.title")}</a>} lead={lead}>
      <Wait of={page}>{({ stories, sums, loops, loop_count }) => (
        <>
          {stories.map((story) => <StoryPart key={story.story_id} story={story} isEmbedded={query.embed} />)}
          {sums.length === 0 && <Empty>{text("public.nothing_known")}</Empty>}
          {sums.length > 0 && <Section title={text("public.unused")}>
            <p>{text("public.unused_lead")}</p>
            <Table caption={text("public.unused_caption")} rows={sums.filter(({ is_told }) => is_told)} keyOf={(sum) => `${sum.class} ${sum.stream ?? ""}`} csv={`${id}.csv`}
              columns={[
                { name: "what", head: text("public.what"), value: (sum) => capital(nameOf(sum)) },
                { name: "amount", head: text("public.amount"), isNumber: true, value: (sum) => sum.from,
                  cell: (sum) => formatRange(sum.from ?? 0, sum.to ?? 0, sum.unit) },
              ]}
              source={<p class="source">{sums.every(({ is_told }) => is_told) ? "" : text("public.withheld", { kinds: formatList(sums.filter(({ is_told }) => !is_told).map((sum) => nameOf(sum).toLowerCase())) })}</p>} />
          </Section>}
          {sums.length > 0 && <Section title={text("public.borrow")}>
            {loops.length === 0 ? <Empty>{text("public.borrow_none")}</Empty>
              : byResource(loops).map(([resource, holders]) => <Card key={resource} title={resource} detail={holders.join(", ")} />)}
            {loop_count > loops.length && <p class="quiet">{text("public.borrow_more", { count: loop_count - loops.length })}</p>}
          </Section>}
          {!query.embed && <p class="quiet small no-print">{text("public.embed")} <code>{`<iframe src="${location.origin}${href({ embed: true })}" title="${page.data?.name ?? ""}"></iframe>`}</code></p>}
        </>
      )}</Wait>
    </Page>
  );
}

/* ---------------------------------------------------------------- writing */
interface Draft { readonly story_id: number; readonly area_id: string | null; readonly title_nl: string; readonly title_en: string | null; readonly body_nl: string; readonly body_en: string | null; readonly link: string | null; readonly status: "draft" | "published" }

function StoryDialog({ of, areas, onDone }: { readonly of: Draft | null; readonly areas: readonly AreaRow[]; readonly onDone: () => void }) {
  const [values, setValues] = useState({ area_id: of?.area_id ?? "", title_nl: of?.title_nl ?? "", title_en: of?.title_en ?? "", body_nl: of?.body_nl ?? "", body_en: of?.body_en ?? "", link: of?.link ?? "" });
  const [problem, setProblem] = useState<Problem>();
  const put = (name: keyof typeof values) => (value: string): void => setValues({ ...values, [name]: value });
  async function save(status: "draft" | "published"): Promise<void> {
    const body = { ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value || null])), status };
    try {
      await (of ? send("PATCH", `/stories/${of.story_id}`, body) : send("POST", "/stories", body));
      tell(text(status === "published" ? "public.published" : "public.saved"));
      onDone();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  }
  return (
    <Dialog title={text(of ? "public.story" : "public.story_new")} onClose={onDone}>
      <form class="form" onSubmit={(event) => { event.preventDefault(); void save("published"); }}>
        {problem && <ProblemNote problem={problem} />}
        <SelectField name="area" label={text("public.where")} value={values.area_id} onValue={put("area_id")} options={[{ value: "", label: text("public.everywhere") }, ...areas.map(({ area_id, name }) => ({ value: area_id, label: name }))]} />
        <TextField name="title_nl" label={text("public.title_nl")} value={values.title_nl} onValue={put("title_nl")} required maxLength={200} />
        <AreaField name="body_nl" label={text("public.body_nl")} value={values.body_nl} onValue={put("body_nl")} rows={6} />
        <TextField name="title_en" label={text("public.title_en")} value={values.title_en} onValue={put("title_en")} maxLength={200} />
        <AreaField name="body_en" label={text("public.body_en")} value={values.body_en} onValue={put("body_en")} rows={4} />
        <TextField name="link" type="url" label={text("public.link")} value={values.link} onValue={put("link")} />
        <p class="actions"><Submit label={text("public.publish")} isBusy={false} /><button type="button" onClick={() => void save("draft")}>{text("public.save_draft")}</button></p>
      </form>
    </Dialog>
  );
}

function StoriesPage() {
  const stories = useGet<Items<Draft>>("/stories", { query: { limit: 500 } });
  const areas = useGet<Items<AreaRow>>("/public", { query: { limit: 1000 } });
  const [open, setOpen] = useState<Draft | "new">();
  const nameOfArea = (id: string | null): string => (id === null ? text("public.everywhere") : (areas.data?.items.find(({ area_id }) => area_id === id)?.name ?? id));
  return (
    <Page title={text("public.stories")} kicker={<a href="/public">{text("public.title")}</a>} lead={text("public.stories_lead")} actions={<button type="button" class="first" onClick={() => setOpen("new")}>{text("public.story_new")}</button>}>
      <Wait of={stories}>{({ items }) => items.length === 0 ? <Empty>{text("public.stories_none")}</Empty> : items.map((story) => (
        <Card key={story.story_id} title={story.title_nl} detail={`${nameOfArea(story.area_id)} · ${text(`public.status.${story.status}`)}`} action={<button type="button" class="plain" onClick={() => setOpen(story)}>{text("public.edit")}</button>} />
      ))}</Wait>
      {open !== undefined && <StoryDialog of={open === "new" ? null : open} areas={areas.data?.items ?? []} onDone={() => { setOpen(undefined); stories.again(); }} />}
    </Page>
  );
}

function View(props: RoomProps<Query>) {
  const { role } = useStore(me);
  const [first] = props.path;
  if (first === "stories" && role === "coordinator") return <StoriesPage />;
  return first === undefined ? <ListPage /> : <AreaView id={first} {...props} />;
}

export const room = defineRoom<Query>({ query: { embed: asFlag() }, View });
