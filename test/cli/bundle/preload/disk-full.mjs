// The disk takes half of a file, and then no more.
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const { open } = fs;
fs.open = async (path, flags, mode) => {
  const handle = await open(path, flags, mode);
  handle.writeFile = async (text) => {
    await handle.write(text.slice(0, text.length / 2));
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  };
  return handle;
};
syncBuiltinESMExports();
