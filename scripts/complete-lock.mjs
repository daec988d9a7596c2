// Completes package-lock.json: npm leaves out the platform packages that its registry did not offer when the lock was
// written, and then refuses to install from it. Their entries name a version and a platform, which is all that
// `npm ci` needs on another platform. Run it after a dependency was changed: node scripts/complete-lock.mjs
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./bundle.mjs";

const OS = ["darwin", "win32", "linux", "android", "freebsd", "openharmony"];
const CPU = ["arm64", "x64", "arm", "ppc64", "riscv64", "s390x", "ia32"];

const file = join(root, "package-lock.json");
const lock = JSON.parse(await readFile(file, "utf8"));
const { packages } = lock;
const added = [];
for (const [key, { optionalDependencies = {}, engines, license }] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (packages[`${key}/node_modules/${name}`] ?? packages[`node_modules/${name}`]) continue;
    const words = name.split("/").pop().split("-");
    const os = words.find((w) => OS.includes(w));
    const cpu = words.find((w) => CPU.includes(w));
    if (os === undefined || cpu === undefined) throw new Error(`${name}: no platform in its name`);
    const libc = words.some((w) => w.startsWith("musl"))
      ? "musl"
      : words.some((w) => w.startsWith("gnu"))
        ? "glibc"
        : undefined;
    packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      dev: true,
      ...(os === "linux" && libc !== undefined && { libc: [libc] }),
      ...(license !== undefined && { license }),
      optional: true,
      os: [os],
      ...(engines !== undefined && { engines }),
    };
    added.push(name);
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added.length} entries added`);
