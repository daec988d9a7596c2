import { expect, test } from "vitest";
import { sentence } from "../../src/reporters/markdown-text.ts";

const ARN = "arn:aws:iam::123456789012:role/acme";
const shown = ARN.replaceAll(":", "&#58;");

test("what a forge would link is code, and the signs of the sentence around it are not", () => {
  expect(sentence(`by ${ARN}, statement 1; and (${ARN}).`)).toBe(
    `by <code>${shown}</code>, statement 1; and (<code>${shown}</code>).`,
  );
  expect(sentence(`${ARN}: may`)).toBe(`<code>${shown}</code>: may`);
  expect(sentence("a word, and another.")).toBe("a word, and another.");
});

test("signs alone are text, and none of them is markup", () => {
  expect(sentence("(,;:.) () :a: #12)")).toBe("(,;&#58;.) () &#58;a: <code>&#35;12</code>)");
  expect(sentence("@all:x, ::)")).toBe("<code>&#64;all&#58;x</code>, &#58;&#58;)");
});
