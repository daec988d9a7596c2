import type { Plugin } from "esbuild";
import type { Assets } from "../src/reporters/html/page-data.ts";

export function bundledPage(): Assets;
export function bundledHtmlPage(): Plugin;
