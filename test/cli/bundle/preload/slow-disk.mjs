// Files are written in vain: the process hangs there, and says so.
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

fs.open = () => {
  process.stderr.write("writing\n");
  setInterval(() => {}, 1_000);
  return new Promise(() => {});
};
syncBuiltinESMExports();
