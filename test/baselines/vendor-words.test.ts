import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import { listBundled, loadBaseline } from "../../src/baselines/bundled.ts";
import { checks } from "../../src/checks/registry.ts";

const src = fileURLToPath(new URL("../../src/", import.meta.url));

/** Keys of a control's `with` under which the vendor's own words stand. */
const WORD_KEYS = new Set([
  ...["actions", "notActions", "dataActions", "notDataActions"],
  ...["Action", "Resource", "AWS", "Sid", "arn", "key", "value", "vpc", "private", "public"],
  ...["role", "principal", "name", "id", "charts", "cidrs", "products"],
]);

/** Names of the provider's services, which an inventory lists and any program for that provider may say. */
const PROVIDER_KEYS = new Set(["types", "kind", "items", "ignore"]);

function words(): Map<string, string> {
  const found = new Map<string, string>();
  const add = (word: string, where: string) => {
    if (!word.includes("${") && word.length > 3) found.set(word.toLowerCase(), where);
  };
  const walk = (value: unknown, key: string, where: string): void => {
    if (typeof value === "string" && WORD_KEYS.has(key)) add(value, where);
    else if (Array.isArray(value)) for (const item of value) walk(item, key, where);
    else if (typeof value === "object" && value !== null) {
      for (const [inner, item] of Object.entries(value))
        if (!PROVIDER_KEYS.has(inner)) walk(item, inner, where);
    }
  };
  for (const { id, version } of listBundled()) {
    const { baseline } = loadBaseline(`${id}@${version}`, checks);
    add(id, id);
    add(baseline.source.url, id);
    // The product: the first word of the title.
    add(baseline.title.split(" ")[0] ?? "", id);
    for (const control of baseline.controls) {
      add(control.id, id);
      walk(control.with, "", `${id}/${control.id}`);
    }
  }
  // Ids of controls that are everyday words of this field are not the vendor's.
  const everyday = [
    ...["effective-access", "role-bindings", "network", "storage", "cluster", "database"],
    ...["queues", "buckets", "resource-group", "application", "directory-role"],
    // an engine of databases, which AWS calls so as well
    "postgres",
  ];
  for (const word of everyday) found.delete(word);
  return found;
}

/** What a program can act on: texts, templates, patterns and names; comments are left out. */
function textsOf(file: string): { readonly line: number; readonly text: string }[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const texts: { line: number; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddle(node) ||
      ts.isTemplateTail(node) ||
      ts.isRegularExpressionLiteral(node)
    ) {
      const text = ts.isRegularExpressionLiteral(node) ? node.text.replaceAll("\\", "") : node.text;
      texts.push({
        line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
        text: text.toLowerCase(),
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}

/** Does the text hold the word, not as a part of a longer one? */
function holds(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? " ";
    // `cert-manager.io` is another word than `cert-manager`
    const goesOn = /^(?:[a-z0-9_*/-]|\.[a-z])/.test(text.slice(at + word.length));
    if (!/[a-z0-9_*/-]/.test(before) && !goesOn) return true;
  }
  return false;
}

function allowed(file: string, word: string): boolean {
  // The provider's own role, in the published paths by which somebody comes to hold it.
  if (word === "global administrator" && file.startsWith("access/escalation/")) return true;
  // The provider's own operations: what the scanner itself needs, and the one table of what lets a holder grant itself
  // more or reads secrets.
  if (!word.startsWith("microsoft.") && !/^[a-z0-9-]+:[a-z]+$/.test(word)) return false;
  return (
    file.startsWith("collectors/") ||
    file.startsWith("snapshot/kinds/") ||
    file.startsWith("access/escalation/") ||
    // the trust policy of Pod Identity, as AWS documents it
    file === "state/aws/service-account.ts"
  );
}

test("vendor knowledge is data: no word of a bundled baseline stands in the program", () => {
  const wanted = words();
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const hits: string[] = [];
  let compared = 0;
  for (const name of files) {
    const file = relative(src, join(src, name)).replaceAll("\\", "/");
    for (const { line, text } of textsOf(join(src, name))) {
      compared += 1;
      for (const [word, where] of wanted) {
        if (holds(text, word) && !allowed(file, word)) hits.push(`src/${file}:${line}: ${word} (${where})`);
      }
    }
  }
  expect(hits).toEqual([]);
  expect(wanted.size).toBeGreaterThan(100);
  expect(files.length).toBeGreaterThan(20);
  expect(compared).toBeGreaterThan(500);
});

test("the words looked for are the ones that matter, and a hit is seen", () => {
  const wanted = [...words().keys()];
  expect(wanted).toEqual(
    expect.arrayContaining([
      "chalk platform manager",
      "metaflow admin",
      "chalk-azure",
      "chalk",
      "metaflow",
      "microsoft.compute/virtualmachines/*",
      "microsoft.keyvault/vaults/secrets/*",
      "chalk-management-role",
      "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
      "chalk-aws",
      "arn:aws:iam::754784422779:role/chalk-api-server",
      "iam:createservicelinkedrole",
      "chalkmanagedresources",
      "chalk.ai/managed-by",
      "arn:aws:s3:::chalk-*",
      "10.130.0.0/16",
    ]),
  );
  expect(holds("the role chalk platform manager is", "chalk platform manager")).toBe(true);
  expect(holds("chalk-audit", "chalk")).toBe(false);
  expect(holds("microsoft.compute/virtualmachines/*/read", "microsoft.compute/virtualmachines/*")).toBe(
    false,
  );
});
