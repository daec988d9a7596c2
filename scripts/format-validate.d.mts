/** One thing that is wrong with a file. */
export interface FormatError {
  readonly file: string;
  readonly text: string;
}
/** Whether the packages are there already. */
export function isInstalled(): boolean;
/** Installs the packages into .cache; why it could not be done, in words. */
export function install(): string | undefined;
/** What is wrong with some files. Throws when the validator gives no answer. */
export function validate(format: "ocsf" | "oscal" | "junit", files: readonly string[]): FormatError[];
