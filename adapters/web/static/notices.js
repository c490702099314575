// Short notices: a toast for the eye, a status line for the ear.

const toasts = document.querySelector("[data-toasts]");
const live = document.querySelector("[data-live]");

export function toast(message, { error = false } = {}) {
  const note = document.createElement("p");
  note.className = error ? "toast error" : "toast";
  note.textContent = message;
  toasts.replaceChildren(note);
  setTimeout(() => note.remove(), error ? 8000 : 3500);
}

export function announce(message) {
  live.textContent = message;
}
