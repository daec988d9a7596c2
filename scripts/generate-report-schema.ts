import { writeFileSync } from "node:fs";
import { publishedSchemas } from "../src/report/published.ts";

/** Writes schemas/*.json from the sources; run by `npm run generate` from the repository's root. */
for (const [file, text] of Object.entries(publishedSchemas())) writeFileSync(file, text);
