// A mistake in the program, while it holds a secret: the function that CRASH_IN names (`Object.hasOwn`,
// `crypto.createHmac`) fails as soon as it is given a text that holds CRASH_OVER, with an error that quotes it. CRASH_HOW
// says which error, and whether it is thrown there and then or where nobody can catch it; CRASH_WHERE in which thread.
import { Buffer } from "node:buffer";
import crypto from "node:crypto";
import { writeSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { isMainThread } from "node:worker_threads";

const { CRASH_IN = "", CRASH_OVER = "", CRASH_HOW = "", CRASH_WHERE = "main" } = process.env;
const hidden = [CRASH_OVER, Buffer.from(CRASH_OVER).toString("base64").slice(0, 16)];

/** The text in a value that holds it; properties of errors, streams and the like are none of it. */
function textIn(value, depth = 0) {
  if (typeof value === "string") return hidden.some((each) => value.includes(each)) ? value : undefined;
  if (typeof value !== "object" || value === null || depth > 12) return undefined;
  if (!Array.isArray(value) && ![Object.prototype, null].includes(Object.getPrototypeOf(value)))
    return undefined;
  for (const name in value) {
    const found = textIn(value[name], depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Errors that quote what they are about: of the engine, of Node, of a library. */
const kinds = {
  json: (text) => JSON.parse(text.slice(hidden.map((each) => text.indexOf(each)).find((at) => at >= 0))),
  entries: (text) => new Map([text]),
  argument: (text) => Buffer.alloc(text),
  words: (text) => {
    throw new Error(`not in "${text}"`);
  },
};

function crash(text) {
  const [kind, when = "now"] = CRASH_HOW.split(" ");
  if (when === "later") setImmediate(() => kinds[kind](text));
  else if (when === "unhandled") void Promise.resolve(text).then(kinds[kind]);
  else kinds[kind](text);
}

let done = false;
const [place = "", name = ""] = CRASH_IN.split(".");
const owner = { Object, JSON, crypto, RegExp: RegExp.prototype, String: String.prototype }[place];
if (owner !== undefined && (CRASH_WHERE === "worker") !== isMainThread) {
  const real = owner[name];
  owner[name] = function (...args) {
    const text = done
      ? undefined
      : [this, ...args].map((each) => textIn(each)).find((each) => each !== undefined);
    if (text !== undefined) {
      done = true;
      writeSync(2, `crashes in ${CRASH_IN}\n`);
      crash(text);
    }
    return real.apply(this, args);
  };
  syncBuiltinESMExports();
}

// Every slice of the first thread is over before it begins: what is judged is judged in the worker.
if (CRASH_WHERE === "worker" && isMainThread) {
  const { Script } = await import("node:vm");
  Script.prototype.runInThisContext = () => {
    throw Object.assign(new Error("cut"), { code: "ERR_SCRIPT_EXECUTION_TIMEOUT" });
  };
}
