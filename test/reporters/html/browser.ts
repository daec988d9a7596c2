import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The machine's own browser: `CHROME_PATH`, else the first that PATH has; undefined where none is. */
export function findBrowser(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const given = env["CHROME_PATH"];
  if (given !== undefined && given !== "") return given;
  return (env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
