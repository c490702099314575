// Runs before the first paint, so a page that was set to dark never flashes white.
try {
  const theme = localStorage.getItem("paperround.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be switched off: the system's colours are used.
}
