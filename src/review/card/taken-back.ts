import type { Residue } from "../../access/policy.ts";
import { comparePolicies } from "../../access/provider.ts";
import type { LoadedBaseline } from "../../baselines/baseline.ts";
import { field, list, text } from "../../snapshot/value.ts";
import { type Block, heading, type Item, listOf, names, paragraph } from "./blocks.ts";
import type { Held } from "./holder.ts";

/** Parts of an exception that are shown. */
const MOST_PARTS = 8;

/**
 * What another profile no longer grants, and what it grants in addition: the exact comparison of what the two document,
 * for each holder. Without profiles the baseline says nothing of a later state, and that is said.
 */
export function takenBack(
  { baseline }: LoadedBaseline,
  held: readonly Held[],
  heldIn: (profile: string) => readonly Held[],
): readonly Block[] {
  const others = Object.entries(baseline.profiles?.names ?? {}).filter(
    ([name]) => name !== baseline.profiles?.default,
  );
  if (others.length === 0)
    return [
      paragraph(
        "The documentation tells of no narrower state for later: what is listed is held for as long as the vendor runs.",
        " What was really used in a while tells more: ",
        { code: "chalk-audit review" },
        ".",
      ),
    ];
  return others.flatMap(([name, words]) => {
    const later = new Map(heldIn(name).map((each) => [each.holder.key, each]));
    const items = held.flatMap((each) => changesOf(each, later.get(each.holder.key)));
    return [
      heading(3, `By the profile ${name}: ${words}`),
      ...(items.length === 0 ? [paragraph("Nothing: it documents the same permissions.")] : listOf(items)),
    ];
  });
}

function changesOf({ holder, open }: Held, later: Held | undefined): readonly Item[] {
  if (holder.documents.length === 0) return [];
  const { excess, missing, undecided } = comparePolicies(
    holder.provider,
    later?.holder.documents ?? [],
    holder.documents,
    holder.options,
  );
  if (excess.length + missing.length + undecided.length === 0) return [];
  const stays = new Set((later?.open ?? []).map(({ path }) => path.name));
  const closed = open.map(({ path }) => path.name).filter((name) => !stays.has(name));
  const left = open.map(({ path }) => path.name).filter((name) => stays.has(name));
  return [
    {
      text: [...holder.who],
      items: [
        ...excess.map((residue) => changeItem("no longer: ", residue)),
        ...missing.map((residue) => changeItem("in addition: ", residue)),
        ...undecided.map(({ pattern }) => ({ text: ["not decided: ", { code: pattern }] })),
        ...(closed.length === 0 ? [] : [{ text: [`ways to more rights that close: ${closed.join("; ")}`] }]),
        ...(left.length === 0 ? [] : [{ text: [`ways to more rights that stay open: ${left.join("; ")}`] }]),
      ],
    },
  ];
}

function changeItem(word: string, { pattern, actions, except, dead, latent }: Residue): Item {
  const services = new Set((actions ?? [pattern]).map((each) => each.split(":", 1)[0]?.toLowerCase() ?? ""));
  const shown = except.slice(0, MOST_PARTS).map((each) => ofServices(each, services));
  const rest = except.length - shown.length;
  return {
    text: [
      word,
      ...names(actions ?? [pattern]),
      ...(shown.length === 0
        ? []
        : [", but for ", ...names(shown), ...(rest > 0 ? [` and ${rest} more`] : [])]),
      ...(dead === true || latent === true ? [" (grants nothing today)"] : []),
    ],
  };
}

/**
 * What stays, `on arn:…, arn:… where …`, without the resources of services that it is not about: of a list for many
 * services those of this one are what a reader looks for, and the condition behind them.
 */
function ofServices(except: string, services: ReadonlySet<string>): string {
  const [, start, listed, end = ""] = /^(.*?\bon )(?!all but )(.*?)( (?:for|where) .*)?$/s.exec(except) ?? [];
  if (start === undefined || listed === undefined) return except;
  const resources = listed.split(", ");
  const own = resources.filter((each) => {
    const service = /^arn:[^:]*:([^:]*):/.exec(each)?.[1]?.toLowerCase();
    return service === undefined || service.includes("*") || services.has(service);
  });
  // another service's resource may be meant where none is of its own
  return own.length === 0 ? except : `${start}${own.join(", ")}${end}`;
}

/** What the documentation itself calls optional: it can be left out, or taken back whenever it is not needed. */
export function optionalParts({ baseline }: LoadedBaseline, profile: string | undefined): readonly Block[] {
  const items = baseline.controls
    .filter((control) => control.profile === undefined || control.profile === profile)
    .flatMap((control): readonly Item[] => {
      const rules = (list(field(control.with, "rules")) ?? []).filter(
        (rule) => field(rule, "optional") === true,
      );
      const whole: Item[] =
        control.optional === true
          ? [{ text: [`${control.title} (`, { code: control.id }, `): ${control.why.trim()}`] }]
          : [];
      const parts = rules.map((rule): Item => {
        const note = text(field(rule, "note"));
        const what = [field(rule, "verbs"), field(rule, "resources")].map((each) =>
          (list(each) ?? []).join(", "),
        );
        return {
          text: [
            "of ",
            { code: control.id },
            ": ",
            { code: what.join(" on ") },
            ...(note === undefined ? [] : [` (${note})`]),
          ],
        };
      });
      return [...whole, ...parts];
    });
  if (items.length === 0) return [];
  return [
    paragraph("What the documentation calls optional can be left out, or taken back at any time:"),
    ...listOf(items),
  ];
}
