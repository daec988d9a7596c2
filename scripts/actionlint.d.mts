export function whyNot(): string | undefined;
export function install(): void;
export function lint(files: readonly string[]): string;
