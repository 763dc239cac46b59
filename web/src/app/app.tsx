/* The frame around the rooms: skip link, rail or bottom bar, the room, what is announced, toasts, help. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { me, signOut, type Role } from "../api/session.ts";
import type { Problem } from "../api/client.ts";
import { language, LANGUAGES, loadTexts, speak, text, type Language } from "../text/text.ts";
import { Help, startKeys } from "../ui/keys.tsx";
import { Announcer, Toasts, tell, announce } from "../ui/messages.tsx";
import { ProblemNote } from "../ui/states.tsx";
import { Page } from "../ui/page.tsx";
import { Skeleton } from "../ui/states.tsx";
import { readQuery, writeQuery, type Room } from "./room.ts";
import { go, hrefOf, place } from "./router.ts";
import { homeOf, phoneRooms, railRooms, rooms, type RoomEntry } from "./rooms.ts";
import { useStore } from "./store.ts";
import { TourCard } from "./tour.tsx";

/* The languages that are complete; the others are prepared and not offered yet. */
const OFFERED: readonly Language[] = LANGUAGES.filter((one) => one === "nl" || one === "en");

function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
      <path d="M2 6c6 0 6 10 9 10M2 16h9M2 26c6 0 6-10 9-10M30 6c-6 0-6 10-9 10M30 16h-9M30 26c-6 0-6-10-9-10" />
      <circle cx="16" cy="16" r="5" />
    </svg>
  );
}

function LanguageSwitch(): JSX.Element {
  const now = useStore(language);
  return (
    <div class="languages" role="group" aria-label={text("common.language")}>
      {OFFERED.map((one) => (
        <button type="button" class="plain" lang={one} aria-pressed={one === now} onClick={() => void speak(one, true)}>
          <abbr title={text(`common.language.${one}`)}>{one.toUpperCase()}</abbr>
        </button>
      ))}
    </div>
  );
}

function Account(): JSX.Element {
  const { account, role, actors } = useStore(me);
  if (!account) return <a class="account" href={`/account/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`}>{text("common.sign_in")}</a>;
  return (
    <div class="account">
      <a href="/account">{account.name}</a>
      <span class="quiet">{actors.length ? actors.map((actor) => actor.name).join(", ") : text(`common.role.${role}`)}</span>
      <button type="button" class="plain" onClick={() => void signOut().then(() => { go("/"); tell(text("common.signed_out")); })}>{text("common.sign_out")}</button>
    </div>
  );
}

function RoomLinks({ list, now }: { readonly list: readonly RoomEntry[]; readonly now: string }): JSX.Element {
  return (
    <ul>
      {list.map((room) => (
        <li key={room.name}>
          <a href={hrefOf(room.name)} aria-current={room.name === now ? "page" : undefined}>{text(`common.room.${room.name}`)}</a>
        </li>
      ))}
    </ul>
  );
}

/* The menu of a phone: all rooms, language and account, which a desktop has in its rail. */
function Menu({ now }: { readonly now: string }): JSX.Element {
  const box = useRef<HTMLDetailsElement>(null);
  const { role } = useStore(me);
  const here = useStore(place);
  useEffect(() => { if (box.current) box.current.open = false; }, [here]);   // and by a link to where one is already
  return (
    <details class="menu" ref={box} onKeyDown={(event) => { if (event.key === "Escape" && box.current) { box.current.open = false; box.current.querySelector("summary")?.focus(); } }}>
      <summary>{text("common.menu")}</summary>
      <div onClick={(event) => { if (box.current && event.target instanceof Element && event.target.closest("a")) box.current.open = false; }}>
        <nav aria-label={text("common.rooms_all")}><RoomLinks list={railRooms(role)} now={now} /></nav>
        <a href="/tour">{text("common.room.tour")}</a>
        <LanguageSwitch />
        <Account />
      </div>
    </details>
  );
}

interface Opened {
  readonly entry: RoomEntry;
  readonly room: Room<Record<string, unknown>>;
}

/* Loads the chunk and the texts of the room of now; the room before stays until both are there. */
function useRoom(name: string, role: Role): { opened: Opened | undefined; isUnknown: boolean; isClosed: boolean; failed: boolean; again: () => void } {
  const [opened, setOpened] = useState<Opened>();
  const [failed, setFailed] = useState(false);
  const [turn, setTurn] = useState(0);
  const entry = rooms.find((room) => room.name === name), isClosed = entry !== undefined && !entry.roles.includes(role);
  useEffect(() => {
    if (!entry || isClosed) return undefined;
    let isCurrent = true;
    setFailed(false);
    Promise.all([entry.load(), loadTexts([entry.name, ...(entry.texts ?? [])])]).then(
      ([module]) => { if (isCurrent) setOpened({ entry, room: module.room as unknown as Room<Record<string, unknown>> }); },
      () => { if (isCurrent) setFailed(true); },
    );
    return () => { isCurrent = false; };
  }, [entry, isClosed, turn]);
  return { opened, isUnknown: !entry, isClosed, failed, again: () => setTurn((count) => count + 1) };
}

function RoomView({ opened }: { readonly opened: Opened }): JSX.Element {
  const here = useStore(place);
  const { room, entry } = opened;
  const query = readQuery(room.query, new URLSearchParams(here.search));
  const href = (patch: Record<string, unknown>): string => hrefOf(entry.name, ...here.path) + writeQuery(room.query, { ...query, ...patch });
  return <room.View path={here.path} query={query} href={href} set={(patch, how = "push") => go(href(patch), how)} />;
}

/* A room that is not for this role: nothing of it is loaded, nothing is asked of the server. Who has no account yet may have one that it is for. */
function NotForYou({ name }: { readonly name: string }): JSX.Element {
  const { role } = useStore(me);
  const room = text(`common.room.${name}`);
  if (role === "public")
    return (
      <Page title={text("common.sign_in_first.title")} lead={text("common.sign_in_first.lead", { room })}>
        <p class="actions">
          <a class="button first" href={`/account/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`}>{text("common.sign_in")}</a>
          <a href="/">{text("common.nowhere.home")}</a>
        </p>
      </Page>
    );
  return (
    <Page title={text("common.not_for_role.title")} lead={text("common.not_for_role.lead", { room, role: text(`common.role.${role}`) })}>
      <p><a href="/">{text("common.nowhere.home")}</a></p>
    </Page>
  );
}

function NotHere(): JSX.Element {
  return <Page title={text("common.nowhere.title")} lead={text("common.nowhere.lead")}><p><a href="/">{text("common.nowhere.home")}</a></p></Page>;
}

export function App({ problem }: { readonly problem: Problem | undefined }): JSX.Element {
  useStore(language);
  const { role, region } = useStore(me);
  const here = useStore(place);
  const main = useRef<HTMLElement>(null);
  const shown = useRef<string | undefined>(undefined);
  const { opened, isUnknown, isClosed, failed, again } = useRoom(here.room, role);
  useEffect(() => startKeys(), []);
  useEffect(() => { if (here.room === "" && !problem) go(homeOf(role), "replace"); }, [here.room, role, problem]);

  // Another room or another thing in it: focus goes to its heading and its name is said, as when a page loads.
  const address = `${opened?.entry.name}/${here.path.join("/")}`;
  useEffect(() => {
    if (!opened || opened.entry.name !== here.room) return;
    const isFirst = shown.current === undefined;
    if (shown.current === address) return;
    shown.current = address;
    if (isFirst) return;
    scrollTo(0, 0);
    main.current?.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    announce(document.title);
  }, [address, opened, here.room]);

  const isOpen = opened && opened.entry.name === here.room && !isClosed;
  const phone = phoneRooms(role);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>{text("common.skip")}</a>
      <header class="top">
        <a class="brand" href="/"><Mark /><span>knoop</span></a>
        <Menu now={here.room} />
      </header>
      <header class="rail">
        <a class="brand" href="/"><Mark /><span>knoop</span></a>
        <p class="region">{region.name}</p>
        <nav aria-label={text("common.rooms")}><RoomLinks list={railRooms(role)} now={here.room} /></nav>
        <div class="foot"><a class="small" href="/tour">{text("common.room.tour")}</a><Account /><LanguageSwitch /></div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {problem && <ProblemNote problem={problem} again={() => location.reload()} />}
        {failed && <div class="note bad" role="alert"><p>{text("common.chunk_failed")}</p><button type="button" onClick={again}>{text("common.again")}</button></div>}
        {isUnknown && here.room !== "" ? <NotHere /> : isClosed ? <NotForYou name={here.room} /> : isOpen ? <RoomView key={opened.entry.name} opened={opened} /> : !failed && !problem && <Skeleton lines={6} />}
      </main>
      {phone.length > 1 && <nav class="bottom" aria-label={text("common.rooms")}><RoomLinks list={phone} now={here.room} /></nav>}
      <TourCard />
      <Announcer />
      <Toasts />
      <Help />
    </>
  );
}
