// Writes down in the file LOADS each module that is loaded, a line for its path.
import { register } from "node:module";

const hook = `
  import { appendFileSync } from "node:fs";
  import { fileURLToPath } from "node:url";
  export const load = (url, context, next) => {
    if (url.startsWith("file:")) appendFileSync(process.env.LOADS, fileURLToPath(url) + "\\n");
    return next(url, context);
  };
`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
