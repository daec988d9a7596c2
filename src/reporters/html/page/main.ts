import { grouped, plural } from "../../../text/count.ts";
import { createFilter, rowsIn } from "../filter.ts";
import type { PageData } from "../page-data.ts";
import { addCopyButtons } from "./copy.ts";
import { byId } from "./dom.ts";
import { createGroupList } from "./groups.ts";
import { listenToKeys } from "./keys.ts";
import { createTools } from "./tools.ts";

/**
 * The script of the page. What it shows comes from the page's own data and is put in as text; it asks nobody for
 * anything.
 */
function start(): void {
  const data = JSON.parse(byId("data").textContent ?? "") as PageData;
  if (data.groups.length === 0) return;
  const live = byId("live");
  const say = (text: string) => {
    live.textContent = text;
  };
  const all = rowsIn(data.groups);
  const list = createGroupList(byId("groups"), { table: data, naming: data.naming, say });
  const form = byId("tools");
  const filter = createFilter(data);
  const tools = createTools(form, filter, data.naming, () => update());
  const update = () => {
    const groups = filter.chosen(tools.choice());
    const rows = rowsIn(groups);
    list.show(groups);
    byId("count").textContent =
      rows === all
        ? `${plural(all, "finding")} in ${plural(groups.length, "group")}`
        : `${grouped(rows)} of ${plural(all, "finding")} in ${plural(groups.length, "group")}`;
  };
  update();
  form.hidden = false;
  byId("keys").hidden = false;

  document.addEventListener("click", (event) => {
    const link =
      event.target instanceof Element ? event.target.closest<HTMLElement>("a[data-control]") : null;
    const { control, target } = link?.dataset ?? {};
    if (control !== undefined) tools.only(control, target);
  });
  listenToKeys(list, tools);
  addCopyButtons(document, say);

  let undo = () => {};
  addEventListener("beforeprint", () => {
    undo = list.spread();
  });
  addEventListener("afterprint", () => undo());
}

start();
