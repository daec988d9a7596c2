/** An element of a parsed document. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

const NAME = /^[A-Za-z_][\w.-]*/;
const REFERENCES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/**
 * Reads an XML 1.0 document as strictly as the specification has it, of the part that JUnit uses: one root, elements that
 * nest, quoted attributes that do not repeat, the five named references, and no character that is not an XML `Char`.
 * @throws Error with the place
 */
export function parseXml(document: string): Element {
  for (const character of document) {
    const code = character.codePointAt(0) ?? 0;
    const allowed =
      code === 0x9 ||
      code === 0xa ||
      code === 0xd ||
      (code >= 0x20 && code <= 0xd7ff) ||
      (code >= 0xe000 && code <= 0xfffd) ||
      code >= 0x10000;
    if (!allowed) throw new Error(`U+${code.toString(16)} is no character of XML 1.0`);
  }
  const head = /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/.exec(document);
  if (head === null) throw new Error("no XML declaration");
  let at = head[0].length;
  const fail = (why: string): never => {
    throw new Error(`${why} at ${at}: ${document.slice(at, at + 40)}`);
  };
  const take = (pattern: RegExp, what: string): string => {
    const found = pattern.exec(document.slice(at));
    if (found === null || found.index !== 0) return fail(`expected ${what}`);
    at += found[0].length;
    return found[0];
  };
  const text = (raw: string): string => {
    if (raw.includes("<") || raw.includes("]]>")) fail("markup in text");
    return raw.replace(/&(\w*);?/g, (whole, name: string) =>
      whole.endsWith(";") && Object.hasOwn(REFERENCES, name)
        ? (REFERENCES[name] ?? "")
        : fail(`bad reference ${whole}`),
    );
  };
  const element = (): Element => {
    take(/^</, "<");
    const name = take(NAME, "a name");
    const attributes: Record<string, string> = {};
    for (;;) {
      const space = take(/^\s*/, "white space");
      if (document.startsWith("/>", at)) {
        at += 2;
        return { name, attributes, children: [], text: "" };
      }
      if (document.startsWith(">", at)) break;
      if (space === "") fail("expected white space");
      const key = take(NAME, "an attribute");
      const quoted = take(/^="[^"<]*"/, "a quoted value");
      if (Object.hasOwn(attributes, key)) fail(`attribute ${key} twice`);
      attributes[key] = text(quoted.slice(2, -1));
    }
    at += 1;
    const children: Element[] = [];
    let inner = "";
    for (;;) {
      const end = document.indexOf("<", at);
      if (end < 0) fail(`${name} does not end`);
      inner += text(document.slice(at, end));
      at = end;
      if (!document.startsWith("</", at)) {
        children.push(element());
        continue;
      }
      at += 2;
      if (take(NAME, "a name") !== name) fail(`expected </${name}>`);
      take(/^\s*>/, ">");
      return { name, attributes, children, text: inner };
    }
  };
  const root = element();
  if (document.slice(at).trim() !== "") fail("something after the root");
  return root;
}
