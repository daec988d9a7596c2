import { plural } from "../../../text/count.ts";
import { groupHead, groupSummary, type Naming, rowBody, rowSummary } from "../card.ts";
import { h } from "../element.ts";
import { type PackedGroup, unpackGroup } from "../packed.ts";
import type { TextTable } from "../text-table.ts";
import type { GroupView, RowView } from "../view.ts";
import { addCopyButtons } from "./copy.ts";
import { toDom } from "./dom.ts";

/** Groups, and differences of one group, that are put into the page at a time: it opens as fast with 30,000 as with 30. */
const AT_A_TIME = 100;

export interface GroupList {
  /** Shows these groups instead, from the first. */
  show(groups: readonly PackedGroup[]): void;
  /** Puts more of them in; false: there are none. */
  more(): boolean;
  /** Puts all in; with few, every part is opened. Returns what undoes it. */
  spread(): () => void;
}

interface Context {
  readonly table: TextTable;
  readonly naming: Naming;
  readonly say: (text: string) => void;
}

/** The list of groups in an element. */
export function createGroupList(list: HTMLElement, context: Context): GroupList {
  let groups: readonly PackedGroup[] = [];
  let shown = 0;
  const button = toDom(h("button", { type: "button", class: "more" }));
  button.addEventListener("click", () => {
    const at = shown;
    more();
    focusSummary(list.children[at]);
  });
  list.after(button);

  const put = (many: number) => {
    const next = groups.slice(shown, shown + many);
    list.append(...next.map((group) => groupItem(group, context)));
    shown += next.length;
    const left = groups.length - shown;
    button.hidden = left === 0;
    button.textContent = `Show ${Math.min(left, AT_A_TIME)} more of ${plural(left, "group")}`;
  };
  const more = () => {
    if (shown === groups.length) return false;
    put(AT_A_TIME);
    return true;
  };
  return {
    show: (next) => {
      groups = next;
      shown = 0;
      list.replaceChildren();
      put(AT_A_TIME);
    },
    more,
    spread: () => {
      put(groups.length - shown);
      const opened = groups.length > 2 * AT_A_TIME ? [] : open(list);
      return () => {
        for (const details of opened) details.open = false;
      };
    },
  };
}

/** Opens every part below an element, filling those that were never opened. */
function open(root: ParentNode): readonly HTMLDetailsElement[] {
  const closed = [...root.querySelectorAll<HTMLDetailsElement>("details:not([open])")];
  for (const details of closed) {
    details.open = true;
    fillers.get(details)?.();
  }
  return closed.length === 0 ? [] : [...closed, ...open(root)];
}

export function focusSummary(item: Element | null | undefined): void {
  item?.querySelector("summary")?.focus();
}

/** What fills a part when it is first opened. */
const fillers = new WeakMap<HTMLDetailsElement, () => void>();

function folded(summary: Node, fill: () => readonly Node[], say: (text: string) => void): HTMLElement {
  const details = document.createElement("details");
  details.append(summary);
  const filled = () => {
    if (!fillers.delete(details)) return;
    details.append(...fill());
    addCopyButtons(details, say);
  };
  fillers.set(details, filled);
  details.addEventListener("toggle", filled);
  return details;
}

function groupItem(packed: PackedGroup, context: Context): HTMLElement {
  const group = unpackGroup(packed, context.table);
  const item = toDom(h("li", { class: "group" }));
  item.append(
    folded(
      toDom(groupSummary(group, context.naming)),
      () => {
        const body = toDom(h("div", { class: "body" }, groupHead(group)));
        const [only, ...others] = group.rows;
        if (only !== undefined && others.length === 0)
          body.append(...rowBody(only, context.naming).map(toDom));
        else body.append(...rowList(group, context));
        return [body];
      },
      context.say,
    ),
  );
  return item;
}

function rowList({ rows }: GroupView, context: Context): readonly Node[] {
  const list = toDom(h("ol", { class: "rows" }));
  const button = toDom(h("button", { type: "button", class: "more" }));
  let shown = 0;
  const put = () => {
    const next = rows.slice(shown, shown + AT_A_TIME);
    list.append(...next.map((row) => rowItem(row, context)));
    shown += next.length;
    button.hidden = shown === rows.length;
    button.textContent = `Show more of ${plural(rows.length - shown, "difference")}`;
  };
  button.addEventListener("click", () => {
    const at = shown;
    put();
    focusSummary(list.children[at]);
  });
  put();
  return [list, button];
}

function rowItem(row: RowView, { naming, say }: Context): HTMLElement {
  const item = document.createElement("li");
  item.append(folded(toDom(rowSummary(row)), () => rowBody(row, naming).map(toDom), say));
  return item;
}
