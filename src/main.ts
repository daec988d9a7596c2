import { version } from "./cli/version.ts";

// The fast way out: nothing else is loaded to say the version.
const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  process.stdout.write(`${version}\n`);
} else {
  void import("./cli/life.ts").then((life) => life.live(process, argv));
}
