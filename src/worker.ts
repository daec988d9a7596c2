import { type MessagePort, parentPort } from "node:worker_threads";
import { atOnce } from "./audit/course.ts";
import { type Errand, packError, type Word } from "./cli/work/work.ts";
import { works } from "./cli/work/works.ts";

/** The entry of a worker thread: does one piece of work and says what came of it. Whoever started it ends it. */
async function answer(port: MessagePort, { work, packed }: Errand): Promise<void> {
  const say = (word: Word): void => port.postMessage(word);
  try {
    const serve = await works[work]();
    const steps = await serve(packed, (part) => say({ part }));
    say({ out: atOnce(steps) });
  } catch (error) {
    say({ error: packError(error) });
  }
}

const port = parentPort;
port?.once("message", (errand: Errand) => void answer(port, errand));
