// A link for the wallet: pasted, out of a picture, or handed over behind the # of an address,
// which no service gets to see.

import { ask, find, say, tell, WalletProblem } from "./wallet_common.js";

const MAX_PICTURE_BYTES = 8 * 1024 * 1024;

/** Fill the field from the address or from a picture; `problemPlace` is for what goes wrong. */
export function takeLinks(problemPlace, taken = () => {}) {
  const field = find("#link");
  const picture = find("#picture");
  const said = find("[data-picture-said]");
  const handed = decodeURIComponent(location.hash.slice(1));
  if (handed.includes("://")) {
    field.value = handed;
    history.replaceState(null, "", location.pathname);
  }
  picture.addEventListener("change", async () => {
    const [file] = picture.files;
    if (!file) return;
    said.textContent = say("reading_picture");
    tell(problemPlace, null);
    try {
      if (file.size > MAX_PICTURE_BYTES) throw new WalletProblem("not_a_picture");
      const { link } = await ask("/api/links", {
        method: "POST",
        body: file,
        type: file.type || "application/octet-stream",
      });
      field.value = link;
      said.textContent = say("picture_read");
      taken(link);
    } catch (problem) {
      said.textContent = "";
      tell(problemPlace, problem);
    } finally {
      picture.value = "";
    }
  });
  return field;
}
