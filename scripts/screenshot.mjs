// node scripts/screenshot.mjs: docs/report.webp, the picture of the HTML report in the README, of the demo. Needs a
// browser (PATH or CHROME_PATH), which no other script does, so `npm run generate` leaves it alone.
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { root } from "./bundle.mjs";

const MOST_BYTES = 150_000;
const WIDTH = 1200;
/** What is seen: the verdict, the controls, and the worst finding, opened, as far as its picture and its mending. */
const PART = { width: WIDTH, height: 1590 };

const browsers = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const executablePath =
  process.env.CHROME_PATH ??
  browsers.map((name) => spawnSync("which", [name], { encoding: "utf8" }).stdout.trim()).find(Boolean);
if (executablePath === undefined) throw new Error("no browser: install chromium, or set CHROME_PATH");

const folder = await mkdtemp(join(tmpdir(), "chalk-audit-screenshot-"));
const page = join(folder, "report.html");
if (
  spawnSync(process.execPath, ["scripts/build.mjs", "--quiet"], { cwd: root, stdio: "inherit" }).status !== 0
)
  throw new Error("the build failed");
const run = spawnSync(
  process.execPath,
  [
    "dist/main.js",
    "--snapshot",
    "fixtures/snapshots/azure/demo.json",
    "--quiet",
    "--max-age",
    "0",
    "--format",
    `html=${page}`,
  ],
  // two hours after the demo was recorded, whenever this runs
  { cwd: root, encoding: "utf8", env: { ...process.env, SOURCE_DATE_EPOCH: "1795248000" } },
);
if (run.status !== 1) throw new Error(`the demo ended with ${run.status}, not with drift: ${run.stderr}`);

const browser = await chromium.launch({
  executablePath,
  args: ["--hide-scrollbars", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
});
const opened = await browser.newPage({ viewport: PART, deviceScaleFactor: 1.5 });
await opened.goto(pathToFileURL(page).href);
await opened.locator("#groups summary").first().click();
await opened.locator("#groups .rows").waitFor();
await opened.mouse.move(0, 0);
await opened.evaluate("scrollTo(0, 0)");
// WebP, which the browser writes and Playwright does not offer: half the bytes of a PNG
const session = await opened.context().newCDPSession(opened);
const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 80 });
const image = Buffer.from(data, "base64");
await browser.close();
await rm(folder, { recursive: true });

if (image.length > MOST_BYTES)
  throw new Error(`the picture has ${image.length} bytes, more than ${MOST_BYTES}`);
await writeFile(join(root, "docs/report.webp"), image);
console.log(`docs/report.webp: ${(await stat(join(root, "docs/report.webp"))).size} bytes`);
