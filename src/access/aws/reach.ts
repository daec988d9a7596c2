/** Whether an action can be done at all: on some resource, under some condition (E2). */
import { type AnywhereReach, NOWHERE, PERHAPS, type Reaches } from "../escalation/reach.ts";
import { fold } from "../fold.ts";
import { matches, questionGlob } from "../glob.ts";
import type { AwsRequest, CompareOptions, Residue } from "../policy.ts";
import { compareSides } from "./compare.ts";
import { choiceAt } from "./foes.ts";
import { awsGrantOf } from "./parts.ts";
import { PolicySide, sidesOf } from "./sides.ts";
import { awsStatements, type Body, type Choice, type ParsedStatement } from "./statement.ts";

/**
 * The exact question is a comparison with nothing, of the same statements cut down to the one action. A grant that by the
 * service's data nothing can use (AW5, AW9) is none.
 * @throws PolicyError when something given is no policy document
 */
export function awsReach(documents: readonly unknown[], options: CompareOptions): Reaches {
  const sides = sidesOf([], documents, options.boundary, options.holder);
  const { live, vocabulary, partition } = sides;
  const mayAllow = live.problems.some(({ effect }) => effect !== "deny");
  return (step) => {
    const [action = "", services] = step.split(" to ");
    const key = fold(action);
    const holds = ({ actions }: ParsedStatement): boolean => choiceAt(actions, key);
    if (!live.allows.every((layer) => layer.some(holds))) return mayAllow ? PERHAPS : NOWHERE;
    const witness = atOnce(live, holds, action, services);
    if (witness !== undefined) return { verdict: "allowed", witness };
    const only: Choice = {
      terms: [{ text: action, glob: questionGlob(key), origin: { document: 0, pointer: "" } }],
      negated: false,
    };
    const elsewhere =
      services === undefined
        ? []
        : awsStatements([passedElsewhere(action, services)], vocabulary, partition, options.holder)
            .statements;
    const cut = new PolicySide(
      live.layers.map(({ statements, problems }, i) => ({
        statements: [
          ...statements.filter(holds).map((statement) => ({ ...statement, actions: only })),
          ...(i === 0 ? elsewhere : []),
        ],
        problems,
      })),
    );
    return reachOf(compareSides({ ...sides, live: cut }, options));
  };
}

/** The request that needs no comparison: nothing denies the action, and every layer allows it on everything, unconditionally. */
function atOnce(
  { denies, allows, problems }: PolicySide,
  holds: (statement: ParsedStatement) => boolean,
  action: string,
  services: string | undefined,
): AwsRequest | undefined {
  if (problems.length > 0 || denies.some(holds)) return undefined;
  const free = allows.every((layer) =>
    layer.some((statement) => isUnbound(statement.body) && holds(statement)),
  );
  if (!free) return undefined;
  const service = services?.split(" ")[0];
  const context = service === undefined ? {} : { context: { "iam:PassedToService": service } };
  return { action, resource: "*", ...context };
}

function isUnbound({ resources, principals, atoms }: Body): boolean {
  const any = !resources.negated && resources.terms.some(({ text }) => text === "*");
  return any && principals === undefined && atoms.length === 0;
}

function reachOf({ excess, undecided }: ReturnType<typeof compareSides>): AnywhereReach {
  const [found] = excess.filter(({ dead }) => dead !== true);
  if (found !== undefined) return { verdict: "allowed", witness: found.witness };
  return undecided.length > 0 ? PERHAPS : NOWHERE;
}

/** A role that is passed to any other service is passed in vain. */
function passedElsewhere(action: string, services: string): unknown {
  const names = services.split(" ").flatMap((name) => [name, `${name}.cn`]);
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Deny",
        Action: action,
        Resource: "*",
        Condition: { StringNotEquals: { "iam:PassedToService": names } },
      },
    ],
  };
}

/** Whether the patterns of a residue hold the action of a step; resources and conditions left aside. */
export function residueGives(residue: Residue, step: string): boolean {
  const key = fold(step.split(" to ")[0] ?? "");
  const holds = (pattern: string): boolean => matches(questionGlob(fold(pattern)), key);
  return (awsGrantOf(residue) ?? []).some(
    ({ patterns, notPatterns }) =>
      (patterns === undefined || patterns.some(holds)) && notPatterns?.some(holds) !== true,
  );
}
