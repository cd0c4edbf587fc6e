// Begins to fetch the page's program at once: it is large, and the scripts that start it wait for the style sheets. guard.js passes it on.
"use strict";
if (window.fetch && !window.early) {
  const { src } = document.currentScript;
  window.early = fetch(new URL("app.wasm.gz" + new URL(src).search, src));
  window.early.catch(() => {}); // whoever takes it says what happened
}
