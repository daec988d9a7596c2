import type { DoorRow, Recorded } from "../providers/define.ts";
import type { Door } from "../report/report.ts";
import { unreadText } from "./run.ts";

/** The ways in which the vendor could hold more, and whether the recorded state tells of each. */
export function doorsOf(rows: readonly DoorRow[], recorded: Recorded): readonly Door[] {
  return rows.map(({ id, title, ...row }) => ({ id, title, ...stateOf(row, recorded) }));
}

function stateOf(
  row: Pick<DoorRow, "kinds" | "why" | "lacking">,
  { snapshot, facts }: Recorded,
): Pick<Door, "state" | "why"> {
  const { kinds = [], why, lacking } = row;
  if (why !== undefined) return { state: "not-collected", why };
  const asked = kinds.filter((kind) => snapshot.kinds === undefined || snapshot.kinds.includes(kind));
  if (asked.length < kinds.length) {
    const others = kinds.filter((kind) => !asked.includes(kind));
    return { state: "not-collected", why: lacking ?? `${others.join(", ")} was not asked for` };
  }
  const unread = asked.flatMap((kind) => facts.unread(kind));
  // Of a snapshot that does not say what it was asked for, only what is there was looked at.
  if (lacking !== undefined && unread.length === 0 && asked.every((kind) => facts.all(kind).length === 0))
    return { state: "not-collected", why: lacking };
  const [first] = unread;
  if (first !== undefined) {
    const more = unread.length > 1 ? `; and ${unread.length - 1} more` : "";
    return { state: "unread", why: `${unreadText(first)}${more}` };
  }
  // Of a collection that was broken off, an empty list says nothing.
  if (snapshot.interrupted === true && !asked.some((kind) => facts.all(kind).length > 0)) {
    return { state: "not-collected", why: "nothing of it was collected" };
  }
  return { state: "read" };
}
