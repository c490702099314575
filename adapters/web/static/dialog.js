// A form in a dialog: its inputs, its submission, its error line.

import { post, zone } from "./api.js";

const MOST_BYTES = 2_000_000;
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
      const file = form.dataset.file ?? "";
      const outcome = await post("/api/form", { form: form.dataset.form, values, view: view(), zone, file });
      if (!outcome.form) dialog.close();
      done(outcome);
    } catch (error) {
      form.querySelector("[data-form-error]").textContent = error.message;
    } finally {
      submit.removeAttribute("aria-busy");
    }
  });
  for (const box of form.querySelectorAll("[data-document]")) takeFiles(form, box);
  if (!dialog.open) dialog.showModal();
  form.querySelector(".inputs :is(input, select, textarea)")?.focus();
}

// A file dropped on a document's box becomes its text.
function takeFiles(form, box) {
  box.addEventListener("dragover", (event) => event.preventDefault());
  box.addEventListener("drop", async (event) => {
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    if (file.size > MOST_BYTES) {
      form.querySelector("[data-form-error]").textContent = "A document may have 2 MB; this one is larger.";
      return;
    }
    box.value = await file.text();
    form.dataset.file = file.name;
  });
  box.addEventListener("input", () => delete form.dataset.file);
}

dialog.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest("[data-close-form]")) dialog.close();
});
dialog.addEventListener("close", () => {
  dialog.replaceChildren();
  if (back?.isConnected) back.focus();
});
