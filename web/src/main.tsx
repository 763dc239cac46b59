/* The portal starts: language, who is looking, where. */
import { render } from "preact";
import { App } from "./app/app.tsx";
import { place, startRouter } from "./app/router.ts";
import { rooms } from "./app/rooms.ts";
import { askWhoWeAre } from "./api/session.ts";
import { Problem } from "./api/client.ts";
import { preferredLanguage, speak } from "./text/text.ts";

startRouter();
// The room of the address comes while we still ask who is looking; where it fails, the app asks again and says so.
void rooms.find(({ name }) => name === (place.value.room || "knot"))?.load().catch(() => undefined);
const [, problem] = await Promise.all([
  speak(preferredLanguage(), false),
  askWhoWeAre().then(() => undefined, (error: unknown) => {
    if (error instanceof Problem) return error;
    throw error;
  }),
]);
render(<App problem={problem} />, document.getElementById("app")!);
