import { grouped } from "../../../text/count.ts";
import { type Naming, shortControl } from "../card.ts";
import { h, type PageElement } from "../element.ts";
import { type Choice, type Facet, type Filter, SORTS, type Sort } from "../filter.ts";
import { byId, toDom } from "./dom.ts";

/** Facets that are chosen by buttons, several at once, and those that are chosen from a list. */
const BUTTONS = [
  ["severity", "Severity"],
  ["status", "Is"],
  ["state", "Since the earlier report"],
  ["cloud", "Cloud"],
] as const satisfies readonly (readonly [Facet, string])[];
const LISTS = [
  ["control", "Control"],
  ["target", "Target"],
] as const satisfies readonly (readonly [Facet, string])[];

const SORT_WORDS: Readonly<Record<Sort, string>> = {
  worst: "worst first",
  control: "control",
  target: "target",
  resource: "resource",
  size: "most differences",
};

export interface Tools {
  choice(): Choice;
  /** Chooses one control, and one target where it says so, and nothing else. */
  only(control: string, target: string | undefined): void;
  focusSearch(): void;
  /** True: there was something to take back. */
  clear(): boolean;
}

/** The tools above the list; `changed` is called after each change. */
export function createTools(form: HTMLElement, filter: Filter, naming: Naming, changed: () => void): Tools {
  const values = (facet: Facet) => filter.counts(facet);
  form.append(
    toDom(searchField()),
    ...BUTTONS.flatMap(([facet, title]) => buttons(facet, title, values(facet))).map(toDom),
    ...LISTS.flatMap(([facet, title]) => choices(facet, title, values(facet), naming)).map(toDom),
    toDom(sortField()),
    toDom(h("button", { type: "button", id: "clear" }, "Clear filters")),
  );
  const search = byId("search") as HTMLInputElement;
  const sort = byId("sort") as HTMLSelectElement;
  const chips = [...form.querySelectorAll<HTMLButtonElement>("button[data-facet]")];
  const selects = [...form.querySelectorAll<HTMLSelectElement>("select[data-facet]")];
  const reset = () => {
    search.value = "";
    for (const chip of chips) chip.setAttribute("aria-pressed", "false");
    for (const select of selects) select.value = "";
  };
  const isPressed = (chip: HTMLElement) => chip.getAttribute("aria-pressed") === "true";

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    const chip = target.closest<HTMLButtonElement>("button[data-facet]");
    if (chip !== null) chip.setAttribute("aria-pressed", String(!isPressed(chip)));
    else if (target.id === "clear") reset();
    else return;
    changed();
  });
  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLSelectElement) changed();
  });
  search.addEventListener("input", changed);

  return {
    choice: () => {
      const facets: Partial<Record<Facet, string[]>> = {};
      const add = (element: HTMLElement, value: string) => {
        const facet = element.dataset["facet"] as Facet;
        facets[facet] = [...(facets[facet] ?? []), value];
      };
      for (const chip of chips) if (isPressed(chip)) add(chip, chip.value);
      for (const select of selects) if (select.value !== "") add(select, select.value);
      return { facets, search: search.value, sort: sort.value as Sort };
    },
    only: (control, target) => {
      reset();
      for (const select of selects) {
        if (select.dataset["facet"] === "control") select.value = control;
        if (select.dataset["facet"] === "target" && target !== undefined) select.value = target;
      }
      changed();
    },
    focusSearch: () => search.focus(),
    clear: () => {
      const any = search.value !== "" || chips.some(isPressed) || selects.some(({ value }) => value !== "");
      reset();
      if (any) changed();
      return any;
    },
  };
}

function searchField(): PageElement {
  return h("div", { class: "field search" }, [
    h("label", { for: "search" }, "Search"),
    h("input", {
      type: "search",
      id: "search",
      autocomplete: "off",
      spellcheck: "false",
      "aria-describedby": "keys",
    }),
  ]);
}

function buttons(facet: Facet, title: string, values: ReadonlyMap<string, number>): readonly PageElement[] {
  if (values.size < 2) return [];
  return [
    h("fieldset", {}, [
      h("legend", {}, title),
      ...[...values].map(([value, count]) =>
        h("button", { type: "button", class: "chip", value, "data-facet": facet, "aria-pressed": "false" }, [
          value,
          " ",
          h("span", { class: "count" }, grouped(count)),
        ]),
      ),
    ]),
  ];
}

function choices(
  facet: Facet,
  title: string,
  values: ReadonlyMap<string, number>,
  naming: Naming,
): readonly PageElement[] {
  if (values.size < 2) return [];
  const name = (value: string) => (facet === "control" ? shortControl(value, naming) : value);
  return [
    h("div", { class: "field" }, [
      h("label", { for: `facet-${facet}` }, title),
      h("select", { id: `facet-${facet}`, "data-facet": facet }, [
        h("option", { value: "" }, "all"),
        ...[...values].map(([value, count]) => h("option", { value }, `${name(value)} (${grouped(count)})`)),
      ]),
    ]),
  ];
}

function sortField(): PageElement {
  return h("div", { class: "field" }, [
    h("label", { for: "sort" }, "Sort"),
    h(
      "select",
      { id: "sort" },
      SORTS.map((sort) => h("option", { value: sort }, SORT_WORDS[sort])),
    ),
  ]);
}
