import { byId } from "./dom.ts";
import { focusSummary, type GroupList } from "./groups.ts";
import type { Tools } from "./tools.ts";

/** `/` to the search, `j` and `k` along the groups, Escape takes the filters back; Enter opens, as everywhere. */
export function listenToKeys(list: GroupList, tools: Tools): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === "Escape") {
      if (tools.clear()) event.preventDefault();
      else if (typing) (event.target as HTMLElement).blur();
      return;
    }
    if (typing) return;
    if (event.key === "/") tools.focusSearch();
    else if (event.key === "j") step(list, 1);
    else if (event.key === "k") step(list, -1);
    else return;
    event.preventDefault();
  });
}

function step(list: GroupList, by: 1 | -1): void {
  const groups = byId("groups");
  const current = document.activeElement?.closest("li.group");
  const item = current === null || current === undefined || !groups.contains(current) ? undefined : current;
  if (item === undefined) {
    focusSummary(by === 1 ? groups.firstElementChild : groups.lastElementChild);
    return;
  }
  if (by === 1 && item.nextElementSibling === null) list.more();
  focusSummary(by === 1 ? item.nextElementSibling : item.previousElementSibling);
}
