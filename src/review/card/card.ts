import type { ServiceData } from "../../access/aws/service-data.ts";
import type { PathKind } from "../../access/escalation/path.ts";
import type { Provider } from "../../access/policy.ts";
import { openedWays, publishedWays } from "../../access/provider.ts";
import type { LoadedBaseline } from "../../baselines/baseline.ts";
import { resolveControls } from "../../baselines/parameters.ts";
import { plural } from "../../text/count.ts";
import { awsHolders } from "../aws/asked.ts";
import { azureHolders } from "../azure/asked.ts";
import { kubernetesHolders } from "../kubernetes/asked.ts";
import { type Block, type Card, heading, type Item, listOf, names, paragraph, type Text } from "./blocks.ts";
import type { Both, Held, Holder } from "./holder.ts";
import { optionalParts, takenBack } from "./taken-back.ts";
import { verifying } from "./verifying.ts";

/** What is asked for in one cloud, by whom it is to be held; one reading a provider. */
const HOLDERS = {
  azure: azureHolders,
  aws: awsHolders,
  kubernetes: kubernetesHolders,
} as const satisfies Record<Provider, (controls: readonly Both[]) => readonly Holder[]>;

export interface CardOptions {
  /** What AWS's actions know of resources and condition keys; without it policies are read as written. */
  readonly serviceData?: ServiceData;
}

/**
 * What a vendor asks for, in words, for whoever has to grant it: what it can do and what not, what can be taken back after
 * the set-up, what could give it more, and how to verify all that. Everything follows from the baseline, from the
 * comparison, and from the published ways to more rights; nothing is added.
 * @throws PolicyError when a policy of the baseline cannot be read
 */
export function cardOf(loaded: LoadedBaseline, options: CardOptions = {}): Card {
  const { baseline } = loaded;
  const profile = baseline.profiles?.default;
  const held = heldIn(loaded, profile, options);
  const told = new Set(held.flatMap(({ holder }) => holder.asked.map(({ control }) => control)));
  const { url, title, captured } = baseline.source;
  return {
    title: `${baseline.title}: what the vendor asks for`,
    blocks: [
      paragraph(
        "By ",
        ...(title === undefined ? [] : [`“${title}”, `]),
        { code: url },
        `, as it was on ${captured}. Baseline `,
        { code: `${baseline.id}@${baseline.version}` },
        ", file ",
        { code: loaded.file },
        ", SHA-256 ",
        { code: loaded.sha256 },
        ".",
      ),
      ...(profile === undefined
        ? []
        : [
            paragraph(
              "Of its profiles this tells ",
              { code: profile },
              ` (${baseline.profiles?.names[profile] ?? ""}), which is the one for the beginning.`,
            ),
          ]),
      heading(2, "In short"),
      ...listOf(held.map(inShort)),
      ...(held.length === 0 ? [paragraph("It documents no permissions, only a set-up.")] : []),
      ...(held.length === 0
        ? []
        : [heading(2, "What it can do"), ...held.flatMap((each) => can(each, loaded))]),
      ...(held.length === 0 ? [] : [heading(2, "What it cannot do"), ...cannot(held)]),
      ...(held.length === 0
        ? []
        : [
            heading(2, "What can be taken back after the set-up"),
            ...takenBack(loaded, held, (name) => heldIn(loaded, name, options)),
            ...optionalParts(loaded, profile),
            heading(2, "What could give it more"),
            ...more(held),
          ]),
      ...settings(loaded, profile, told),
      heading(2, "How to verify it"),
      ...verifying(loaded),
      ...errata(loaded),
      ...ways(held),
    ],
  };
}

function heldIn(
  loaded: LoadedBaseline,
  profile: string | undefined,
  { serviceData }: CardOptions,
): readonly Held[] {
  const { controls } = resolveControls(loaded.baseline, {}, profile);
  const both = controls.flatMap((resolved): readonly Both[] => {
    const control = loaded.baseline.controls.find(({ id }) => id === resolved.id);
    return control === undefined ? [] : [{ control, resolved }];
  });
  return Object.values(HOLDERS)
    .flatMap((holders) => holders(both))
    .map((holder) => {
      const data = holder.provider === "aws" && serviceData !== undefined ? { serviceData } : {};
      const ways =
        holder.documents.length === 0
          ? []
          : openedWays(holder.provider, holder.documents, { ...holder.options, ...data }).paths;
      return { holder, open: ways };
    });
}

function inShort({ holder, open }: Held): Item {
  const sure = open.filter(({ verdict }) => verdict === "allowed").length;
  const unsure = open.length - sure;
  const strongest = open.find(({ verdict }) => verdict === "allowed")?.path;
  const ways: Text =
    holder.documents.length === 0
      ? ["is to hold ", ...listed(holder.byName), ", and the baseline does not say what that grants"]
      : sure === 0
        ? ["has no published way to more rights by what is asked for"]
        : [
            strongest?.kind === "rights"
              ? "could give itself more: "
              : "could come to more by what is asked for: ",
            sure === 1
              ? `1 published way is open: to ${strongest?.name}`
              : `${sure} published ways are open, among them to ${strongest?.name}`,
          ];
  return {
    text: [
      ...holder.who,
      " ",
      ...ways,
      ...(unsure === 0 ? [] : [`; of ${plural(unsure, "way")} it cannot be told`]),
      ...(holder.byName.length === 0 || holder.documents.length === 0
        ? []
        : [`; ${plural(holder.byName.length, "role or policy", "roles or policies")} by name not counted`]),
      ".",
    ],
  };
}

/** Of each holder what is asked for, by control, with the reason and the section of the page. */
function can({ holder }: Held, { baseline }: LoadedBaseline): readonly Block[] {
  return [
    heading(3, capital(plain(holder.who))),
    ...holder.asked.flatMap(({ control: id, grants }): readonly Block[] => {
      const control = baseline.controls.find((each) => each.id === id);
      if (control === undefined) return [];
      return [
        paragraph(
          `${control.title}`,
          control.optional === true ? " (optional). " : ". ",
          `${control.why.trim()} Section “${control.cite.section}”, control `,
          { code: id },
          ". It can:",
        ),
        ...listOf(grants),
      ];
    }),
  ];
}

function cannot(held: readonly Held[]): readonly Block[] {
  return [
    paragraph(
      "Whatever is not listed above is not granted: all three clouds deny what nothing allows. Of the published ways to more rights, which are listed last, all are closed by what is asked for but those that are named here.",
      held.some(({ open }) => open.length > 0)
        ? " That holds until one of the open ones is taken: whoever can give itself more can open the others too."
        : "",
    ),
    ...listOf(
      held.map(({ holder, open }) => ({
        text: [...holder.who, " cannot"],
        items: [
          ...holder.cannot.map((text) => ({ text })),
          ...(holder.documents.length === 0 ? [] : [closedItem(holder, open)]),
          ...holder.byName.map((name) => ({
            text: ["(of ", ...name, " nothing is said here: what it grants is not in the baseline)"],
          })),
        ],
      })),
    ),
  ];
}

function closedItem({ provider }: Holder, open: Held["open"]): Item {
  const all = wayNames(provider);
  const opened = new Set(open.map(({ path }) => path.name));
  const closed = all.filter((name) => !opened.has(name)).length;
  const words =
    opened.size === 0
      ? `take any of the ${plural(all.length, "published way")} to more rights`
      : `take ${closed} of the ${plural(all.length, "published way")} to more rights: all but ${[...opened].join("; ")}`;
  return { text: [words] };
}

function wayNames(provider: Provider): readonly string[] {
  return [...new Set(publishedWays(provider).map(({ name }) => name))];
}

const PROVIDER_NAMES = {
  azure: "Azure",
  aws: "AWS",
  kubernetes: "Kubernetes",
} as const satisfies Record<Provider, string>;

/** Once for all holders: of each it is said above which of these are open to it. */
function ways(held: readonly Held[]): readonly Block[] {
  const providers = new Set(
    held.filter(({ holder }) => holder.documents.length > 0).map(({ holder }) => holder.provider),
  );
  if (providers.size === 0) return [];
  return [
    heading(2, "The published ways to more rights"),
    ...[...providers].flatMap((provider) => {
      const names = wayNames(provider);
      return [paragraph(`${PROVIDER_NAMES[provider]} (${names.length}): ${names.join("; ")}.`)];
    }),
  ];
}

const KINDS = {
  rights: "changes who may do what",
  takeover: "acts as somebody else, or reads what somebody else signs in with",
  combination: "several requests together",
} as const satisfies Record<PathKind, string>;

function more(held: readonly Held[]): readonly Block[] {
  const some = held.filter(({ open }) => open.length > 0);
  if (some.length === 0) return [paragraph("No published way to more rights is open by what is asked for.")];
  return some.flatMap(({ holder, open }) => [
    heading(3, capital(plain(holder.who))),
    ...listOf(
      open.map(({ path, verdict, taken }) => ({
        text: [
          verdict === "undecided" ? "perhaps " : "",
          path.name,
          ": by ",
          ...names(taken.map(({ step }) => step)),
          ` (${KINDS[path.kind]}; ${path.source})`,
        ],
      })),
    ),
  ]);
}

/** What else is documented, and held against the live state: a set-up, no permission. */
function settings(
  { baseline }: LoadedBaseline,
  profile: string | undefined,
  told: ReadonlySet<string>,
): readonly Block[] {
  const rest = baseline.controls.filter(
    (each) => !told.has(each.id) && (each.profile === undefined || each.profile === profile),
  );
  if (rest.length === 0) return [];
  return [
    heading(2, "What else is documented and checked"),
    ...listOf(rest.map(({ id, title }) => ({ text: [`${title} (`, { code: id }, ")"] }))),
  ];
}

function errata({ baseline }: LoadedBaseline): readonly Block[] {
  if (baseline.errata.length === 0) return [];
  return [
    heading(2, "Where the page contradicts itself or the provider"),
    ...listOf(baseline.errata.map(({ section, text }) => ({ text: [`“${section}”: ${text.trim()}`] }))),
  ];
}

/** Texts with commas. */
function listed(texts: readonly Text[]): Text {
  return texts.flatMap((text, i) => (i === 0 ? text : [", ", ...text]));
}

function plain(text: Text): string {
  return text.map((span) => (typeof span === "string" ? span : span.code)).join("");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
