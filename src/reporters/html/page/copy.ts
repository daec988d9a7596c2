import { h } from "../element.ts";
import { toDom } from "./dom.ts";

/** Puts a button beside every command below an element. */
export function addCopyButtons(root: ParentNode, say: (text: string) => void): void {
  for (const block of root.querySelectorAll(".command")) {
    const code = block.querySelector("code");
    if (code === null || block.querySelector("button") !== null) continue;
    const button = toDom(
      h("button", { type: "button", class: "copy", "aria-label": "Copy this command" }, "Copy"),
    );
    button.addEventListener("click", async () => {
      const done = await copied(code);
      button.textContent = done ? "Copied" : "Select and copy";
      say(done ? "Copied the command" : "The command is selected; copy it with the keyboard");
      setTimeout(() => {
        button.textContent = "Copy";
      }, 2000);
    });
    block.append(button);
  }
}

/** Copies a text; where a browser does not let a local file do that, the text is left selected. */
async function copied(code: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(code.textContent ?? "");
    return true;
  } catch {
    const selection = getSelection();
    selection?.selectAllChildren(code);
    return false;
  }
}
