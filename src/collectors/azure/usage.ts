import type { CollectOptions } from "../define.ts";
import { ReadFailure } from "../http/failure.ts";
import { readPages } from "../http/paging.ts";
import type { AzureSettings } from "../settings.ts";
import { activityLogCall } from "../usage-calls.ts";
import { connectAzure } from "./connect.ts";
import { urlOf } from "./reader.ts";

/** Days that the Activity Log is kept, less one hour, since the API refuses a start that is older. */
const WINDOW_MS = 90 * 24 * 60 * 60 * 1000 - 60 * 60 * 1000;

export interface ActivityLogRead {
  /** Events as the API gives them. */
  readonly events: readonly unknown[];
  /** The window, ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** Why nothing was read; empty when all was. */
  readonly problems: readonly string[];
}

/**
 * Reads the subscription's Activity Log of the last 90 days. The API filters by no principal, so all is read; what
 * could not be read is told, never thrown.
 * @throws CollectError as a collection does, when nothing can be read at all
 */
export async function readActivityLog(
  settings: AzureSettings,
  options: CollectOptions,
): Promise<ActivityLogRead> {
  const { http, endpoint, subscription } = await connectAzure(settings, options);
  const to = options.now();
  const from = new Date(to.getTime() - WINDOW_MS);
  const window = { from: from.toISOString(), to: to.toISOString() };
  const url = urlOf(
    {
      ...activityLogCall,
      query: {
        $filter: `eventTimestamp ge '${window.from}' and eventTimestamp le '${window.to}'`,
        $select:
          "eventDataId,eventTimestamp,caller,claims,authorization,operationName,resourceId,status,subStatus",
      },
    },
    endpoint,
    subscription,
  );
  options.progress("reading the Activity Log");
  try {
    const events = await readPages(() => http.get(url), { endpoint, follow: http.get });
    return { events, ...window, problems: [] };
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    const needs = error.reason === "denied" ? `; needs ${activityLogCall.permission}` : "";
    return { events: [], ...window, problems: [`${error.message}${needs}`] };
  }
}
