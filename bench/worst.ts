/** `npm run bench:worst`: of the bench, the worst pair of AWS policies alone. */
import { benchAwsWorst } from "./aws.ts";
import { problems } from "./figures.ts";

benchAwsWorst();
for (const problem of problems) console.error(`bench: ${problem}`);
if (problems.length > 0) process.exitCode = 1;
