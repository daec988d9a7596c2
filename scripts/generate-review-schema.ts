import { writeFileSync } from "node:fs";
import { reviewSchema } from "../src/review/schema.ts";

/** Writes schemas/review.schema.json from the sources; run by `npm run generate` from the repository's root. */
writeFileSync("schemas/review.schema.json", `${JSON.stringify(reviewSchema, null, 1)}\n`);
