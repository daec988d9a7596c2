// Writes docs/map.md: every source file with the first sentence that it says of itself. Run by `npm run generate`.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

const root = process.cwd();
const sources = (readdirSync(join(root, "src"), { recursive: true }) as string[])
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts"))
  .sort();

/**
 * The first sentence of the comment that tells most of a file: the one that it opens with, else of what bears its name,
 * else of its first function, else of whatever has one. Without any: what it exports.
 */
function told(path: string): string {
  const text = readFileSync(join(root, "src", path), "utf8");
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const exported = file.statements.filter(
    (each) =>
      ts.canHaveModifiers(each) &&
      ts.getModifiers(each)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true,
  );
  const own = path
    .replace(/^.*\//, "")
    .replace(/\.ts$/, "")
    .replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const rank = (each: ts.Statement): number => {
    if (namesOf(each).includes(own)) return 0;
    return ts.isFunctionDeclaration(each) ? 1 : 2;
  };
  const comments = exported
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap((each) => ts.getJSDocCommentsAndTags(each).filter(ts.isJSDoc));
  const [opening] = text.startsWith("/**")
    ? (file.statements[0] === undefined ? [] : ts.getJSDocCommentsAndTags(file.statements[0])).filter(
        ts.isJSDoc,
      )
    : [];
  const [first] = [...(opening === undefined ? [] : [opening]), ...comments].map(
    (each) => ts.getTextOfJSDocComment(each.comment) ?? "",
  );
  const names = exported.flatMap(namesOf);
  const sentence = (first ?? "")
    .replace(/\s+/g, " ")
    .replace(/^(.*?[.:;])(?: .*)?$/, "$1")
    .replace(/[.:;]$/, "");
  return sentence === ""
    ? names
        .slice(0, 3)
        .map((name) => `\`${name}\``)
        .join(", ")
    : sentence;
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const { name } = statement as ts.Statement & { readonly name?: ts.Identifier };
  return name === undefined ? [] : [name.text];
}

const folders = new Map<string, string[]>();
for (const path of sources) {
  const folder = dirname(path);
  folders.set(folder, [...(folders.get(folder) ?? []), path]);
}
const parts = [...folders].map(([folder, paths]) => {
  const rows = paths.map(
    (path) => `- \`${path.slice(folder === "." ? 0 : folder.length + 1)}\`: ${told(path)}`,
  );
  return `## src${folder === "." ? "" : `/${folder}`}\n\n${rows.join("\n")}\n`;
});
const lines = [
  "<!-- Written by `npm run generate` from src/. -->",
  "",
  "# Map of the files",
  "",
  `${sources.length} files; of each, what it says of itself. Layers and rules: [architecture.md](architecture.md).`,
  "",
];
writeFileSync(join(root, "docs", "map.md"), `${lines.join("\n")}\n${parts.join("\n")}`);
console.log("wrote docs/map.md");
