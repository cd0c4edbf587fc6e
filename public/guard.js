// Watches over the page's program. Whatever keeps it from starting, and whatever ends it, is said here in words, since a program that
// has ended hears nothing any more. This script runs before all others but program.js and unpack.js, in a syntax that old browsers read.
"use strict";
(() => {
  const program = new URL("app.wasm.gz" + new URL(document.currentScript.src).search, document.currentScript.src).href;

  const element = (name, text) => {
    const e = document.createElement(name);
    e.textContent = text;
    return e;
  };

  // say shows what is wrong, above the page, and a button to reload it. Only the first counts: what follows is a consequence.
  let said = false;
  const say = (what, hint, details, before) => {
    if (said) return;
    said = true;
    const show = () => {
      const box = element("section", "");
      box.id = "stopped";
      box.className = "failure";
      const reload = element("button", "Reload");
      reload.type = "button";
      reload.onclick = async () => {
        if (before) await before();
        location.reload();
      };
      box.append(element("h2", what), element("p", hint), reload);
      if (details) {
        const more = element("details", "");
        more.append(element("summary", "Details"), element("pre", details));
        box.append(more);
      }
      box.setAttribute("role", "alert");
      // Not in the body, which belongs to the program, even to one that has ended.
      document.documentElement.insertBefore(box, document.body);
      document.documentElement.dataset.stopped = "";
    };
    if (document.body && document.readyState !== "loading") show();
    else document.addEventListener("DOMContentLoaded", show);
  };

  // What the program cannot do without. Where a browser lacks one of these, all the page can do is to say so.
  const lacks = [
    ["WebAssembly", () => WebAssembly.instantiateStreaming],
    ["Web Workers", () => Worker],
    ["decompression (DecompressionStream)", () => DecompressionStream],
    ["AbortSignal.timeout", () => AbortSignal.timeout],
  ].filter(([, there]) => {
    try {
      return !there();
    } catch (error) {
      return true;
    }
  }).map(([name]) => name);
  if (lacks.length > 0) {
    say("This browser lacks what this page is made with: " + lacks.join(", ") + ".",
      "Use a current Chrome, Edge, Firefox or Safari. If this is one, a setting or a rule of your organisation has switched it off: " +
      "allow it for this site, then reload.");
    return;
  }

  // The browser may forbid to keep anything; go-app, and the theme, then keep it as long as the tab.
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      window[name].getItem("");
    } catch (error) {
      const kept = new Map();
      Object.defineProperty(window, name, { configurable: true, value: {
        getItem: (key) => kept.has(key) ? kept.get(key) : null,
        setItem: (key, value) => { kept.set(key, String(value)); },
        removeItem: (key) => { kept.delete(key); },
        clear: () => kept.clear(),
        key: (i) => [...kept.keys()][i] || null,
        get length() { return kept.size; },
      } });
    }
  }

  // keeper says whether the service worker is in charge of what the page fetches: "none" where there can be none, else "soon" or "here". The
  // browser may forbid even to look, which no Go program can catch.
  window.keeper = () => {
    try {
      return navigator.serviceWorker ? (navigator.serviceWorker.controller ? "here" : "soon") : "none";
    } catch (error) {
      return "none";
    }
  };

  // Loading: app.js asks for the program by window.fetch and hands it to WebAssembly.instantiateStreaming, and catches what they throw. early.js has
  // fetched it, unless that script comes only after this one.
  const { fetch, early } = window;
  window.early = early || true; // so that it fetches nothing then
  window.fetch = (url, options) => {
    if (new URL(url instanceof Request ? url.url : url, document.baseURI).href !== program) return fetch(url, options);
    window.fetch = fetch;
    return getFile(early ? () => early : fetch, url);
  };
  let arrive;
  const arrived = new Promise((resolve) => { arrive = resolve; });
  const instantiate = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = async (source, imports) => {
    try {
      return await instantiate(source, imports);
    } catch (error) {
      const [what, hint] = failureOf("the page’s program", "reload the page", error, "");
      say(what, hint, String(error), isDamaged(error) && (() => forget(program)));
      throw error;
    } finally {
      (window.requestIdleCallback || setTimeout)(arrive); // the program first draws the page
    }
  };

  // A service worker that is new fetches all of the site. That waits for the program, which the visitor waits for.
  try {
    const { serviceWorker } = navigator;
    const register = serviceWorker && serviceWorker.register;
    if (register) serviceWorker.register = (...options) => arrived.then(() => register.apply(serviceWorker, options));
  } catch (error) { /* it is forbidden, as keeper says */ }
  const missing = (src) => say("A part of this page could not be loaded.", "Check the connection, then reload the page. If that does not help, " +
    "the site is incomplete: tell whoever runs it.", src);
  addEventListener("error", ({ target }) => {
    if (target instanceof HTMLScriptElement) missing(target.src);
  }, true); // such an event does not bubble
  if (window.missingScript) missing(window.missingScript); // before this one, see app/handler.go

  // A download that has stopped looks like a slow one, unless someone says so.
  const patience = 20;
  let seen = "";
  let quiet = 0;
  const watch = setInterval(() => {
    const label = document.getElementById("app-wasm-loader-label");
    if (!label && document.readyState === "loading") return;
    if (!label || said) {
      clearInterval(watch);
      return;
    }
    quiet = label.textContent === seen ? quiet + 1 : 0;
    seen = label.textContent;
    let slow = document.getElementById("slow");
    if (quiet >= patience && !slow) {
      slow = element("p", "Nothing has arrived for " + patience + " seconds: the connection is slow, or broken. Wait, or reload the page.");
      slow.id = "slow";
      slow.setAttribute("role", "alert");
      label.after(slow);
    } else if (quiet < patience && slow) {
      slow.remove();
    }
  }, 1000);

  // Running: a program ends by an exit, as after a panic, or by what a script throws while it runs. wasm_exec.js sets Go.
  let Go;
  Object.defineProperty(window, "Go", { configurable: true, get: () => Go, set: (base) => {
    let output = () => "";
    const ended = (error) => say("The page’s program has stopped because of an error in it.",
      "Reload the page to continue. A run that this browser has stored is offered again, from its last evaluation.",
      (error ? error + "\n" : "") + output());
    Go = class extends base {
      async run(instance) {
        output = keepOutput();
        try {
          await super.run(instance);
        } catch (error) {
          ended(error);
          throw error;
        }
        ended();
      }

      // Nobody knows what a program would do that something was thrown through, so it gets no further event. Those that hand it events
      // must hear that it has exited: its timer tries again forever otherwise.
      _resume() {
        try {
          super._resume();
        } catch (error) {
          if (!this.exited) ended(error);
          this.exited = true;
          throw error;
        }
      }
    };
  } });
})();
