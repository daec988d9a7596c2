import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeHtml } from "../../src/text/html.ts";

test("no markup is left, in content or in a quoted attribute, and what hides is seen", () => {
  expect(escapeHtml(`<a href="x" title='y'>&\u202e\u0000</a>`)).toBe(
    "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;\\u{202e}\\u{0}&lt;/a&gt;",
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)|[\p{Cc}\p{Cf}]/u);
    }),
  );
});
