import type { Reporter } from "./define.ts";
import { htmlDocument } from "./html/document.ts";

/** The report as one page for a browser: no network, no script but its own, everything in it searchable. */
export const html: Reporter = {
  format: "html",
  title: "one offline page for a browser, with search and filters",
  extension: "html",
  render: htmlDocument,
};
