import type { ApiCall, AwsCall } from "../snapshot/kinds/calls.ts";

/**
 * The calls that read how permissions were used. They are no source of documents: a scan never makes them.
 *
 * GenerateServiceLastAccessedDetails starts a report that IAM keeps for some hours and that only its caller can fetch.
 * The Service Authorization Reference calls it a read, and nothing of the account is other than before: the guard of a
 * review lets it pass, that of a scan does not.
 */
export const awsUsageCalls: readonly AwsCall[] = [
  {
    service: "iam",
    operation: "GenerateServiceLastAccessedDetails",
    permission: "iam:GenerateServiceLastAccessedDetails",
  },
  {
    service: "iam",
    operation: "GetServiceLastAccessedDetails",
    permission: "iam:GetServiceLastAccessedDetails",
  },
  { service: "cloudtrail", operation: "LookupEvents", permission: "cloudtrail:LookupEvents" },
];

/** As `awsUsageCalls`, of Azure. `{filter}` is a window and nothing else. */
export const activityLogCall: ApiCall = {
  operation: "ActivityLogs_List",
  method: "GET",
  path: "/subscriptions/{subscription}/providers/Microsoft.Insights/eventtypes/management/values",
  apiVersion: "2015-04-01",
  permission: "Microsoft.Insights/eventtypes/values/read",
};
