import { bundledPage } from "../../../scripts/html-page.mjs";
import type { Assets } from "./page-data.ts";

let assets: Assets | undefined;

/** Made of the files in page/ while the sources run; the build puts the finished texts in place of this module. */
export function pageAssets(): Assets {
  assets ??= bundledPage();
  return assets;
}
