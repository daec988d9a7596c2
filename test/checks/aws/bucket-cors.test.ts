import { describe, expect, it } from "vitest";
import type { State } from "../../worlds/helm-state.ts";
import { found } from "../installation.ts";

describe("aws/bucket-cors", () => {
  it.each<[string, string, State, readonly string[]]>([
    [
      "bucket-cors",
      "without a configuration",
      { "aws/bucket-cors": { "acme-model-prod": { Bucket: "acme-model-prod", CORSRules: [] } } },
      [
        'absent medium | bucket acme-model-prod has no CORS configuration: browsers get nothing from it | aws s3api get-bucket-cors --bucket acme-model-prod | aws s3api put-bucket-cors --bucket acme-model-prod --cors-configuration \'{"CORSRules":[{"AllowedMethods":["GET"],"AllowedOrigins":["https://api.acme.example","https://chalk.acme.example"],"AllowedHeaders":["*"]}]}\'',
      ],
    ],
    [
      "bucket-cors",
      "a star stands for any text, and for one alone",
      {
        "aws/bucket-cors": {
          "acme-model-prod": {
            Bucket: "acme-model-prod",
            CORSRules: [{ AllowedMethods: ["GET"], AllowedOrigins: ["https://*.example"] }],
          },
        },
      },
      [],
    ],
    [
      "bucket-cors",
      "another port is another origin, and a browser names none that goes without saying",
      {
        "aws/bucket-cors": {
          "acme-model-prod": {
            Bucket: "acme-model-prod",
            CORSRules: [
              {
                AllowedMethods: ["GET"],
                AllowedOrigins: ["https://api.acme.example:8443", "https://chalk.acme.example:443"],
              },
            ],
          },
        },
      },
      [
        "changed medium | no CORS rule of bucket acme-model-prod allows GET from https://api.acme.example | aws s3api get-bucket-cors --bucket acme-model-prod",
        "changed medium | no CORS rule of bucket acme-model-prod allows GET from https://chalk.acme.example | aws s3api get-bucket-cors --bucket acme-model-prod",
      ],
    ],
    [
      "bucket-cors",
      "no browser sends an origin in capitals",
      {
        "aws/bucket-cors": {
          "acme-model-prod": {
            Bucket: "acme-model-prod",
            CORSRules: [
              {
                AllowedMethods: ["GET"],
                AllowedOrigins: ["https://API.acme.example", "https://*.ACME.example", "https://chalk.*"],
              },
            ],
          },
        },
      },
      [
        "changed medium | no CORS rule of bucket acme-model-prod allows GET from https://api.acme.example | aws s3api get-bucket-cors --bucket acme-model-prod",
      ],
    ],
  ])("%s: %s, with how to see it and what mends it", (control, _, change, expected) => {
    expect(found(control, change)).toEqual(expected);
  });

  it.each(["bucket-cors"])("%s: nothing of the installation as documented", (control) => {
    expect(found(control, {})).toEqual([]);
  });
});
