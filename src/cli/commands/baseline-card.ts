import { loadBaseline } from "../../baselines/bundled.ts";
import { checks } from "../../checks/registry.ts";
import { cardOf } from "../../review/card/card.ts";
import { cardHtml } from "../../review/card/html.ts";
import { cardMarkdown } from "../../review/card/markdown.ts";
import { inertText } from "../../text/visible.ts";
import { loadServiceData } from "../job/service-data.ts";
import { cardFormats } from "../line/flags.ts";
import type { GivenOptions } from "../line/options.ts";
import { choice } from "../line/settings.ts";
import type { Shell } from "../line/shell.ts";

/** `baseline card ID[@VERSION]|FILE`: what the vendor asks for, in words, for whoever has to grant it. */
export async function baselineCard(
  operands: readonly string[],
  given: GivenOptions,
  shell: Shell,
): Promise<number> {
  const loaded = loadBaseline(operands[0] ?? "", checks);
  const format = choice(given, "format", cardFormats);
  const ofAws = loaded.baseline.controls.some(({ check }) => check.startsWith("aws/"));
  const card = cardOf(loaded, ofAws ? { serviceData: await loadServiceData() } : {});
  await shell.out.write(inertText(format === "html" ? cardHtml(card) : cardMarkdown(card)));
  return 0;
}
