import type { UnreadCause } from "../../snapshot/snapshot.ts";

/** A read that did not succeed: it becomes an `unread` entry of the snapshot. The message is one line for a person. */
export class ReadFailure extends Error {
  override readonly name = "ReadFailure";
  /** Why, in the snapshot's words. */
  readonly reason: UnreadCause;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** The provider's own error code, when it gave one. */
  readonly code: string | undefined;

  constructor(
    reason: UnreadCause,
    message: string,
    about: { readonly status?: number; readonly code?: string } = {},
  ) {
    super(message);
    this.reason = reason;
    this.status = about.status;
    this.code = about.code;
  }
}
