// What the page remembers between visits. Storage may be switched off; then it remembers nothing.

export function recall(name) {
  try {
    return localStorage.getItem(`paperround.${name}`);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`paperround.${name}`, value);
  } catch {
    // Nothing depends on it.
  }
}
