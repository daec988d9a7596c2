import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/** The git root that a folder lies in; outside a repository the folder itself. */
export function repositoryOf(cwd: string): string {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (dirname(folder) === folder) return resolve(cwd);
  }
}

/** Why a path is none of the repository's own files, links followed; undefined when it is one. */
export function outsideOf(repository: string, path: string): string | undefined {
  // By its letters first: only to look at the file of another machine would be to sign in there.
  const away = escapes(repository, path);
  if (away !== undefined) return away;
  const real = escapes(realOf(repository), realOf(path));
  return real === undefined ? undefined : `a link to what is ${real}`;
}

/**
 * Why a path is not what it seems, whoever names it: by its letters it lies in a repository, and a link of it leads out.
 * Undefined for a path that lies in none.
 */
export function linkOut(path: string): string | undefined {
  // Each repository above, not the nearest alone: behind a link there may be another.
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const away = existsSync(join(folder, ".git")) ? escapes(realOf(folder), realOf(path)) : undefined;
    if (away !== undefined && escapes(folder, path) === undefined) return `a link to what is ${away}`;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Whether something is there that is no file with an end: a pipe or a device would be waited for, a folder is for logs. */
export function isOdd(path: string, folders: boolean): boolean {
  try {
    const found = statSync(path);
    return !found.isFile() && !(folders && found.isDirectory());
  } catch {
    // Whoever opens it says why it cannot be.
    return false;
  }
}

function escapes(folder: string, path: string): string | undefined {
  const way = relative(folder, path);
  if (way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) return "outside the repository";
  // What git keeps there is checked in by nobody: credentials, hooks, its own settings.
  return way.split(sep).some(isGitFolder) ? "inside .git" : undefined;
}

/**
 * Every spelling by which some file system opens `.git`, as git itself refuses them in a checkout: with dots and spaces
 * at its end, a stream, its short name (Windows), with letters that are not seen (macOS).
 */
function isGitFolder(part: string): boolean {
  const plain = part
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .replace(/:.*$/s, "")
    .replace(/[. ]+$/, "")
    .toLowerCase();
  return plain === ".git" || /^git~\d+$/.test(plain);
}

/** Where a path leads, links followed. What is not there is taken to lie in the nearest folder that is. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(realOf(above), basename(path));
  }
}
