// Talks to the page's own server. Every failure becomes an Error whose message a person can read.

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";

async function read(response) {
  let body = null;
  try {
    body = await response.json();
  } catch {
    // Not JSON: the status alone has to do.
  }
  if (!response.ok) throw new Error(body?.error ?? "The page could not answer. Try again.");
  return body;
}

async function reach(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("Paper Round cannot be reached. Nothing was sent; is it still running?");
  }
  return read(response);
}

export function get(path, query = {}, signal = undefined) {
  return reach(`${path}?${new URLSearchParams(query)}`, { signal });
}

export function post(path, body) {
  return reach(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Paperround": "1" },
    body: JSON.stringify(body),
  });
}
