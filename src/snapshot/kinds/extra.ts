import type { PluginKind } from "./kinds.ts";

/** One read of a kind that a plugin adds: a GET, and the permission that it takes. */
export interface ExtraCall {
  /** Path with `{…}` for one segment that varies: `/apis/acme.io/v1/widgets`. */
  readonly path: string;
  /** The provider's name of the permission without which it answers 403. */
  readonly permission: string;
  /** Azure: `api-version` of the path. */
  readonly apiVersion?: string;
}

/** What a plugin's collector may do: GET the paths that it declared, by our connection; nothing else of ours. */
export interface ExtraDoor {
  /** The body of one path. Rejects with an error whose message says why it could not be read. */
  readonly get: (path: string) => Promise<Readonly<Record<string, unknown>>>;
  /** The items of a list, over all its pages, or an error. */
  readonly list: (path: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Azure: the subscription's id. */
  readonly subscription?: string;
}

/** A kind of document that a plugin adds. */
export interface ExtraKind {
  readonly kind: PluginKind;
  /** What they are, plural, for progress and for a person. */
  readonly title: string;
  /** What they are read for. */
  readonly purpose: string;
  readonly calls: readonly [ExtraCall, ...ExtraCall[]];
  readonly read: (door: ExtraDoor) => Promise<readonly { readonly id: string; readonly body: unknown }[]>;
  /** The plugin's name, for messages. */
  readonly plugin: string;
}
