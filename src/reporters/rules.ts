import { WAIVERS_PAGE } from "../report/apply-waivers.ts";
import type { Finding } from "../report/report.ts";
import type { RuleText } from "../report/rule-text.ts";
import { patternText } from "./rows.ts";

/** Rules that no check has: those of the waivers. */
const OWN: readonly RuleText[] = [
  {
    id: "waiver/expired",
    title: "A waiver expired",
    short: "A waiver is past its last day and covers nothing any more.",
    help:
      "A waiver accepts a difference until a day. That day is over, so the difference counts again.\n\n" +
      "Put the difference right and remove the waiver, or have its owner renew it with a new reason and day.",
    helpUri: `${WAIVERS_PAGE}#expired-waivers`,
  },
  {
    id: "waiver/unused",
    title: "A waiver covers nothing",
    short: "A waiver names a difference that is not there, or one that has grown past it.",
    help: "Remove the waiver, or name the difference as the report prints it now if it is still accepted.",
    helpUri: `${WAIVERS_PAGE}#unused-waivers`,
  },
];

/**
 * A finding in a list of alerts that shows nothing else of it: what is wrong, with what, and which pattern. Two that
 * differ in their exceptions alone have the same.
 */
export function alertTitle({ resource, pattern }: Finding, { title }: RuleText): string {
  const name = resource.name === "" ? resource.id : resource.name;
  return `${title}: ${name}${pattern === undefined ? "" : `, ${patternText(pattern)}`}`;
}

/** The texts of a rule. A rule that nobody describes (a plugin's) still gets texts made from its id. */
export function ruleText(rules: readonly RuleText[], id: string): RuleText {
  const known = rules.find((rule) => rule.id === id) ?? OWN.find((rule) => rule.id === id);
  if (known !== undefined) return known;
  const [drift = id, ...check] = id.split("/").reverse();
  const of = check.reverse().join("/");
  return {
    id,
    title: `${of}: ${drift}`,
    short: `The check ${of} found the drift "${drift}".`,
    help: `The check \`${of}\` found the drift \`${drift}\`. \`chalk-audit check explain ${of}\` says more.`,
    helpUri: "https://github.com/chalk-audit/chalk-audit/blob/main/README.md",
  };
}

/** The texts of rules, each looked for once. */
export function textsOf(rules: readonly RuleText[]): (id: string) => RuleText {
  const texts = new Map<string, RuleText>();
  return (id) => {
    const known = texts.get(id) ?? ruleText(rules, id);
    texts.set(id, known);
    return known;
  };
}
