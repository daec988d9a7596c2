import { describe, expect, it } from "vitest";
import { aws, DATABASE, edited, type State } from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

describe("aws/rds-parameters", () => {
  it.each<[string, string, State, readonly string[]]>([
    [
      "metadata-database-extensions",
      "not loaded",
      {
        "aws/db-parameter": {
          "chalk-pg16": {
            Parameters: [
              { ParameterName: "shared_preload_libraries", ParameterValue: "pg_cron, pg_stat_statements" },
            ],
          },
        },
      },
      [
        'changed medium | extension auto_explain is not enabled: shared_preload_libraries of parameter group chalk-pg16, which database chalk-metadata uses, is "pg_cron, pg_stat_statements" | aws rds describe-db-parameters --db-parameter-group-name chalk-pg16 --query \'Parameters[?ParameterName==\'\\\'\'shared_preload_libraries\'\\\'\']\' | aws rds modify-db-parameter-group --db-parameter-group-name chalk-pg16 --parameters \'[{"ParameterName":"shared_preload_libraries","ParameterValue":"pg_cron,pg_stat_statements,auto_explain","ApplyMethod":"pending-reboot"}]\'',
      ],
    ],
    [
      "metadata-database-extensions",
      "of a cluster that decides it, as the instance's own group comes",
      {
        "aws/db-parameter": {
          "chalk-pg16": {
            Parameters: [
              {
                ParameterName: "shared_preload_libraries",
                ParameterValue: "auto_explain,pg_stat_statements,pg_cron",
                Source: "system",
              },
            ],
          },
        },
        ...edited(aws, "aws/db-instance", DATABASE, {
          Engine: "aurora-postgresql",
          DBClusterIdentifier: "chalk",
        }),
      },
      [
        "unknown | database chalk-metadata is of cluster chalk, whose own parameter group decides shared_preload_libraries; to decide: look at aws rds describe-db-cluster-parameters of the cluster's group | aws rds describe-db-parameters --db-parameter-group-name chalk-pg16 --query 'Parameters[?ParameterName=='\\''shared_preload_libraries'\\'']'",
      ],
    ],
    [
      "metadata-database-extensions",
      "of a cluster that decides it",
      {
        "aws/db-parameter": { "chalk-pg16": { Parameters: [] } },
        ...edited(aws, "aws/db-instance", DATABASE, {
          Engine: "aurora-postgresql",
          DBClusterIdentifier: "chalk",
        }),
      },
      [
        "unknown | database chalk-metadata is of cluster chalk, whose own parameter group decides shared_preload_libraries; to decide: look at aws rds describe-db-cluster-parameters of the cluster's group | aws rds describe-db-parameters --db-parameter-group-name chalk-pg16 --query 'Parameters[?ParameterName=='\\''shared_preload_libraries'\\'']'",
      ],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["metadata-database-extensions"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
