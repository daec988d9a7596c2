// Every slice of the first thread is over before it begins: whatever can be carried out in a worker is.
import { Script } from "node:vm";

Script.prototype.runInThisContext = () => {
  throw Object.assign(new Error("cut"), { code: "ERR_SCRIPT_EXECUTION_TIMEOUT" });
};
