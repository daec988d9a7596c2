import { reportSchema } from "./schema.ts";
import { waiversSchema } from "./waivers-schema.ts";

/** The schemas that the package publishes: path from the repository's root → text. */
export function publishedSchemas(): Readonly<Record<string, string>> {
  const text = (schema: object) => `${JSON.stringify(schema, null, 1)}\n`;
  return {
    "schemas/report.schema.json": text(reportSchema),
    "schemas/waivers.schema.json": text(waiversSchema),
  };
}
