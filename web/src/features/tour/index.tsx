/* Where the tour begins: what knoop is, in three sentences, and the rooms it will pass. */
import { me } from "../../api/session.ts";
import { defineRoom } from "../../app/room.ts";
import { useStore } from "../../app/store.ts";
import { startTour, stepsOf } from "../../app/tour.tsx";
import { text } from "../../text/text.ts";
import { Page } from "../../ui/index.ts";

function View() {
  const { role } = useStore(me);
  return (
    <Page title={text("common.room.tour")} lead={text("tour.lead")}>
      <ol class="way-points">{stepsOf(role).map((name) => <li key={name}><b>{text(`common.room.${name}`)}</b>{text(`tour.${name}`)}</li>)}</ol>
      <p class="actions"><button type="button" class="first" onClick={() => void startTour()}>{text("tour.begin")}</button></p>
    </Page>
  );
}

export const room = defineRoom<object>({ query: {}, View });
