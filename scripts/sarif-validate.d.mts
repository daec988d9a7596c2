/** One thing that the validator says of a file. */
export interface SarifVerdict {
  readonly level: string;
  readonly rule: string;
  readonly text: string;
  readonly file: string;
}
/** Whether the tool is there already. */
export function isInstalled(): boolean;
/** Installs the tool with npm; nothing to do when it is there. Throws when npm cannot. */
export function install(): void;
/** The validator's results for some files. */
export function validate(files: readonly string[]): SarifVerdict[];
