/* The portal starts: language, who is looking, where. */
import { render } from "preact";
import { App } from "./app/app.tsx";
import { startRouter } from "./app/router.ts";
import { askWhoWeAre } from "./api/session.ts";
import { Problem } from "./api/client.ts";
import { preferredLanguage, speak } from "./text/text.ts";

startRouter();
const [, problem] = await Promise.all([
  speak(preferredLanguage(), false),
  askWhoWeAre().then(() => undefined, (error: unknown) => {
    if (error instanceof Problem) return error;
    throw error;
  }),
]);
render(<App problem={problem} />, document.getElementById("app")!);
