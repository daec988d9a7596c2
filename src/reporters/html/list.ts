import { plural } from "../../text/count.ts";
import { groupHead, groupSummary, type Naming, rowBody, rowSummary } from "./card.ts";
import { h, type PageElement } from "./element.ts";
import { pathText } from "./path-picture.ts";
import type { GroupView } from "./view.ts";

/** Groups that the page has without its script, how many of them at length, and differences of each. */
const MOST_STATIC = 200;
const MOST_BODIES = 50;
const MOST_ROWS = 3;

/** The worst groups for a browser without scripts, and how many there are. */
export function staticList(groups: readonly GroupView[], naming: Naming): PageElement {
  const left = groups.length - MOST_STATIC;
  return h("div", {}, [
    left <= 0
      ? undefined
      : h(
          "p",
          {},
          `Without its script this page shows the worst ${MOST_STATIC} of ${plural(groups.length, "group")}; the JSON report has all.`,
        ),
    h(
      "ol",
      { class: "groups" },
      groups.slice(0, MOST_STATIC).map((group, place) => staticGroup(group, naming, place < MOST_BODIES)),
    ),
  ]);
}

function staticGroup(group: GroupView, naming: Naming, atLength: boolean): PageElement {
  if (!atLength) return h("li", { class: "group" }, [h("details", {}, [groupSummary(group, naming)])]);
  const [first] = group.rows;
  const more = group.rows.length - MOST_ROWS;
  const rows =
    first === undefined || group.rows.length === 1
      ? group.rows.flatMap((row) => rowBody(row, naming))
      : [
          h(
            "ol",
            { class: "rows" },
            group.rows
              .slice(0, MOST_ROWS)
              .map((row) => h("li", {}, [h("details", {}, [rowSummary(row), ...rowBody(row, naming)])])),
          ),
          ...(more > 0 ? [h("p", {}, `and ${plural(more, "more difference")}`)] : []),
        ];
  return h("li", { class: "group" }, [
    h("details", {}, [
      groupSummary(group, naming),
      h("div", { class: "body" }, [
        ...(group.path.operations.length === 0 ? [] : [h("p", {}, pathText(group.path))]),
        ...groupHead({ ...group, path: { ...group.path, operations: [] } }),
        ...rows,
      ]),
    ]),
  ]);
}
