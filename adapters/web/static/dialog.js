// A form in a dialog: its inputs, its submission, its error line.

import { post, zone } from "./api.js";

const dialog = document.querySelector("[data-form-dialog]");
let back = null; // what had the focus before

export function openForm(html, view, done) {
  if (!dialog.open) back = document.activeElement;
  dialog.innerHTML = html;
  const form = dialog.querySelector("form");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const submit = form.querySelector("[type=submit]");
    if (submit.getAttribute("aria-busy") === "true") return;
    submit.setAttribute("aria-busy", "true");
    const values = Object.fromEntries(new FormData(form));
    try {
      const outcome = await post("/api/form", { form: form.dataset.form, values, view: view(), zone });
      if (!outcome.form) dialog.close();
      done(outcome);
    } catch (error) {
      form.querySelector("[data-form-error]").textContent = error.message;
    } finally {
      submit.removeAttribute("aria-busy");
    }
  });
  if (!dialog.open) dialog.showModal();
  form.querySelector(".inputs :is(input, select, textarea)")?.focus();
}

dialog.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest("[data-close-form]")) dialog.close();
});
dialog.addEventListener("close", () => {
  dialog.replaceChildren();
  if (back?.isConnected) back.focus();
});
