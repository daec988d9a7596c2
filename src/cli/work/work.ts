/**
 * A piece of work that thinks and may think for long: what it takes and what it gives is data, so that another thread
 * can do it, which is stopped when nobody waits any more (docs/decisions/0012-judging-can-be-stopped.md).
 */
export interface Work<In, Part, Out> {
  /** By which the worker finds it, among `works`. */
  readonly name: WorkName;
  /**
   * Loads what the work needs. What comes back does the work; between its steps a signal can be heard.
   * @param tell takes word of how it goes along, and what is done already
   */
  readonly ready: (input: In, tell: (part: Part) => void) => Promise<Steps<Out>>;
  /** The input as data for another thread: what a structured clone keeps. */
  readonly pack: (input: In) => unknown;
  readonly unpack: (packed: unknown) => Promise<In>;
}

export type Steps<Out> = Generator<void, Out>;

/** Work of one step. */
// biome-ignore lint/correctness/useYield: one step has no pause
export function* oneStep<Out>(work: () => Out): Steps<Out> {
  return work();
}

export type WorkName = "audit" | "since" | "policy" | "review-subject" | "review";

/** What a worker is asked for. */
export interface Errand {
  readonly work: WorkName;
  readonly packed: unknown;
}

/** What a worker says. */
export type Word = { readonly part: unknown } | { readonly out: unknown } | { readonly error: PackedError };

/** An error as data: of a clone, neither the name nor what it carries would be left. */
interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: PackedError;
  /** What else it carries: a code, whether something was unread. */
  readonly carries: Readonly<Record<string, string | number | boolean>>;
}

/** An error as data. */
export function packError(error: unknown): PackedError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), carries: {} };
  const carries = Object.fromEntries(
    Object.entries(error).filter(
      ([key, value]) => key !== "name" && ["string", "number", "boolean"].includes(typeof value),
    ),
  ) as PackedError["carries"];
  return {
    name: error.name,
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause === undefined ? {} : { cause: packError(error.cause) }),
    carries,
  };
}

/** The error that was packed; whoever asks for its kind asks for its name. */
export function unpackError({ name, message, stack, cause, carries }: PackedError): Error {
  const error = new Error(message, cause === undefined ? {} : { cause: unpackError(cause) });
  Object.defineProperty(error, "name", { value: name, configurable: true });
  if (stack !== undefined) Object.defineProperty(error, "stack", { value: stack, configurable: true });
  return Object.assign(error, carries);
}
