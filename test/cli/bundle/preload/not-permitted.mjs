// The file may be written under another name, and not be put in its place.
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

fs.rename = async () => {
  throw Object.assign(new Error("EPERM: operation not permitted, rename"), { code: "EPERM" });
};
syncBuiltinESMExports();
