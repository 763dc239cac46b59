/* All parts of the screen, in one place to import from. */
export * from "./dialog.tsx";
export * from "./figure.tsx";
export * from "./forms.tsx";
export * from "./lists.tsx";
export * from "./messages.tsx";
export * from "./page.tsx";
export * from "./states.tsx";
export * from "./table.tsx";
export * from "./notes.tsx";
