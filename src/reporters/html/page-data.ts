import type { Naming } from "./card.ts";
import type { Packed } from "./packed.ts";

/** What the page's script reads, as JSON in the page. */
export interface PageData extends Packed {
  readonly naming: Naming;
}

/** The script and the style of the page. */
export interface Assets {
  readonly script: string;
  readonly style: string;
}
