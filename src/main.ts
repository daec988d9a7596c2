import { version } from "./cli/line/version.ts";
import { loggable } from "./text/visible.ts";

// Before any other chunk is loaded, whatever fails is 2: Node's own 1 would read as drift.
const fail = (error: unknown): void => {
  process.exitCode = 2;
  process.stderr.write(
    `${loggable(`chalk-audit: ${error instanceof Error ? error.message : String(error)}`)}\n`,
  );
};

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  // The fast way out: nothing else is loaded to say the version. A reader that has gone is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") fail(error);
  });
  process.stdout.write(`${version}\n`);
} else {
  import("./cli/output/life.ts")
    .then((life) => life.live(process, argv, new URL("./worker.js", import.meta.url)))
    .catch(fail);
}
