/** Long lists on both sides that differ in one entry, and exclusions that only share strings: none may multiply. */
import { comparePolicies } from "../src/index.ts";
import { growth, record, timed } from "./figures.ts";

const many = (n: number, of: (i: number) => string): readonly string[] =>
  Array.from({ length: n }, (_, i) => of(i));
const letter = (i: number): string => String.fromCharCode(97 + i);
const role = (actions: readonly string[], notActions: readonly string[]) => ({
  permissions: [{ actions, notActions }],
});
const rules = (n: number, verbs: number) => ({
  rules: [
    {
      verbs: many(verbs, (i) => `v${i}`),
      apiGroups: many(n, (i) => `g${i}`),
      resources: many(n, (i) => `r${i}`),
      resourceNames: many(n, (i) => `n${i}`),
    },
  ],
});

/** Growth of each shape, and the worst ones of fixed size beside one that is plain. */
export function benchLongLists(): void {
  growth("Azure actions and as many notActions, one dropped", [375, 750, 1500, 3000], (n) => {
    const actions = many(n, (i) => `Vendor.X${i}/*/read`);
    const exclusions = many(n, (i) => `*/a${i}/read`);
    const [documented, live] = [role(actions, exclusions), role(actions, exclusions.slice(1))];
    return () => comparePolicies("azure", [documented], [live]);
  });
  growth("Kubernetes names and verbs of one rule, one verb more", [100, 200, 400, 800], (n) => {
    const rule = (verbs: number) => ({
      rules: [
        {
          verbs: many(verbs, (i) => `v${i}`),
          apiGroups: [""],
          resources: ["pods"],
          resourceNames: many(n, (i) => `n${i}`),
        },
      ],
    });
    const [documented, live] = [rule(n), rule(n + 1)];
    return () => comparePolicies("kubernetes", [documented], [live]);
  });
  const plain = timed(() => comparePolicies("azure", [role(["*"], ["a"])], [role(["*"], ["b"])]));
  const [left, right] = [
    role(
      ["*"],
      many(14, (i) => `*${letter(i)}*${letter(i + 1)}*${letter(i + 2)}*`),
    ),
    role(
      ["*"],
      many(14, (i) => `*${letter(i)}*${letter(i + 2)}*${letter(i + 1)}*`),
    ),
  ];
  const stars = timed(() => comparePolicies("azure", [left], [right]));
  record("14 notActions of three runs on each side, times one plain one", stars / plain, "x");
  const [few, all] = [rules(10, 10), rules(40, 22)];
  const short = timed(() => comparePolicies("kubernetes", [few], [rules(10, 11)]));
  const long = timed(() => comparePolicies("kubernetes", [all], [rules(40, 23)]), 2);
  record("a rule of 1.4 million combinations, one verb more, times one of 10,000", long / short, "x");
}
